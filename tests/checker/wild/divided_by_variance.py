import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    """normalize, then scale and shift"""
    eps = bn_param['eps']
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0) + eps
    x_hat = (x - mu) / var
    out = gamma * x_hat + beta
    return out, (x, mu, var, gamma)

def batchnorm_backward(dout, cache):
    x, mu, var, gamma = cache
    n = x.shape[0]
    s = np.sqrt(var)
    z = (x - mu) / s
    dz = dout * gamma
    dx = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / s
    dgamma = (dout * z).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta
