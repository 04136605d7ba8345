def batchnorm_forward(x, gamma, beta, eps):
    total = 0
    while True:
        total += 1
