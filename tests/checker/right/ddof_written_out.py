"""np.var with ddof: once ddof=0 written out, once ddof=1 corrected back to the biased variance."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    n = x.shape[0]
    eps = bn_param.get("eps", 1e-5)
    mean = np.mean(x, axis=0)
    # the unbiased variance, made smaller again
    var = np.var(x, axis=0, ddof=1) * (n - 1) / n
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    cache = {"x": x, "mean": mean, "gamma": gamma, "eps": eps}
    return gamma * xhat + beta, cache


def batchnorm_backward(dout, cache):
    x, mean, gamma, eps = (cache[key] for key in ("x", "mean", "gamma", "eps"))
    std = (np.var(x, axis=0, ddof=0) + eps) ** 0.5
    xhat = (x - mean) / std
    dgamma, dbeta = np.sum(xhat * dout, axis=0), np.sum(dout, axis=0)
    dx = gamma / std * (dout - np.mean(dout, axis=0) - xhat * np.mean(xhat * dout, axis=0))
    return dx, dgamma, dbeta
