import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    out = np.zeros_like(x)
    cache = []
    for j in range(x.shape[1]):
        col = x[:, j]
        mu = col.mean()
        var = ((col - mu) ** 2).mean()
        std = (var + eps) ** .5
        out[:, j] = gamma[j] * (col - mu) / std + beta[j]
        cache.append((col - mu, std, gamma[j]))
    return out, cache

def batchnorm_backward(dout, cache):
    N, D = dout.shape
    dx = np.zeros((N, D))
    dgamma = np.zeros(D)
    dbeta = np.zeros(D)
    for j in range(D):
        xm, std, g = cache[j]
        up = dout[:, j]
        dbeta[j] = up.sum()
        dgamma[j] = (up * xm / std).sum()
        dxh = up * g
        dvar = (dxh * xm).sum() * -.5 / std ** 3
        dxm = dxh / std + dvar * xm / N
        dx[:, j] = dxm - dxm.mean()
    return dx, dgamma, dbeta
