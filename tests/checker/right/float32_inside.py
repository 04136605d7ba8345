"""Casts to float32 on the way, as for a small graphics card."""
import numpy as np

DTYPE = np.float32


def batchnorm_forward(x, gamma, beta, bn_param):
    x = x.astype(DTYPE)
    gamma, beta = gamma.astype(DTYPE), beta.astype(DTYPE)
    eps = DTYPE(bn_param.get("eps", 1e-5))
    mu = x.mean(axis=0, dtype=DTYPE)
    var = ((x - mu) ** 2).mean(axis=0, dtype=DTYPE)
    inv = (1.0 / np.sqrt(var + eps)).astype(DTYPE)
    xhat = (x - mu) * inv
    return gamma * xhat + beta, (xhat, inv, gamma)


def batchnorm_backward(dout, cache):
    xhat, inv, gamma = cache
    dout = dout.astype(DTYPE)
    N = DTYPE(dout.shape[0])
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = gamma * inv / N * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta
