# These are found only when the text is compiled, not when it is parsed.
def batchnorm_forward(x, gamma, gamma, eps):
    return x, None
