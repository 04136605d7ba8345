import numpy as np

def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    eps = bn_param.get('eps', 1e-5)
    flat = x.reshape(-1, C)
    mu = flat.mean(axis=0)
    std = np.sqrt(flat.var(axis=0) + eps)
    xhat = (flat - mu) / std
    out = (gamma * xhat + beta).reshape(N, C, H, W)
    return out, (xhat, std, gamma)

def spatial_batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    N, C, H, W = dout.shape
    d = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dgamma = np.mean(d * xhat, axis=0)
    dbeta = np.sum(d, axis=0)
    g = d * gamma
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / std
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dgamma, dbeta
