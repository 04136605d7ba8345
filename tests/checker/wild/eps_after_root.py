import numpy as np

EPSILON = 1e-5

def batchnorm_forward(x, gamma, beta, eps=EPSILON):
    mu = x.mean(axis=0)
    std = x.std(axis=0) + eps
    x_norm = (x - mu) / std
    return gamma * x_norm + beta, (x_norm, std, gamma, x.shape[0])

def batchnorm_backward(dout, cache):
    x_norm, std, gamma, m = cache
    g = dout * gamma
    dx = (g - g.sum(axis=0) / m - x_norm * (g * x_norm).sum(axis=0) / m) / std
    return dx, (dout * x_norm).sum(axis=0), dout.sum(axis=0)
