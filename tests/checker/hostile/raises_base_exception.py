def batchnorm_forward(x, gamma, beta, eps):
    raise BaseException("above everything")
