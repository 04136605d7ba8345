"""A dict for a cache, with keys that look like formulas."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    c = dict()
    c['g'] = gamma
    c['x-m'] = x - x.mean(0)
    c['v'] = (c['x-m'] ** 2).mean(0)
    c['s'] = np.sqrt(c['v'] + bn_param.get('eps', 1e-5))
    c['1/s'] = 1 / c['s']
    c['(x-m)/s'] = c['x-m'] * c['1/s']
    return c['g'] * c['(x-m)/s'] + beta, c


def batchnorm_backward(dout, cache):
    grads = {}
    n = dout.shape[0]
    grads['b'] = dout.sum(0)
    grads['g'] = (dout * cache['(x-m)/s']).sum(0)
    grads['(x-m)/s'] = dout * cache['g']
    grads['1/s'] = (grads['(x-m)/s'] * cache['x-m']).sum(0)
    grads['s'] = -grads['1/s'] * cache['1/s'] ** 2
    grads['v'] = grads['s'] * 0.5 * cache['1/s']
    grads['x-m'] = grads['(x-m)/s'] * cache['1/s']
    grads['x-m'] += grads['v'] * 2 * cache['x-m'] / n
    grads['m'] = -grads['x-m'].sum(0)
    grads['x'] = grads['x-m'] + grads['m'] / n
    return grads['x'], grads['g'], grads['b']
