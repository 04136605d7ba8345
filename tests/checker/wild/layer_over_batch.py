import numpy as np

def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    xhat = (x - mean) / np.sqrt(var + eps)
    out = gamma * xhat + beta
    return out, (xhat, gamma, var, eps)

def layernorm_backward(dout, cache):
    xhat, gamma, var, eps = cache
    D = dout.shape[1]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dx = D * dxhat - np.sum(dxhat, axis=1, keepdims=True)
    dx -= xhat * np.sum(dxhat * xhat, axis=1, keepdims=True)
    dx /= D * np.sqrt(var + eps)
    return dx, dgamma, dbeta
