def batchnorm_forward(x, gamma, beta, bn_param):
    pass


def batchnorm_backward(dout, cache):
    pass
