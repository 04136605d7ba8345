def batchnorm_forward(x, gamma, beta, eps):
    exit()
