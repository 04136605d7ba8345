"""One return expression each way; nothing gets a name."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + bn_param["eps"]) + beta, (x, gamma, bn_param["eps"])


def batchnorm_backward(dout, cache):
    return (
        cache[1]
        / np.sqrt(cache[0].var(0) + cache[2])
        * (
            dout
            - dout.mean(0)
            - (cache[0] - cache[0].mean(0))
            * (dout * (cache[0] - cache[0].mean(0))).mean(0)
            / (cache[0].var(0) + cache[2])
        ),
        (dout * (cache[0] - cache[0].mean(0)) / np.sqrt(cache[0].var(0) + cache[2])).sum(0),
        dout.sum(0),
    )
