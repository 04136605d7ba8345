"""Closed form written with means: take away the mean and the part along xhat."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    xc = x - np.mean(x, axis=0)
    s = np.sqrt(np.mean(xc * xc, axis=0) + eps)
    xn = xc / s
    return xn * gamma + beta, {"xn": xn, "s": s, "gamma": gamma}


def batchnorm_backward(dout, cache):
    xn, s, gamma = cache["xn"], cache["s"], cache["gamma"]
    g = dout * gamma
    dx = (g - g.mean(axis=0) - xn * (g * xn).mean(axis=0)) / s
    return dx, np.sum(dout * xn, axis=0), np.sum(dout, axis=0)
