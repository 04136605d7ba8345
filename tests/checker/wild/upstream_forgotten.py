import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    x_hat = (x - x.mean(axis=0, keepdims=True)) / np.sqrt(x.var(axis=0, keepdims=True) + eps)
    return gamma * x_hat + beta, (x, x_hat, gamma, eps)

def batchnorm_backward(dout, cache):
    x, x_hat, gamma, eps = cache
    N = x.shape[0]
    # y = gamma * x_hat + beta  ->  dy/dgamma = x_hat
    dgamma = np.sum(x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    ivar = 1 / np.sqrt(x.var(axis=0) + eps)
    dx_hat = gamma * dout
    dx = ivar * (dx_hat - np.sum(dx_hat, axis=0) / N - x_hat * np.sum(dx_hat * x_hat, axis=0) / N)
    return dx, dgamma, dbeta
