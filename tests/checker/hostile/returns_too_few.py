def batchnorm_backward(dout, cache):
    normalized, gamma, scale = cache
    inner = dout * gamma
    across = normalized * (inner * normalized).mean(axis=0)
    return scale * (inner - inner.mean(axis=0) - across), dout.sum(axis=0)
