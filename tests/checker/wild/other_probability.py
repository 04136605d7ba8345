import numpy as np

def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] != "train":
        return x, 1.0
    U = np.random.uniform(size=x.shape)
    keep = U < p
    scale = 1.0 / (1.0 - p)
    mask = keep * scale
    return x * mask, mask

def dropout_backward(dout, cache):
    return dout * cache
