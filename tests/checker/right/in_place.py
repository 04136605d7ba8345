"""Gradients collected in place, with += and with out=."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    xhat = x.astype(float).copy()
    xhat -= xhat.mean(axis=0)
    var = np.mean(xhat**2, axis=0)
    ivar = 1 / np.sqrt(var + eps)
    xhat *= ivar
    out = np.empty_like(xhat)
    np.multiply(xhat, gamma, out=out)
    np.add(out, beta, out=out)
    return out, (xhat, gamma, ivar)


def batchnorm_backward(dout, cache):
    xhat, gamma, ivar = cache
    N = xhat.shape[0]
    dx = np.zeros_like(dout)
    dgamma = np.zeros_like(gamma)
    dbeta = np.zeros_like(gamma)

    dbeta += dout.sum(axis=0)
    dgamma += np.einsum("nd,nd->d", dout, xhat)

    dx += dout * gamma
    along = (dx * xhat).sum(axis=0)
    along /= N
    average = dx.sum(axis=0)
    average /= N
    np.subtract(dx, average, out=dx)
    np.subtract(dx, xhat * along, out=dx)
    np.multiply(dx, ivar, out=dx)
    return dx, dgamma, dbeta
