"""The gradients come back in a list, and so do out and cache."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    answer = [None, None]
    mu, sigma = x.mean(0), np.sqrt(x.var(0) + bn_param.get("eps", 1e-5))
    xhat = (x - mu) / sigma
    answer[0] = xhat * gamma + beta
    answer[1] = [xhat, sigma, gamma]
    return answer


def batchnorm_backward(dout, cache):
    xhat, sigma, gamma = cache
    grads = []
    dxhat = dout * gamma
    dx = dxhat.copy()
    dx -= dxhat.mean(0)
    dx -= xhat * (dxhat * xhat).mean(0)
    grads.append(dx / sigma)
    grads.append((dout * xhat).sum(0))
    grads.append(dout.sum(0))
    return grads
