import numpy as np

def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    mu = x.mean(axis=1, keepdims=True)
    s = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xh = (x - mu) / s
    return gamma * xh + beta, (xh, s, gamma)

def layernorm_backward(dout, cache):
    xh, s, gamma = cache
    d = dout.shape[1]
    dgamma = (dout * xh).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxh = dout.copy()
    total = dxh.sum(axis=1, keepdims=True)
    inner = (dxh * xh).sum(axis=0, keepdims=True)
    dx = (dxh - total / d - xh * inner / d) / s
    return dx, dgamma, dbeta
