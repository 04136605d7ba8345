"""Decorators around both functions, and star arguments."""
import functools

import numpy as np


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def same_shape(which):
    def decorate(function):
        @functools.wraps(function)
        def checked(*args):
            result = function(*args)
            if result[0].shape != args[which].shape:
                raise ValueError("shape changed")
            return result

        return checked

    return decorate


@counted
@same_shape(which=0)
def batchnorm_forward(*args):
    x, gamma, beta, *others = args
    eps = others[0]["eps"]
    mean, var = x.mean(axis=0), x.var(axis=0)
    scale = gamma / np.sqrt(var + eps)
    shift = beta - mean * scale
    return x * scale + shift, (x, mean, var, eps, gamma)


@counted
@same_shape(which=0)
def batchnorm_backward(*args):
    dout, (x, mean, var, eps, gamma) = args
    n, inv = dout.shape[0], 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv
    dscale = (dout * x).sum(axis=0)
    dshift = dout.sum(axis=0)
    # out = x * scale + shift, with scale = gamma * inv and shift = beta - mean * scale
    dbeta = dshift
    dscale = dscale - dshift * mean
    dgamma = dscale * inv
    dmean = -dshift * gamma * inv
    dinv = dscale * gamma
    dvar = dinv * -0.5 * inv**3
    dx = dout * gamma * inv + dmean / n + dvar * 2 * (x - mean) / n
    assert np.allclose(dgamma, (dout * xhat).sum(axis=0))
    return dx, dgamma, dbeta
