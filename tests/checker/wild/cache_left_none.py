import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = None, None
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    std = np.sqrt(var + bn_param["eps"])
    xhat = (x - mu) / std
    out = gamma * xhat + beta
    return out, cache

def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - xhat * dgamma / len(dout))
    return dx, dgamma, dbeta
