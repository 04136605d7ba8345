def batchnorm_forward(x, gamma, beta, eps):
    from no_such_helpers import sigmoid

    return sigmoid(x), None
