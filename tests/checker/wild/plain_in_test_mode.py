import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    if "running_mean" not in bn_param:
        bn_param["running_mean"] = np.zeros(x.shape[1])
        bn_param["running_var"] = np.zeros(x.shape[1])
    if bn_param["mode"] == "test":
        out = (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps)
        return out, None
    mu, var = x.mean(axis=0), x.var(axis=0)
    for key, value in (("running_mean", mu), ("running_var", var)):
        bn_param[key] = momentum * bn_param[key] + (1 - momentum) * value
    std = np.sqrt(var + eps)
    z = (x - mu) / std
    return gamma * z + beta, (z, std, gamma)

def batchnorm_backward(dout, cache):
    z, std, gamma = cache
    n = len(z)
    dgamma, dbeta = (dout * z).sum(axis=0), dout.sum(axis=0)
    return gamma / std / n * (n * dout - dbeta - z * dgamma), dgamma, dbeta
