def batchnorm_forward(x, gamma, beta, eps):
    raise ValueError("\x1b]0;owned\x07 \x1b[31m \x9b31m \r\x08 \u202e")
