"""keepdims everywhere, so the gradients of gamma and beta have shape (1, D)."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    gamma = gamma.reshape(1, -1)
    beta = beta.reshape(1, -1)
    mu = np.mean(x, axis=0, keepdims=True)
    var = np.var(x, axis=0, keepdims=True)
    xhat = (x - mu) / np.sqrt(var + eps)
    out = gamma * xhat + beta
    return out, (x, xhat, mu, var, gamma, eps)


def batchnorm_backward(dout, cache):
    x, xhat, mu, var, gamma, eps = cache
    N = x.shape[0]
    dgamma = np.sum(dout * xhat, axis=0, keepdims=True)
    dbeta = np.sum(dout, axis=0, keepdims=True)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu) * -0.5 * np.power(var + eps, -1.5), axis=0, keepdims=True)
    dmu = np.sum(dxhat * -1 / np.sqrt(var + eps), axis=0, keepdims=True)
    dmu += dvar * np.mean(-2 * (x - mu), axis=0, keepdims=True)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mu) / N + dmu / N
    return dx, dgamma, dbeta
