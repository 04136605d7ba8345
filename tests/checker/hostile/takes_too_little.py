def batchnorm_forward(x):
    return x, None
