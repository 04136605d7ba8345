"""Spatial batch norm with einsum and an ellipsis; plain eps argument."""
import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, eps):
    N, C, H, W = x.shape
    M = N * H * W
    mean = np.einsum("nchw->c", x) / M
    z = x - mean[:, None, None]
    power = (np.einsum("nchw,nchw->c", z, z) / M + eps) ** -0.5
    xhat = np.einsum("nc...,c->nc...", z, power)
    out = np.einsum("c,nc...->nc...", gamma, xhat) + beta[:, None, None]
    return out, (xhat, power, gamma, M)


def spatial_batchnorm_backward(dout, cache):
    xhat, power, gamma, M = cache
    dgamma = np.einsum("nchw,nchw->c", dout, xhat)
    dbeta = np.einsum("nchw->c", dout)
    rest = dout - (np.einsum("nchw,c->nchw", xhat, dgamma) + dbeta[None, :, None, None]) / M
    return np.einsum("c,c,nchw->nchw", gamma, power, rest), dgamma, dbeta
