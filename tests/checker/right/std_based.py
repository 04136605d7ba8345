"""Only the standard deviation is kept; the variance is never seen on the way back."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mu = x.mean(axis=0)
    sigma = np.hypot(x.std(axis=0), np.sqrt(bn_param["eps"]))
    xhat = (x - mu) / sigma
    return gamma * xhat + beta, (xhat, sigma, gamma)


def batchnorm_backward(dout, cache):
    xhat, sigma, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dxmu = dxhat * (1 / sigma)
    dsigma = -(dxhat * xhat).sum(axis=0) / sigma
    # d sigma / d x = (x - mu) / (N sigma) = xhat / N
    dxmu = dxmu + dsigma * xhat / N
    dmu = -dxmu.sum(axis=0)
    dx = dxmu + dmu / N
    return dx, dgamma, dbeta
