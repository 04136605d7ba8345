"""Dropout with the new generator and binomial numbers; the cache is a tuple of three."""
import numpy as np


def dropout_forward(x, dropout_param):
    mode, keep = dropout_param["mode"], dropout_param["p"]
    mask = np.random.default_rng(dropout_param.get("seed")).binomial(1, keep, size=x.shape)
    if mode == "test":
        return x.copy(), (mode, keep, mask)
    return mask * x / keep, (mode, keep, mask)


def dropout_backward(dout, cache):
    mode, keep, mask = cache
    return dout if mode == "test" else dout * mask / keep
