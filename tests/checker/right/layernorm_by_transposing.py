"""Layer norm by turning the data and using batch norm, with gamma and beta as columns."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    xc = x - x.mean(axis=0)
    std = np.sqrt((xc**2).mean(axis=0) + eps)
    xhat = xc / std
    return gamma * xhat + beta, (xc, std, xhat, gamma, bn_param.get("axis", 0))


def batchnorm_backward(dout, cache):
    xc, std, xhat, gamma, axis = cache
    n = xc.shape[0]
    dgamma = np.sum(dout * xhat, axis=axis)
    dbeta = np.sum(dout, axis=axis)
    dxhat = dout * gamma
    dstd = np.sum(dxhat * -xc / std**2, axis=0)
    dxc = dxhat / std + xc / (n * std) * dstd
    dx = dxc - dxc.sum(axis=0) / n
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    param = dict(ln_param, mode="train", axis=1)
    out, cache = batchnorm_forward(x.T, gamma.reshape(-1, 1), beta.reshape(-1, 1), param)
    return out.T, cache


def layernorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(dout.T, cache)
    return dx.T, dgamma, dbeta
