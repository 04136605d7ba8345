import itertools


def batchnorm_forward(x, gamma, beta, eps=sum(itertools.repeat(0))):
    return x, None
