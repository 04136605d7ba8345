def batchnorm_forward(values, weight, offset, eps=1e-5):
    scale = 1 / (values.var(axis=0) + eps) ** 0.5
    normalized = (values - values.mean(axis=0)) * scale
    return weight * normalized + offset, (normalized, weight, scale)


def batchnorm_backward(upstream, kept):
    normalized, weight, scale = kept
    inner = upstream * weight
    across = normalized * (inner * normalized).mean(axis=0)
    dx = scale * (inner - inner.mean(axis=0) - across)
    return dx, (upstream * normalized).sum(axis=0), upstream.sum(axis=0)
