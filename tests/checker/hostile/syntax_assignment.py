def batchnorm_forward(x, gamma, beta, eps):
    if eps = 0:
        eps = 1e-5
    return x, None
