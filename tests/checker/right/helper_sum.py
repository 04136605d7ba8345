"""Small helpers _sum, _mean and _spread, used everywhere."""
import numpy as np


def _sum(a):
    return np.sum(a, axis=0)


def _mean(a):
    return _sum(a) / a.shape[0]


def _spread(a, like):
    return np.ones_like(like) * a


def _root(v, eps):
    return (v + eps) ** 0.5


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    xmu = x - _spread(_mean(x), x)
    std = _root(_mean(xmu * xmu), eps)
    xhat = xmu / _spread(std, x)
    return _spread(gamma, x) * xhat + _spread(beta, x), (xmu, std, xhat, gamma)


def batchnorm_backward(dout, cache):
    xmu, std, xhat, gamma = cache
    n = dout.shape[0]
    dbeta = _sum(dout)
    dgamma = _sum(dout * xhat)
    dxhat = dout * _spread(gamma, dout)
    dstd = _sum(-dxhat * xmu / _spread(std**2, dout))
    dvar = dstd / (2 * std)
    dxmu = dxhat / std + 2 * xmu * _spread(dvar, dout) / n
    dx = dxmu - _spread(_mean(dxmu), dout)
    return dx, dgamma, dbeta
