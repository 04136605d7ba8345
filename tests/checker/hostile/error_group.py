def batchnorm_forward(x, gamma, beta, eps):
    raise ExceptionGroup("several", [ValueError("one"), TypeError("two")])
