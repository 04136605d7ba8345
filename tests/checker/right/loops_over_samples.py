"""Loops over the samples, one row at a time."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    N, D = x.shape
    mu = np.zeros(D)
    for i in range(N):
        mu += x[i]
    mu /= N
    var = np.zeros(D)
    for i in range(N):
        var += (x[i] - mu) ** 2
    var /= N
    std = np.sqrt(var + eps)
    out = np.zeros((N, D))
    xhat = np.zeros((N, D))
    for i in range(N):
        xhat[i] = (x[i] - mu) / std
        out[i] = gamma * xhat[i] + beta
    return out, (xhat, std, gamma)


def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    N, D = dout.shape
    dgamma = np.zeros(D)
    dbeta = np.zeros(D)
    for i in range(N):
        dgamma += dout[i] * xhat[i]
        dbeta += dout[i]
    dx = np.zeros((N, D))
    for i in range(N):
        # every other row j reaches row i through the mean and the variance
        for j in range(N):
            own = 1.0 if i == j else 0.0
            dx[i] += dout[j] * gamma / std * (own - 1.0 / N - xhat[i] * xhat[j] / N)
    return dx, dgamma, dbeta
