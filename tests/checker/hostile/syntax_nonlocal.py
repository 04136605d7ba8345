def batchnorm_forward(x, gamma, beta, eps):
    nonlocal scale
    return x, None
