import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    N, D = x.shape
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))
    cache = None
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    if mode == 'train':
        x_norm = (x - mean) / np.sqrt(var + eps)
        out = x_norm * gamma + beta
        cache = (x_norm, var, eps, gamma)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == 'test':
        x_norm = (x - mean) / np.sqrt(var + eps)
        out = x_norm * gamma + beta
    bn_param['running_mean'] = running_mean
    bn_param['running_var'] = running_var
    return out, cache

def batchnorm_backward(dout, cache):
    x_norm, var, eps, gamma = cache
    m = dout.shape[0]
    dx_norm = dout * gamma
    dx = 1 / m / np.sqrt(var + eps) * (m * dx_norm - np.sum(dx_norm, axis=0)
                                       - x_norm * np.sum(dx_norm * x_norm, axis=0))
    return dx, np.sum(dout * x_norm, axis=0), np.sum(dout, axis=0)
