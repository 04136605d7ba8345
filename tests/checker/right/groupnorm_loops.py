"""Group norm with loops over samples and groups, one slice at a time."""
import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get('eps', 1e-5)
    N, C, H, W = x.shape
    size = C // G
    xhat = np.zeros_like(x)
    stds = np.zeros((N, G))
    for n in range(N):
        for g in range(G):
            part = x[n, g * size:(g + 1) * size]
            stds[n, g] = np.sqrt(part.var() + eps)
            xhat[n, g * size:(g + 1) * size] = (part - part.mean()) / stds[n, g]
    out = np.zeros_like(x)
    for c in range(C):
        out[:, c] = gamma[0, c, 0, 0] * xhat[:, c] + beta[0, c, 0, 0]
    return out, (xhat, stds, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    xhat, stds, gamma, G = cache
    N, C, H, W = dout.shape
    size = C // G
    dx = np.zeros_like(dout)
    dgamma = np.zeros((1, C, 1, 1))
    dbeta = np.zeros((1, C, 1, 1))
    for c in range(C):
        dgamma[0, c, 0, 0] = (dout[:, c] * xhat[:, c]).sum()
        dbeta[0, c, 0, 0] = dout[:, c].sum()
    for n in range(N):
        for g in range(G):
            here = slice(g * size, (g + 1) * size)
            d = dout[n, here] * gamma[0, here]
            h = xhat[n, here]
            count = h.size
            dx[n, here] = (d - d.sum() / count - h * (d * h).sum() / count) / stds[n, g]
    return dx, dgamma, dbeta
