import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    stdev = np.sqrt(var) + eps
    xhat = (x - mu) / stdev
    return gamma * xhat + beta, (xhat, stdev, gamma)

def batchnorm_backward(dout, cache):
    xhat, stdev, gamma = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0) / N
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / stdev
    return dx, dgamma, dbeta
