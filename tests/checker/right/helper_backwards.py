"""A pair of functions for every small operation: mean_backward, square_backward and so on."""
import numpy as np


def mean_forward(a):
    return a.sum(axis=0) / a.shape[0], a.shape


def mean_backward(d, shape):
    return np.broadcast_to(d / shape[0], shape)


def square_forward(a):
    return a * a, a


def square_backward(d, a):
    return d * 2 * a


def sqrt_forward(a, eps):
    r = np.sqrt(a + eps)
    return r, r


def sqrt_backward(d, r):
    return d / (2 * r)


def divide_forward(a, b):
    return a / b, (a, b)


def divide_backward(d, saved):
    a, b = saved
    return d / b, np.sum(-d * a / b ** 2, axis=0)


def subtract_forward(a, b):
    return a - b


def subtract_backward(d):
    return d, -np.sum(d, axis=0)


def affine_forward(a, gamma, beta):
    return a * gamma + beta, (a, gamma)


def affine_backward(d, saved):
    a, gamma = saved
    return d * gamma, np.sum(d * a, axis=0), np.sum(d, axis=0)


def batchnorm_forward(x, gamma, beta, bn_param):
    mu, c1 = mean_forward(x)
    xmu = subtract_forward(x, mu)
    sq, c2 = square_forward(xmu)
    var, c3 = mean_forward(sq)
    std, c4 = sqrt_forward(var, bn_param.get('eps', 1e-5))
    xhat, c5 = divide_forward(xmu, std)
    out, c6 = affine_forward(xhat, gamma, beta)
    return out, (c1, c2, c3, c4, c5, c6)


def batchnorm_backward(dout, cache):
    c1, c2, c3, c4, c5, c6 = cache
    dxhat, dgamma, dbeta = affine_backward(dout, c6)
    dxmu, dstd = divide_backward(dxhat, c5)
    dvar = sqrt_backward(dstd, c4)
    dsq = mean_backward(dvar, c3)
    dxmu = dxmu + square_backward(dsq, c2)
    dx, dmu = subtract_backward(dxmu)
    return dx + mean_backward(dmu, c1), dgamma, dbeta
