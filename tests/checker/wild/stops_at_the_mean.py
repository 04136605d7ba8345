import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    mean = x.mean(axis=0)
    diff = x - mean
    variance = np.square(diff).mean(axis=0)
    inv = 1.0 / np.sqrt(variance + bn_param["eps"])
    norm = diff * inv
    return gamma * norm + beta, {"diff": diff, "inv": inv, "norm": norm, "gamma": gamma}

def batchnorm_backward(dout, cache):
    diff, inv, norm = cache["diff"], cache["inv"], cache["norm"]
    count = dout.shape[0]
    dnorm = dout * cache["gamma"]
    dinv = np.sum(dnorm * diff, axis=0)
    dvariance = dinv * -0.5 * inv * inv * inv
    ddiff = dnorm * inv + dvariance * 2.0 * diff / count
    dx = ddiff
    return dx, np.sum(dout * norm, axis=0), np.sum(dout, axis=0)
