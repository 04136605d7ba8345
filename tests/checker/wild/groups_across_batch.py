import numpy as np

def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get('eps', 1e-5)
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    axes = (0, 2, 3, 4)
    mean = xg.mean(axis=axes, keepdims=True)
    var = xg.var(axis=axes, keepdims=True)
    istd = 1 / np.sqrt(var + eps)
    xhat = ((xg - mean) * istd).reshape(N, C, H, W)
    return gamma * xhat + beta, (xhat, istd, gamma, G)

def spatial_groupnorm_backward(dout, cache):
    xhat, istd, gamma, G = cache
    N, C, H, W = dout.shape
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dg = (dout * gamma).reshape(N, G, C // G, H, W)
    hg = xhat.reshape(dg.shape)
    m1 = dg.mean(axis=(2, 3, 4), keepdims=True)
    m2 = (dg * hg).mean(axis=(2, 3, 4), keepdims=True)
    dx = istd * (dg - m1 - hg * m2)
    return dx.reshape(dout.shape), dgamma, dbeta
