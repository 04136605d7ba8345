"""Functions that only wrap a class with __call__; the instance is the cache."""
import numpy as np


class _Normalizer:
    def __init__(self, eps):
        self.eps = eps

    def __call__(self, x):
        deviation = x - x.mean(axis=0)
        self.n = len(x)
        self.precision = (np.mean(deviation**2, axis=0) + self.eps) ** -0.5
        self.result = deviation * self.precision
        return self.result

    def pull_back(self, upstream):
        mean_part = upstream.mean(axis=0)
        variance_part = self.result * np.mean(upstream * self.result, axis=0)
        return self.precision * (upstream - mean_part - variance_part)


def batchnorm_forward(x, gamma, beta, bn_param):
    normalizer = _Normalizer(bn_param["eps"])
    normalizer.gamma = gamma
    return gamma * normalizer(x) + beta, normalizer


def batchnorm_backward(dout, cache):
    grads = {"beta": dout.sum(axis=0), "gamma": np.sum(dout * cache.result, axis=0)}
    return cache.pull_back(dout * cache.gamma), grads["gamma"], grads["beta"]
