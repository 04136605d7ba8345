# Its cache is of its own making: without its forward pass nobody can call it.
def batchnorm_backward(dout, cache):
    normalized, gamma, scale = cache
    return dout * gamma * scale, (dout * normalized).sum(axis=0), dout.sum(axis=0)
