half = 1 / 0


def batchnorm_forward(x, gamma, beta, eps):
    return x * half, None
