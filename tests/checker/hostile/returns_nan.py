def batchnorm_forward(x, gamma, beta, eps):
    return x * float("nan"), (x, gamma, 1)
