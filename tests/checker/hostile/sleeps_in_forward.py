import time


def batchnorm_forward(x, gamma, beta, eps):
    time.sleep(1000)
    return x, None
