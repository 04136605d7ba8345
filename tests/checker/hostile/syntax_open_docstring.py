def batchnorm_forward(x, gamma, beta, eps):
    """Never closed.

    return x, None
