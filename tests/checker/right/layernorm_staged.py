"""Layer norm in ten steps, plain eps argument, [:, None] instead of keepdims."""
import numpy as np


def layernorm_forward(x, gamma, beta, eps=1e-5):
    N, D = x.shape
    mu = np.sum(x, axis=1) / D
    xmu = x - mu[:, None]
    sq = xmu * xmu
    var = np.sum(sq, axis=1) / D
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    xhat = xmu * ivar[:, None]
    out = xhat * gamma + beta
    return out, (xhat, gamma, xmu, ivar, sqrtvar)


def layernorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N, D = dout.shape
    dbeta = dout.sum(0)
    dgamma = (dout * xhat).sum(0)
    dxhat = dout * gamma
    divar = (dxhat * xmu).sum(1)
    dxmu = dxhat * ivar[:, None]
    dsqrtvar = -divar / sqrtvar**2
    dvar = dsqrtvar / 2 / sqrtvar
    dsq = np.ones((N, D)) * dvar[:, None] / D
    dxmu += 2 * xmu * dsq
    dmu = -dxmu.sum(1)
    dx = dxmu + dmu[:, None] / D
    return dx, dgamma, dbeta
