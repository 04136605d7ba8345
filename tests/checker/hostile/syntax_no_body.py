def batchnorm_forward(x, gamma, beta, eps):

def batchnorm_backward(dout, cache):
    return dout, None, None
