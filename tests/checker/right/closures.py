"""The cache is a function: the forward pass returns its own backward pass as a closure."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    n = x.shape[0]

    def standardize(a):
        mean = a.mean(axis=0)
        root = np.sqrt(((a - mean) ** 2).mean(axis=0) + eps)
        z = (a - mean) / root

        def back(dz):
            return (dz - dz.sum(axis=0) / n - z * (dz * z).sum(axis=0) / n) / root

        return z, back

    z, standardize_back = standardize(x)

    def backward(dout):
        return standardize_back(dout * gamma), (dout * z).sum(axis=0), dout.sum(axis=0)

    return gamma * z + beta, backward


def batchnorm_backward(dout, cache):
    return cache(dout)
