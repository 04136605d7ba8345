def batchnorm_forward(x, gamma, beta, eps):
    return "out", "cache"
