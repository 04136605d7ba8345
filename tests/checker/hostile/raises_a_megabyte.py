def batchnorm_forward(x, gamma, beta, eps):
    raise ValueError("spam " * 200_000)
