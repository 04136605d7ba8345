"""Group norm as batch norm of the transposed groups; a small function packs and one unpacks."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    xc = x - x.mean(axis=0)
    inv = 1 / np.sqrt((xc * xc).mean(axis=0) + bn_param.get("eps", 1e-5))
    return gamma * xc * inv + beta, (xc, inv, gamma)


def batchnorm_backward(dout, cache):
    xc, inv, gamma = cache
    n = xc.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xc * inv).sum(axis=0)
    dx = gamma * inv / n * (n * dout - dbeta - xc * inv * dgamma)
    return dx, dgamma, dbeta


def pack(a, G):
    return a.reshape(a.shape[0] * G, -1).T


def unpack(a, shape):
    return a.T.reshape(shape)


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    columns = pack(x, G)
    ones, zeros = np.ones(columns.shape[1]), np.zeros(columns.shape[1])
    xhat, cache = batchnorm_forward(columns, ones, zeros, gn_param)
    xhat = unpack(xhat, x.shape)
    return gamma * xhat + beta, (cache, xhat, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    inner, xhat, gamma, G = cache
    dx, *_ = batchnorm_backward(pack(dout * gamma, G), inner)
    dgamma = np.einsum("nchw,nchw->c", dout, xhat).reshape(gamma.shape)
    dbeta = np.einsum("nchw->c", dout).reshape(gamma.shape)
    return unpack(dx, dout.shape), dgamma, dbeta
