import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0, ddof=1)
    xmu = x - mu
    istd = 1 / np.sqrt(var + eps)
    xhat = xmu * istd
    return gamma * xhat + beta, (xmu, istd, xhat, gamma)

def batchnorm_backward(dout, cache):
    xmu, istd, xhat, gamma = cache
    N = dout.shape[0]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xmu, axis=0) * -0.5 * istd**3
    dxmu = dxhat * istd + dvar * 2 * xmu / N
    dx = dxmu - np.sum(dxmu, axis=0) / N
    return dx, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
