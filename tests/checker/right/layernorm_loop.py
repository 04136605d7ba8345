"""Layer norm sample by sample, each row with its own list entry in the cache."""
import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    rows, cache = [], []
    for sample in x:
        m = sample.mean()
        s = np.sqrt(np.mean((sample - m) ** 2) + ln_param.get("eps", 1e-5))
        h = (sample - m) / s
        rows.append(gamma * h + beta)
        cache.append((h, s, gamma))
    return np.array(rows), cache


def layernorm_backward(dout, cache):
    dgamma = dbeta = 0
    dx = []
    for up, (h, s, gamma) in zip(dout, cache):
        dgamma = dgamma + up * h
        dbeta = dbeta + up
        t = up * gamma
        dx.append((t - t.mean() - h * t.dot(h) / len(t)) / s)
    return np.vstack(dx), dgamma, dbeta
