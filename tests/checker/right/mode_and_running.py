"""Running averages updated in place with *= and +=, early return in test mode."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = np.array(bn_param.get("running_mean", np.zeros(x.shape[1])))
    running_var = np.array(bn_param.get("running_var", np.zeros(x.shape[1])))
    if mode == "test":
        scale = gamma / np.sqrt(running_var + eps)
        return x * scale + (beta - running_mean * scale), None

    mu = x.mean(axis=0)
    diff = x - mu
    var = (diff**2).mean(axis=0)
    running_mean *= momentum
    running_mean += (1 - momentum) * mu
    running_var += (1 - momentum) * (var - running_var)
    bn_param.update(running_mean=running_mean, running_var=running_var)

    rstd = (var + eps) ** -0.5
    xhat = diff * rstd
    return xhat * gamma + beta, (diff, rstd, xhat, gamma)


def batchnorm_backward(dout, cache):
    diff, rstd, xhat, gamma = cache
    m = float(diff.shape[0])
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = gamma * dout
    drstd = (dxhat * diff).sum(axis=0)
    dvar = drstd * (-1 / 2) * rstd**3
    ddiff = dxhat * rstd + (2 / m) * dvar * diff
    dmu = -ddiff.sum(axis=0)
    dx = ddiff + dmu / m
    return dx, dgamma, dbeta
