# Assignment 2, Q2. Compute the backward pass with the graph
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    N, D = x.shape
    mu = x.sum(axis=0) / N
    xmu = x - mu
    var = (xmu**2).sum(axis=0) / N
    std = np.sqrt(var + eps)
    istd = 1 / std
    xhat = xmu * istd
    return gamma * xhat + beta, (xhat, xmu, istd, std, gamma)

def batchnorm_backward(dout, cache):
    xhat, xmu, istd, std, gamma = cache
    N, D = dout.shape
    dxhat = dout * gamma
    # multiply gate: swap the inputs
    distd = np.sum(dxhat * xhat, axis=0)
    dxmu = dxhat * istd
    dstd = -distd / std**2
    dvar = 0.5 * dstd / std
    dxmu = dxmu + 2 * xmu * dvar / N
    dmu = -dxmu.sum(axis=0)
    dx = dxmu + dmu / N
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
