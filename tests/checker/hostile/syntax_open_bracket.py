import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / np.sqrt((x.var(axis=0) + eps)
    return x * scale, None
