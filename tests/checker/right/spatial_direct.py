"""Spatial batch norm directly, with axes (0, 2, 3) and gamma as (1, C, 1, 1)."""
import numpy as np

AXES = (0, 2, 3)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    mu = x.mean(axis=AXES, keepdims=True)
    xmu = x - mu
    var = (xmu ** 2).mean(axis=AXES, keepdims=True)
    sd = np.sqrt(var + eps)
    xhat = xmu / sd
    g = gamma.reshape(1, -1, 1, 1)
    return g * xhat + beta.reshape(1, -1, 1, 1), (xmu, sd, xhat, g)


def spatial_batchnorm_backward(dout, cache):
    xmu, sd, xhat, g = cache
    M = dout.size / dout.shape[1]
    dxhat = dout * g
    dsd = -(dxhat * xmu).sum(axis=AXES, keepdims=True) / sd ** 2
    dvar = dsd / (2 * sd)
    dxmu = dxhat / sd + 2 * xmu * dvar / M
    dx = dxmu - dxmu.sum(axis=AXES, keepdims=True) / M
    return dx, (dout * xhat).sum(axis=AXES), dout.sum(axis=AXES)
