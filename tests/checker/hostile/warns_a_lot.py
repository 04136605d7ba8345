import warnings

import numpy as np


def act():
    warnings.simplefilter("always")
    for number in range(1000):
        warnings.warn(f"warning {number}", stacklevel=1)
    np.array([1.0]) / 0
