"""Nested loops with plain numbers, NumPy only for the arrays that are returned."""
import math

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param['eps']
    rows = len(x)
    cols = len(x[0])
    out = np.zeros((rows, cols))
    mean = [0.0] * cols
    var = [0.0] * cols
    for j in range(cols):
        for i in range(rows):
            mean[j] += float(x[i][j])
        mean[j] = mean[j] / rows
        for i in range(rows):
            var[j] += (float(x[i][j]) - mean[j]) ** 2
        var[j] = var[j] / rows
        for i in range(rows):
            out[i][j] = gamma[j] * (x[i][j] - mean[j]) / math.sqrt(var[j] + eps) + beta[j]
    return out, [x, gamma, mean, var, eps]


def batchnorm_backward(dout, cache):
    x, gamma, mean, var, eps = cache
    rows = len(x)
    cols = len(x[0])
    dx = np.zeros((rows, cols))
    dgamma = np.zeros(cols)
    dbeta = np.zeros(cols)
    for j in range(cols):
        s = math.sqrt(var[j] + eps)
        dvar = 0.0
        dmean = 0.0
        for i in range(rows):
            diff = x[i][j] - mean[j]
            dgamma[j] += dout[i][j] * diff / s
            dbeta[j] += dout[i][j]
            dvar += dout[i][j] * gamma[j] * diff * (-0.5) / (s * s * s)
            dmean += -dout[i][j] * gamma[j] / s
        for i in range(rows):
            diff = x[i][j] - mean[j]
            dx[i][j] = dout[i][j] * gamma[j] / s
            dx[i][j] += dvar * 2.0 * diff / rows
            dx[i][j] += dmean / rows
    return dx, dgamma, dbeta
