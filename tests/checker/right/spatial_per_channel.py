"""Spatial batch norm with a loop over the channels."""
import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    out = np.zeros(x.shape)
    kept = {}
    for c in range(x.shape[1]):
        plane = x[:, c, :, :]
        root = np.sqrt(plane.var() + eps)
        kept[c] = (plane - plane.mean()) / root, root, gamma[c]
        out[:, c, :, :] = kept[c][0] * gamma[c] + beta[c]
    return out, kept


def spatial_batchnorm_backward(dout, cache):
    dx = np.zeros(dout.shape)
    dgamma = np.zeros(dout.shape[1])
    dbeta = np.zeros(dout.shape[1])
    for c, (normal, root, g) in cache.items():
        up = dout[:, c, :, :]
        dgamma[c] = np.sum(up * normal)
        dbeta[c] = np.sum(up)
        dx[:, c, :, :] = g / root * (up - dbeta[c] / up.size - normal * dgamma[c] / up.size)
    return dx, dgamma, dbeta
