def batchnorm_forward(x, gamma, beta, bn_param):
    """TODO: everything."""
