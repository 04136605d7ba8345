"""The variance as the mean of squares minus the square of the mean, and its own way back."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    m1 = x.mean(axis=0)
    m2 = (x * x).mean(axis=0)
    var = m2 - m1**2
    istd = np.reciprocal(np.sqrt(var + bn_param.get("eps", 1e-5)))
    out = gamma * (x - m1) * istd + beta
    return out, (x, m1, istd, gamma)


def batchnorm_backward(dout, cache):
    x, m1, istd, gamma = cache
    N = x.shape[0]
    dscaled = dout * gamma
    distd = np.sum(dscaled * (x - m1), axis=0)
    dvar = distd * (-0.5 * istd**3)
    dm2 = dvar
    # through x - m1 and through the square of the mean
    dm1 = -np.sum(dscaled, axis=0) * istd - 2 * m1 * dvar
    dx = dscaled * istd
    dx += 2 * x * dm2 / N
    dx += dm1 / N
    return dx, np.sum(dout * (x - m1), axis=0) * istd, np.sum(dout, axis=0)
