def batchnorm_backward(dout, cache):
    raise NotImplementedError("TODO")
