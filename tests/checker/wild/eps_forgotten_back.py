import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta, (xhat, var, gamma, eps)


def batchnorm_backward(dout, cache):
    xhat, var, gamma, eps = cache
    n = len(xhat)
    dgamma = (dout * xhat).sum(0)
    dbeta = dout.sum(0)
    inv = 1 / np.sqrt(var)
    dx = inv * gamma * (dout - dbeta / n - xhat * dgamma / n)
    return dx, dgamma, dbeta
