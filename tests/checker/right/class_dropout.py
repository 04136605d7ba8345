"""Batch norm as a class that counts, beside a dropout pair whose cache is only the mask or None."""
import numpy as np


class BatchNorm1d:
    calls = 0

    def __init__(self, gamma, beta, eps):
        vars(self).update(gamma=gamma, beta=beta, eps=eps)

    def forward(self, x):
        type(self).calls += 1
        self.saved = saved = {}
        saved["c"] = x - x.mean(0)
        saved["r"] = 1 / np.sqrt((saved["c"] ** 2).mean(0) + self.eps)
        return self.gamma * saved["c"] * saved["r"] + self.beta

    def backward(self, grad):
        c, r = self.saved["c"], self.saved["r"]
        n = len(c)
        self.dbeta = grad.sum(0)
        self.dgamma = (grad * c * r).sum(0)
        g = grad * self.gamma * r
        return g - g.sum(0) / n - c * r**2 * (g * c).sum(0) / n


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    np.random.seed(dropout_param.get("seed", 0))
    mask = np.random.random_sample(x.shape) < dropout_param["p"]
    mask = mask.astype(x.dtype)
    mask /= dropout_param["p"]
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout if cache is None else dout * cache
