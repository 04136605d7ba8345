def batchnorm_forward(x, gamma, beta, eps):
    print x.shape
    return x, None
