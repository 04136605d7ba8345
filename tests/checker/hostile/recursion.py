def batchnorm_forward(x, gamma, beta, eps):
    return batchnorm_forward(x, gamma, beta, eps)
