"""The backward pass is itself a numeric derivative: a complex step in every number."""
import numpy as np


def plain(x, gamma, beta, eps):
    mu = x.sum(axis=0) / x.shape[0]
    var = ((x - mu) * (x - mu)).sum(axis=0) / x.shape[0]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    return plain(x, gamma, beta, eps), (x, gamma, beta, eps)


def slope(of, at, dout):
    grad = np.zeros(at.shape)
    for index in np.ndindex(*at.shape):
        moved = at.astype(complex)
        moved[index] += 1e-20j
        grad[index] = np.sum(dout * of(moved)).imag / 1e-20
    return grad


def batchnorm_backward(dout, cache):
    x, gamma, beta, eps = cache
    dx = slope(lambda a: plain(a, gamma, beta, eps), x, dout)
    dgamma = slope(lambda a: plain(x, a, beta, eps), gamma, dout)
    dbeta = slope(lambda a: plain(x, gamma, a, eps), beta, dout)
    return dx, dgamma, dbeta
