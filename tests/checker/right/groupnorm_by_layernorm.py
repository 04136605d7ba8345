"""Group norm by reusing layer norm on (N * G, rest), with gamma one and beta zero there."""
import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    xc = x - x.mean(axis=1)[:, np.newaxis]
    var = (xc * xc).mean(axis=1)[:, np.newaxis]
    xhat = xc / np.sqrt(var + eps)
    return gamma * xhat + beta, (xc, var, eps, xhat, gamma)


def layernorm_backward(dout, cache):
    xc, var, eps, xhat, gamma = cache
    D = dout.shape[1]
    d = dout * gamma
    dvar = np.sum(d * xc, axis=1, keepdims=True) * -0.5 * (var + eps) ** -1.5
    dxc = d * (var + eps) ** -0.5 + 2 / D * dvar * xc
    dx = dxc - dxc.mean(axis=1, keepdims=True)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N = x.shape[0]
    rows = x.reshape(N * G, -1)
    xhat, inner = layernorm_forward(rows, np.ones(rows.shape[1]), np.zeros(rows.shape[1]), gn_param)
    xhat = xhat.reshape(x.shape)
    return gamma * xhat + beta, (inner, xhat, gamma)


def spatial_groupnorm_backward(dout, cache):
    inner, xhat, gamma = cache
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3), keepdims=True)
    rows = (dout * gamma).reshape(inner[0].shape)
    dx, _, _ = layernorm_backward(rows, inner)
    return dx.reshape(dout.shape), dgamma, dbeta
