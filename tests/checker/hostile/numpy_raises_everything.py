import numpy as np


def act():
    np.seterr(all="raise")
