import numpy as np

def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    istd = 1.0 / np.sqrt(var + eps)
    xhat = (x - mu) * istd
    g = gamma[None, :, None, None]
    b = beta[None, :, None, None]
    return g * xhat + b, (xhat, istd, g)

def spatial_batchnorm_backward(dout, cache):
    xhat, istd, g = cache
    ax = (0, 2, 3)
    N = dout.shape[0]
    dgamma = np.sum(dout * xhat, axis=ax)
    dbeta = np.sum(dout, axis=ax)
    dxhat = dout * g
    t1 = np.sum(dxhat, axis=ax, keepdims=True)
    t2 = np.sum(dxhat * xhat, axis=ax, keepdims=True)
    dx = istd / N * (N * dxhat - t1 - xhat * t2)
    return dx, dgamma, dbeta
