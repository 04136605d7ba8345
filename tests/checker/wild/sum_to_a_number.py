import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    e = bn_param.get('eps', 1e-5)
    m = np.mean(x, 0)
    v = np.var(x, 0)
    s = np.sqrt(v + e)
    h = (x - m) / s
    return gamma * h + beta, [h, s, gamma]

def batchnorm_backward(dout, cache):
    h, s, gamma = cache
    N, D = dout.shape
    dh = dout * gamma
    a = np.sum(dh, 0)
    b = np.sum(dh * h)
    dx = (N * dh - a - h * b) / (N * s)
    return dx, np.sum(dout * h, 0), np.sum(dout, 0)
