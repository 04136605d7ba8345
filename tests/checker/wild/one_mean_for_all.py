import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param['eps']
    mean = np.mean(x)
    centered = x - mean
    var = np.mean(centered**2, axis=0)
    std = np.sqrt(var + eps)
    norm = centered / std
    return norm * gamma + beta, (norm, centered, std, gamma)

def batchnorm_backward(dout, cache):
    norm, centered, std, gamma = cache
    n = dout.shape[0]
    dnorm = dout * gamma
    dstd = -np.sum(dnorm * centered, axis=0) / std**2
    dvar = dstd / (2 * std)
    dcentered = dnorm / std + dvar * 2 * centered / n
    dx = dcentered - np.mean(dcentered, axis=0)
    return dx, np.sum(dout * norm, axis=0), np.sum(dout, axis=0)
