import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu = x.mean(axis=0)
    xmu = x - mu
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    xhat = xmu / std
    out = gamma * xhat + beta
    cache = (xmu, std, xhat, gamma, eps)
    return out, cache

def batchnorm_backward(dout, cache):
    xmu, var, std, xhat, gamma, eps = cache
    N, D = dout.shape
    dxhat = dout * gamma
    dvar = (dxhat * xmu).sum(axis=0) * -0.5 / std**3
    dxmu = dxhat / std + 2 * xmu * dvar / N
    dx = dxmu - dxmu.sum(axis=0) / N
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
