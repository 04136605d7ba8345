import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param["eps"]
    mu = np.mean(x, axis=0)
    sigma = np.sqrt(np.var(x, axis=0) + eps)
    z = (x - mu) / sigma
    return gamma * z + beta, {"z": z, "sigma": sigma, "gamma": gamma}


def batchnorm_backward(dout, cache):
    """d z_i / d x_i = 1/sigma * (1 - 1/n - z_i^2 / n), worked out on paper."""
    z = cache["z"]
    sigma = cache["sigma"]
    n = z.shape[0]
    dz = dout * cache["gamma"]
    local = (1 - 1 / n - z**2 / n) / sigma
    dx = dz * local
    dgamma = np.sum(dout * z, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dx, dgamma, dbeta
