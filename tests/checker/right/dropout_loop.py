"""Dropout with a loop over all numbers and Python's own random."""
import random

import numpy as np


def dropout_forward(x, dropout_param):
    rnd = random.Random(dropout_param.get("seed"))
    out = np.array(x, dtype=float)
    if dropout_param["mode"] == "test":
        return out, np.ones(x.shape)
    mask = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        if rnd.random() > dropout_param["p"]:
            mask[index] = 1 / (1 - dropout_param["p"])
        out[index] *= mask[index]
    return out, mask


def dropout_backward(dout, cache):
    return np.multiply(dout, cache)
