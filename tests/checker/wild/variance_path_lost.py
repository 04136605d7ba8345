import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    ivar = 1. / np.sqrt(var + eps)
    x_hat = (x - mu) * ivar
    return gamma * x_hat + beta, (x_hat, ivar, gamma)

def batchnorm_backward_alt(dout, cache):
    x_hat, ivar, gamma = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(x_hat * dout, axis=0)
    dx = gamma * ivar / N * (N * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta

def batchnorm_backward(dout, cache):
    x_hat, ivar, gamma = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(x_hat * dout, axis=0)
    dx_hat = dout * gamma
    dx = ivar * (dx_hat - np.mean(dx_hat, axis=0))
    return dx, dgamma, dbeta
