"""Every product and every sum is an einsum."""
import numpy as np
from numpy import einsum


def batchnorm_forward(x, gamma, beta, bn_param):
    n = x.shape[0]
    mu = einsum("nd->d", x) / n
    z = x - mu
    var = einsum("nd,nd->d", z, z) / n
    r = (var + bn_param["eps"]) ** -0.5
    xhat = einsum("nd,d->nd", z, r)
    return einsum("nd,d->nd", xhat, gamma) + beta, (xhat, r, gamma, n)


def batchnorm_backward(dout, cache):
    xhat, r, gamma, n = cache
    dbeta = einsum("nd->d", dout)
    dgamma = einsum("nd,nd->d", dout, xhat)
    straight = einsum("nd,d,d->nd", dout, gamma, r)
    by_mean = einsum("md,d,d->d", dout, gamma, r) / n
    by_variance = einsum("nd,md,md,d,d->nd", xhat, dout, xhat, gamma, r) / n
    return straight - by_mean - by_variance, dgamma, dbeta
