"""match for the mode, while loops, and gradients by index."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    N, D = x.shape
    momentum = bn_param.get("momentum", 0.9)
    bn_param.setdefault("running_mean", np.zeros(D))
    bn_param.setdefault("running_var", np.zeros(D))
    cache = ()
    match bn_param["mode"]:
        case "train":
            mean, var = x.mean(0), x.var(0)
            bn_param["running_mean"] = momentum * bn_param["running_mean"] + (1.0 - momentum) * mean
            bn_param["running_var"] = momentum * bn_param["running_var"] + (1.0 - momentum) * var
        case "test":
            mean, var = bn_param["running_mean"], bn_param["running_var"]
        case other:
            raise ValueError(other)
    root = np.sqrt(var + eps)
    xhat = (x - mean) / root
    cache = (xhat, root, gamma)
    return gamma * xhat + beta, cache


def batchnorm_backward(dout, cache):
    xhat, root, gamma = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    d = 0
    while d < D:
        n = 0
        while n < N:
            dbeta[d] += dout[n, d]
            dgamma[d] += dout[n, d] * xhat[n, d]
            n += 1
        n = 0
        while n < N:
            dx[n, d] = gamma[d] / root[d] * (dout[n, d] - (dbeta[d] + xhat[n, d] * dgamma[d]) / N)
            n += 1
        d += 1
    return dx, dgamma, dbeta
