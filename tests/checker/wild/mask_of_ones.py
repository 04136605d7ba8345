import numpy as np


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (None, "test")
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = rng.random(x.shape) < dropout_param["p"]
    return x * mask, (mask, "train")


def dropout_backward(dout, cache):
    mask, mode = cache
    return dout if mode == "test" else dout * mask
