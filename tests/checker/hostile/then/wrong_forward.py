"""A forward pass without its square root, put after a program that wants it called right."""
import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / (x.var(axis=0) + eps)
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, (normalized, gamma, scale)
