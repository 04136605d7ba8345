"""Inverted dropout where p is the probability to drop; a boolean mask, scaled apart."""
import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    rng = np.random.RandomState(dropout_param.get('seed'))
    keep = np.ones(x.shape, dtype=bool)
    scale = 1.0
    if dropout_param['mode'] == 'train':
        keep = rng.uniform(size=x.shape) >= p
        scale = 1.0 / (1.0 - p)
    out = np.where(keep, x * scale, 0.0)
    return out, {'keep': keep, 'scale': scale}


def dropout_backward(dout, cache):
    dx = np.array(dout, dtype=float)
    dx[~cache['keep']] = 0
    return dx * cache['scale']
