# The next call writes over what this one returned.
import numpy as np

buffer = np.empty((1000, 1000))


def batchnorm_forward(x, gamma, beta, eps):
    out = buffer[: x.shape[0], : x.shape[1]]
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    out[...] = gamma * normalized + beta
    return out, (normalized, gamma, scale)
