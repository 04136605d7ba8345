"""The six equations of the paper, one after another, with its names."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    epsilon = bn_param.get("eps", 1e-5)
    m = x.shape[0]
    mu_B = (1 / m) * x.sum(axis=0)
    sigma2_B = (1 / m) * ((x - mu_B) ** 2).sum(axis=0)
    x_hat = (x - mu_B) / np.sqrt(sigma2_B + epsilon)
    y = gamma * x_hat + beta
    return y, (x, x_hat, mu_B, sigma2_B, gamma, epsilon)


def batchnorm_backward(dl_dy, cache):
    x, x_hat, mu_B, sigma2_B, gamma, epsilon = cache
    m = x.shape[0]
    # (1)
    dl_dxhat = dl_dy * gamma
    # (2)
    dl_dsigma2 = (dl_dxhat * (x - mu_B) * (-1 / 2) * (sigma2_B + epsilon) ** (-3 / 2)).sum(axis=0)
    # (3)
    dl_dmu = (dl_dxhat * (-1 / np.sqrt(sigma2_B + epsilon))).sum(axis=0)
    dl_dmu = dl_dmu + dl_dsigma2 * (-2 * (x - mu_B)).sum(axis=0) / m
    # (4)
    dl_dx = (
        dl_dxhat * 1 / np.sqrt(sigma2_B + epsilon)
        + dl_dsigma2 * 2 * (x - mu_B) / m
        + dl_dmu * 1 / m
    )
    # (5), (6)
    dl_dgamma = (dl_dy * x_hat).sum(axis=0)
    dl_dbeta = dl_dy.sum(axis=0)
    return dl_dx, dl_dgamma, dl_dbeta
