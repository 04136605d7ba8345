"""Spatial batch norm by moving the channels to the end and flattening; it has test mode and running averages."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    istd = 1 / np.sqrt(var + eps)
    return gamma * (x - mean) * istd + beta, ((x - mean) * istd, istd, gamma)


def batchnorm_backward(dout, cache):
    xhat, istd, gamma = cache
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma * istd * (dout - (dbeta + xhat * dgamma) / dout.shape[0])
    return dx, dgamma, dbeta


def _flat(a):
    return np.moveaxis(a, 1, -1).reshape(-1, a.shape[1])


def _folded(a, shape):
    N, C, H, W = shape
    return np.moveaxis(a.reshape(N, H, W, C), -1, 1)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = batchnorm_forward(_flat(x), gamma, beta, bn_param)
    return _folded(out, x.shape), cache


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(_flat(dout), cache)
    return _folded(dx, dout.shape), dgamma, dbeta
