import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu = x.mean(axis=0)
    istd = 1 / np.sqrt(x.var(axis=0) + eps)
    x_ = (x - mu) * istd
    y = gamma * x_ + beta
    cache = (y, istd, gamma)
    return y, cache

def batchnorm_backward(dout, cache):
    x_, istd, gamma = cache
    N = dout.shape[0]
    dgamma = np.sum(dout * x_, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = gamma * istd * (dout - dbeta / N - x_ * dgamma / N)
    return dx, dgamma, dbeta
