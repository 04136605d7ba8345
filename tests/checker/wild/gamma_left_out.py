import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    c = x - x.mean(axis=0)
    s = np.sqrt((c ** 2).mean(axis=0) + bn_param['eps'])
    h = c / s
    return gamma * h + beta, (h, s, gamma)

def batchnorm_backward(dout, cache):
    h, s, gamma = cache
    dgamma = np.sum(dout * h, axis=0)
    dbeta = np.sum(dout, axis=0)
    dh = dout
    mean1 = np.mean(dh, axis=0)
    mean2 = np.mean(dh * h, axis=0)
    dx = (dh - mean1 - h * mean2) / s
    return dx, dgamma, dbeta
