def batchnorm_forward(x, gamma, beta, bn_param):
    raise NotImplementedError


def batchnorm_backward(dout, cache):
    raise NotImplementedError
