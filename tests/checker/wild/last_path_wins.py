import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    N, D = x.shape
    mu = x.mean(axis=0)
    xmu = x - mu
    var = np.mean(xmu ** 2, axis=0)
    std = (var + eps) ** 0.5
    xhat = xmu / std
    return gamma * xhat + beta, (xhat, xmu, std, gamma)

def batchnorm_backward(dout, cache):
    xhat, xmu, std, gamma = cache
    N, D = dout.shape
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dxmu = dxhat / std
    dstd = (dxhat * xmu).sum(axis=0) * -1 / std ** 2
    dvar = dstd * 0.5 / std
    dsq = np.ones((N, D)) / N * dvar
    dxmu = 2 * xmu * dsq
    dx = dxmu.copy()
    dmu = -dxmu.sum(axis=0)
    dx += np.ones((N, D)) / N * dmu
    return dx, dgamma, dbeta
