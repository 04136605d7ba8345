"""A list for a cache, read by its places, popped from the end on the way back."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    stack = []
    mu = np.average(x, axis=0)
    t = np.subtract(x, mu)
    stack.append(t)
    v = np.average(np.square(t), axis=0)
    s = np.sqrt(np.add(v, bn_param["eps"]))
    stack.append(s)
    t = np.divide(t, s)
    stack.append(t)
    stack.append(gamma)
    return np.add(np.multiply(gamma, t), beta), stack


def batchnorm_backward(dout, cache):
    stack = list(cache)
    gamma = stack.pop()
    xhat = stack.pop()
    s = stack.pop()
    xc = stack[0]
    n = xc.shape[0]

    d = np.multiply(dout, gamma)
    ds = np.sum(np.multiply(d, np.negative(xc)), axis=0) / np.square(s)
    d = np.divide(d, s)
    d = d + np.divide(ds, s) * xc / n
    d = d - np.average(d, axis=0)
    return d, np.sum(np.multiply(dout, xhat), axis=0), np.sum(dout, axis=0)
