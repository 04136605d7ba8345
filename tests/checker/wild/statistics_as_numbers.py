# Batchnorm from scratch, exercise 3
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mean = x.mean(axis=0)
    std = np.sqrt(x.var(axis=0) + eps)
    xnorm = (x - mean) / std
    out = gamma * xnorm + beta
    cache = (xnorm, std, gamma)
    return out, cache

def batchnorm_backward(dout, cache):
    xnorm, std, gamma = cache
    dgamma = np.sum(dout * xnorm, axis=0)
    dbeta = np.sum(dout, axis=0)
    # chain rule: scale, then divide
    dx = dout * gamma / std
    return dx, dgamma, dbeta
