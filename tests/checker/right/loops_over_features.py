"""A loop over the features; each column is a small problem of its own."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"] if "eps" in bn_param else 1e-5
    out = np.empty_like(x)
    cache = []
    for d in range(x.shape[1]):
        column = x[:, d]
        mean = column.sum() / column.size
        centered = column - mean
        var = (centered ** 2).sum() / column.size
        root = np.sqrt(var + eps)
        normal = centered / root
        out[:, d] = gamma[d] * normal + beta[d]
        cache.append((centered, root, normal, gamma[d]))
    return out, cache


def batchnorm_backward(dout, cache):
    dx = np.empty_like(dout)
    dgamma = np.empty(dout.shape[1])
    dbeta = np.empty(dout.shape[1])
    for d, (centered, root, normal, g) in enumerate(cache):
        up = dout[:, d]
        n = up.size
        dbeta[d] = up.sum()
        dgamma[d] = up @ normal
        dnormal = up * g
        droot = -(dnormal @ centered) / root ** 2
        dvar = droot / (2 * root)
        dcentered = dnormal / root + dvar * 2 * centered / n
        dx[:, d] = dcentered - dcentered.sum() / n
    return dx, dgamma, dbeta
