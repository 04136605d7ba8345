import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    m = bn_param.get("momentum", 0.9)
    rm = bn_param.get("running_mean", np.zeros(x.shape[1]))
    rv = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        rm = m * rm + (1 - m) * mean
        rv = m * rv + (1 - m) * np.sqrt(var)
    else:
        mean, var = rm, rv
    bn_param["running_mean"], bn_param["running_var"] = rm, rv
    inv = 1 / np.sqrt(var + eps)
    normal = (x - mean) * inv
    return gamma * normal + beta, (normal, inv, gamma)

def batchnorm_backward(dout, cache):
    normal, inv, gamma = cache
    g = dout * gamma
    g = g - g.mean(axis=0)
    dx = g * inv
    return dx, np.sum(dout * normal, axis=0), np.sum(dout, axis=0)
