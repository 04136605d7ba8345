async def batchnorm_forward(x, gamma, beta, eps):
    return x, gamma
