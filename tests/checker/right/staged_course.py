"""Ten small steps forward and back, in the style of a course; running averages and test mode."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)

    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    out, cache = None, None
    if mode == "train":
        mu = 1.0 / N * np.sum(x, axis=0)
        xmu = x - mu
        sq = xmu**2
        var = 1.0 / N * np.sum(sq, axis=0)
        std = np.sqrt(var + eps)
        istd = 1.0 / std
        xhat = xmu * istd
        gx = gamma * xhat
        out = gx + beta
        cache = (xhat, gamma, xmu, istd, std, var, eps)

        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * xhat + beta
    else:
        raise ValueError('Unknown mode "%s"' % mode)

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, istd, std, var, eps = cache
    N, D = dout.shape

    # step 9 and 8: shift and scale
    dbeta = np.sum(dout, axis=0)
    dgx = dout
    dgamma = np.sum(dgx * xhat, axis=0)
    dxhat = dgx * gamma

    # step 7: the product of two things
    distd = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * istd

    # step 6: 1 / std
    dstd = -1.0 / std**2 * distd
    # step 5: the root
    dvar = 0.5 / np.sqrt(var + eps) * dstd
    # step 4: the mean of the squares
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    # step 3: the square
    dxmu2 = 2 * xmu * dsq
    # step 2: x - mu has two customers
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    # step 1: the mean
    dx2 = 1.0 / N * np.ones((N, D)) * dmu

    dx = dx1 + dx2
    return dx, dgamma, dbeta
