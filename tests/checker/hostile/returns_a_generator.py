def batchnorm_forward(x, gamma, beta, eps):
    yield x
    yield gamma
