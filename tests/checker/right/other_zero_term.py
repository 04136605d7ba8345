"""dmu's second term is there with another factor, which does not matter as it is zero."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    x_mean = np.mean(x, axis=0)
    x_var = np.var(x, axis=0)
    x_normalized = (x - x_mean) / np.sqrt(x_var + eps)
    out = x_normalized * gamma + beta
    cache = {"x_minus_mean": x - x_mean, "normalized_data": x_normalized, "gamma": gamma,
             "ivar": 1. / np.sqrt(x_var + eps), "sqrtvar": np.sqrt(x_var + eps)}
    return out, cache


def batchnorm_backward(dout, cache):
    N = dout.shape[0]
    x_minus_mean = cache.get("x_minus_mean")
    normalized_data = cache.get("normalized_data")
    gamma = cache.get("gamma")
    ivar = cache.get("ivar")

    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * normalized_data, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * x_minus_mean, axis=0) * (-0.5) * ivar ** 3
    dmean = np.sum(dxhat, axis=0) * -ivar
    dmean = dmean + dvar * np.sum(-2 * x_minus_mean, axis=0)
    dx = dxhat * ivar + dvar * (2.0 / N) * x_minus_mean + dmean / N
    return dx, dgamma, dbeta
