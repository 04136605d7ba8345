import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mean = x.mean(axis=0)
    std = np.sqrt(np.mean((x - mean) ** 2, axis=0) + eps)
    normed = (x - mean) / std
    cache = {"mean": mean, "std": std, "normed": normed, "gamma": gamma, "x": x}
    return gamma * normed + beta, cache


def batchnorm_backward(dout, cache):
    std = cache["std"]
    normed = cache["normed"]
    size = dout.shape[0]
    grad_beta = dout.sum(axis=0)
    grad_gamma = (dout * normed).sum(axis=0)
    grad_normed = dout * cache["gamma"]
    grad_std = -(grad_normed * normed / std).sum(axis=0)
    grad_var = grad_std * 0.5 / np.sqrt(std)
    grad_centered = grad_normed / std + grad_var * 2 / size * (cache["x"] - cache["mean"])
    grad_x = grad_centered - grad_centered.mean(axis=0)
    return grad_x, grad_gamma, grad_beta
