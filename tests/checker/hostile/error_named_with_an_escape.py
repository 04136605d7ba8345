Strange = type("\x1b[31mOwned\x1b[0m", (Exception,), {})


def batchnorm_forward(x, gamma, beta, eps):
    raise Strange("\x1b[2J")
