def batchnorm_forward(x, gamma, beta, eps):
    raise ValueError("half a pair: \ud800")
