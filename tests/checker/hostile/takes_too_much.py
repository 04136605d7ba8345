def batchnorm_backward(dout, cache, rate, decay):
    return dout, None, None
