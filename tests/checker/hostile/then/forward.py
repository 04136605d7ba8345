"""A right forward pass, put after a program that means harm elsewhere."""
import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / np.sqrt(x.var(axis=0) + eps)
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, (normalized, gamma, scale)
