def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, [normalized, gamma, scale]


def batchnorm_backward(dout, cache):
    scale, gamma, normalized = cache.pop(), cache.pop(), cache.pop()
    inner = dout * gamma
    across = normalized * (inner * normalized).mean(axis=0)
    dx = scale * (inner - inner.mean(axis=0) - across)
    return dx, (dout * normalized).sum(axis=0), dout.sum(axis=0)
