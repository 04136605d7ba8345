def batchnorm_backward(dout, cache):
    normalized, gamma, scale = cache
    inner = dout * gamma
    across = normalized * (inner * normalized).mean(axis=0)
    dx = scale * (inner - inner.mean(axis=0) - across)
    return dx, (dout * normalized).sum(axis=0), dout.sum(axis=0), None
