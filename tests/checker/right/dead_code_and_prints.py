"""Dead code, prints, asserts and old attempts in comments."""
import numpy as np

DEBUG = False


def batchnorm_forward(x, gamma, beta, bn_param):
    assert x.ndim == 2, "x must be (N, D)"
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    N, D = x.shape
    assert gamma.shape == (D,)
    unused = np.zeros((N, D))
    # mu = np.mean(x)        # no!! this is one number
    mu = np.mean(x, axis=0)
    # var = np.sum((x-mu)**2) / N
    var = np.sum((x-mu)**2, axis=0) / N
    if DEBUG:
        print("mu", mu, "var", var)
    xhat = (x-mu) / np.sqrt(var+eps)
    out = xhat
    out = gamma*xhat + beta
    cache = (x, xhat, gamma, mu, var, eps, mode)
    assert out.shape == x.shape
    return out, cache
    print("never reached")


def batchnorm_backward(dout, cache):
    x, xhat, gamma, mu, var, eps, mode = cache
    N, D = dout.shape
    # first try, kept for later
    # dx = dout * gamma / np.sqrt(var + eps)
    dxhat = dout * gamma
    dx = dxhat / np.sqrt(var + eps)
    dmu = None
    dvar = None
    if False:
        dvar = np.zeros(D)
    dvar = np.sum(dxhat * (x-mu), axis=0) * (-1/2) * (var+eps)**(-3/2)
    print("backward pass of", N, "samples")
    dmu = np.sum(-dxhat / np.sqrt(var+eps), axis=0)
    dx = dx + dvar * 2*(x-mu)/N
    dx = dx + dmu/N
    old = dx * 0
    dgamma = np.sum(dout*xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    assert not np.isnan(dx).any()
    return dx, dgamma, dbeta
