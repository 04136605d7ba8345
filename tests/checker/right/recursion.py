"""Sums by recursion, halves of the batch at a time."""
import numpy as np


def add_up(rows):
    if len(rows) == 1:
        return rows[0]
    middle = len(rows) // 2
    return add_up(rows[:middle]) + add_up(rows[middle:])


def batchnorm_forward(x, gamma, beta, bn_param):
    n = len(x)
    mu = add_up(x) / n
    var = add_up((x - mu) ** 2) / n
    std = np.sqrt(var + bn_param.get("eps", 1e-5))
    return gamma * (x - mu) / std + beta, (x - mu, std, gamma)


def batchnorm_backward(dout, cache):
    xmu, std, gamma = cache
    n = len(dout)
    dgamma = add_up(dout * xmu) / std
    dbeta = add_up(dout)
    dstd = -dgamma * gamma / std
    dxmu = dout * gamma / std + dstd * xmu / (n * std)
    return dxmu - add_up(dxmu) / n, dgamma, dbeta
