"""Closed form without xhat: everything from x - mu and var + eps, two powers of it."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    veps = var + bn_param.get("eps", 1e-5)
    out = gamma * (x - mu) * veps ** (-1 / 2) + beta
    cache = x, gamma, mu, veps
    return out, cache


def batchnorm_backward(dout, cache):
    x, gamma, mu, veps = cache
    N = x.shape[0]

    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum((x - mu) * veps ** (-1.0 / 2.0) * dout, axis=0)
    dx = (
        (1.0 / N)
        * gamma
        * veps ** (-1.0 / 2.0)
        * (N * dout - np.sum(dout, axis=0) - (x - mu) * veps ** (-1.0) * np.sum(dout * (x - mu), axis=0))
    )
    return dx, dgamma, dbeta
