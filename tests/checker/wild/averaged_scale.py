import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    N, D = x.shape
    mu = np.zeros(D)
    var = np.zeros(D)
    for row in x:
        mu += row / N
    for row in x:
        var += (row - mu) ** 2 / N
    std = np.sqrt(var + eps)
    x_hat = np.array([(row - mu) / std for row in x])
    return gamma * x_hat + beta, (x_hat, std, gamma)

def batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    N, D = dout.shape
    dgamma = np.zeros(D)
    dbeta = np.zeros(D)
    for d, h in zip(dout, x_hat):
        dgamma += d * h / N
        dbeta += d
    dxhat = dout * gamma
    along = (dxhat * x_hat).sum(axis=0)
    dx = (dxhat - dxhat.sum(axis=0) / N - x_hat * along / N) / std
    return dx, dgamma, dbeta
