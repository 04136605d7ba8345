"""eps is fixed at 1e-8 inside, and bn_param is not looked at."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param=None):
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    X_norm = (x - mu) / np.sqrt(var + 1e-8)
    out = gamma * X_norm + beta
    cache = (x, X_norm, mu, var, gamma, beta)
    return out, cache


def batchnorm_backward(dout, cache):
    X, X_norm, mu, var, gamma, beta = cache
    N, D = X.shape
    X_mu = X - mu
    std_inv = 1. / np.sqrt(var + 1e-8)
    dX_norm = dout * gamma
    dvar = np.sum(dX_norm * X_mu, axis=0) * -.5 * std_inv**3
    dmu = np.sum(dX_norm * -std_inv, axis=0) + dvar * np.mean(-2. * X_mu, axis=0)
    dX = (dX_norm * std_inv) + (dvar * 2 * X_mu / N) + (dmu / N)
    dgamma = np.sum(dout * X_norm, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dX, dgamma, dbeta
