"""Everything is transposed on the way in and out: features are rows inside."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    X = x.T
    m = X.shape[1]
    mean = X.sum(axis=1, keepdims=True) / m
    centered = X - mean
    variance = (centered ** 2).sum(axis=1, keepdims=True) / m
    stddev = np.sqrt(variance + bn_param.get('eps', 1e-5))
    X_norm = centered / stddev
    G = gamma[:, None]
    B = beta[:, None]
    Y = G * X_norm + B
    return Y.T, (X_norm, stddev, G)


def batchnorm_backward(dout, cache):
    X_norm, stddev, G = cache
    dY = dout.T
    m = dY.shape[1]
    dG = (dY * X_norm).sum(axis=1)
    dB = dY.sum(axis=1)
    dX_norm = dY * G
    dX = dX_norm - dX_norm.mean(axis=1, keepdims=True)
    dX -= X_norm * (dX_norm * X_norm).mean(axis=1, keepdims=True)
    dX /= stddev
    return dX.T, dG, dB
