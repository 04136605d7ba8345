"""The centering matrix I - 1/N on the left of everything."""
import numpy as np


def centering(n):
    return np.eye(n) - np.ones((n, n)) / n


def batchnorm_forward(x, gamma, beta, bn_param):
    n = x.shape[0]
    C = centering(n)
    xc = C @ x
    var = np.diag(xc.T @ xc) / n
    S = np.diag(1 / np.sqrt(var + bn_param.get("eps", 1e-5)))
    xhat = xc @ S
    out = xhat @ np.diag(gamma) + np.outer(np.ones(n), beta)
    return out, (C, S, xhat, gamma)


def batchnorm_backward(dout, cache):
    C, S, xhat, gamma = cache
    n = len(C)
    one = np.ones(n)
    dxhat = dout @ np.diag(gamma)
    P = np.diag(np.diag(xhat.T @ dxhat)) / n
    dx = C @ (dxhat - xhat @ P) @ S
    return dx, one @ (dout * xhat), one @ dout
