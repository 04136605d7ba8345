import numpy as np


def batchnorm_forward(x, gamma, beta, eps)
    return x, None
