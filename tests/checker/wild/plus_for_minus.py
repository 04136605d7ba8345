import numpy as np


def _colsum(a):
    return np.ones(a.shape[0]) @ a


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    n = x.shape[0]
    xmu = x - _colsum(x) / n
    std = np.sqrt(_colsum(xmu**2) / n + eps)
    xhat = xmu / std
    return gamma * xhat + beta, dict(xmu=xmu, std=std, xhat=xhat, gamma=gamma)


def batchnorm_backward(dout, cache):
    n = dout.shape[0]
    xmu, std, xhat, gamma = (cache[k] for k in ("xmu", "std", "xhat", "gamma"))
    dxhat = dout * gamma
    dstd = -_colsum(dxhat * xmu) / std**2
    dvar = dstd / (2 * std)
    dxmu = dxhat / std + 2 / n * xmu * dvar
    dmu = _colsum(dxmu)
    dx = dxmu + dmu / n
    return dx, _colsum(dout * xhat), _colsum(dout)
