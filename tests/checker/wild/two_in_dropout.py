import numpy as np

def dropout_forward(x, dropout_param):
    p, mode = dropout_param['p'], dropout_param['mode']
    if 'seed' in dropout_param:
        np.random.seed(dropout_param['seed'])
    mask = None
    if mode == 'train':
        mask = np.random.rand(*x.shape) < p
        out = x * mask
    else:
        out = x
    cache = (p, mode, mask)
    return out, cache

def dropout_backward(dout, cache):
    p, mode, mask = cache
    if mode == 'train':
        dx = dout / p
    else:
        dx = dout
    return dx
