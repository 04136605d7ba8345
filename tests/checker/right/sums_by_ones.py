"""Sums as products with a row of ones."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    N, D = x.shape
    one = np.ones((1, N))
    mu = one.dot(x) / N
    xc = x - one.T.dot(mu)
    var = one.dot(xc * xc) / N
    xhat = xc / one.T.dot(np.sqrt(var + eps))
    out = np.matmul(one.T, gamma[np.newaxis, :]) * xhat + np.matmul(one.T, beta[np.newaxis, :])
    return out, (xhat, var, eps, gamma)


def batchnorm_backward(dout, cache):
    xhat, var, eps, gamma = cache
    N, D = dout.shape
    one = np.ones((1, N))
    dgamma = one.dot(dout * xhat).ravel()
    dbeta = one.dot(dout).ravel()
    k = gamma / np.sqrt(var + eps)
    dx = k * dout - k / N * one.T.dot(one.dot(dout)) - k / N * xhat * one.T.dot(one.dot(dout * xhat))
    return dx, dgamma, dbeta
