"""The paper's equations, but the term of dmu that is always zero is left out."""
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param['eps']
    mu = x.mean(0)
    var = x.var(0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma*xhat + beta, (x, mu, var, eps, gamma, xhat)

def batchnorm_backward(dout, cache):
    x, mu, var, eps, gamma, xhat = cache
    n = x.shape[0]
    inv = 1/np.sqrt(var + eps)
    dxhat = dout*gamma
    dvar = np.sum(dxhat*(x - mu), 0) * (-.5) * inv**3
    # sum(x - mu) == 0, so only the first half remains
    dmu = -inv*np.sum(dxhat, 0)
    dx = dxhat*inv + 2*dvar*(x - mu)/n + dmu/n
    return dx, np.sum(dout*xhat, 0), np.sum(dout, 0)
