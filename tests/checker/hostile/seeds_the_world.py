import random

import numpy as np


def act():
    random.seed(0)
    np.random.seed(0)
    np.random.default_rng = None
