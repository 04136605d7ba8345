def batchnorm_forward(x, gamma, beta, eps):
    if eps == 0:
        break
    return x, None
