"""A mean that is taken apart: dx as a sum of three arrays that are stacked and then summed."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mu, var = x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)
    inv = 1.0 / np.sqrt(var + eps)
    return gamma[None] * ((x - mu) * inv) + beta[None], dict(x=x, mu=mu, inv=inv, gamma=gamma)


def batchnorm_backward(dout, cache):
    x, mu, inv, gamma = cache["x"], cache["mu"], cache["inv"], cache["gamma"]
    n = x.shape[0]
    dxhat = dout * gamma[None, :]
    paths = np.zeros((3,) + x.shape)
    paths[0] = dxhat * inv
    paths[1] = -np.sum(paths[0], axis=0) / n
    paths[2] = -(x - mu) * inv**3 * np.sum(dxhat * (x - mu), axis=0) / n
    dx = paths.sum(axis=0)
    dgamma = ((x - mu) * inv * dout).sum(axis=0)
    dbeta = np.dot(dout.T, np.ones(n))
    return dx, dgamma, dbeta
