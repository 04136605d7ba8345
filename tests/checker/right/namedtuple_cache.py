"""A namedtuple for a cache; test mode and running averages in a helper."""
from collections import namedtuple

import numpy as np

Cache = namedtuple("Cache", "x_hat inv_std gamma n")


def _running(bn_param, mean, var):
    keep = bn_param.get("momentum", 0.9)
    for key, fresh in (("running_mean", mean), ("running_var", var)):
        old = bn_param.get(key)
        if old is None:
            old = np.zeros_like(fresh)
        bn_param[key] = keep * old + (1 - keep) * fresh


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    if bn_param["mode"] == "train":
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)
        _running(bn_param, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    inv_std = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    return gamma * x_hat + beta, Cache(x_hat=x_hat, inv_std=inv_std, gamma=gamma, n=x.shape[0])


def batchnorm_backward(dout, cache):
    dbeta = dout.sum(axis=0)
    dgamma = (dout * cache.x_hat).sum(axis=0)
    dx = cache.gamma * cache.inv_std * (dout - dbeta / cache.n - cache.x_hat * dgamma / cache.n)
    return dx, dgamma, dbeta
