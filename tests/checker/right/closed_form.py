"""The simplified closed form with N in front, beside the staged version."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    D = x.shape[1]
    rm = bn_param.get('running_mean', np.zeros(D))
    rv = bn_param.get('running_var', np.zeros(D))
    if bn_param['mode'] == 'test':
        return gamma * (x - rm) / np.sqrt(rv + eps) + beta, None
    m, v = x.mean(axis=0), x.var(axis=0)
    istd = 1 / np.sqrt(v + eps)
    xhat = (x - m) * istd
    bn_param['running_mean'] = momentum * rm + (1 - momentum) * m
    bn_param['running_var'] = momentum * rv + (1 - momentum) * v
    return gamma * xhat + beta, (xhat, istd, gamma)


def batchnorm_backward(dout, cache):
    xhat, istd, gamma = cache
    N = len(dout)
    dxhat = dout * gamma
    x_centered = xhat / istd
    dvar = (dxhat * x_centered).sum(axis=0) * -0.5 * istd**3
    dmu = (-dxhat * istd).sum(axis=0) + dvar * (-2 * x_centered).sum(axis=0) / N
    dx = dxhat * istd + dvar * 2 * x_centered / N + dmu / N
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward_alt(dout, cache):
    xhat, istd, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dx = (1.0 / N) * gamma * istd * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta
