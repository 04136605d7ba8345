import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    sample_mean = np.mean(x, axis=0)
    sample_var = np.var(x, axis=0)
    stddev = np.sqrt(sample_var + eps)
    x_hat = (x - sample_mean) / stddev
    out = gamma * x_hat + beta
    cache = (x, sample_mean, stddev, x_hat, gamma)
    return out, cache

def batchnorm_backward(dout, cache):
    x, sample_mean, stddev, x_hat, gamma = cache
    N = x.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = (dx_hat * (x - sample_mean)).sum(axis=0) * -0.5 * stddev ** (-1.5)
    dmean = (dx_hat * -1 / stddev).sum(axis=0)
    dx = dx_hat / stddev + dvar * 2 * (x - sample_mean) / N + dmean / N
    return dx, dgamma, dbeta
