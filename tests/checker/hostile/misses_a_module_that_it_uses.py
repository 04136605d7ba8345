import no_such_helpers


def batchnorm_forward(x, gamma, beta, eps):
    return no_such_helpers.normalized(x), None
