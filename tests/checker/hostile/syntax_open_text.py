def batchnorm_forward(x, gamma, beta, eps):
    print("never closed)
    return x, None
