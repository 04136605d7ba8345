def batchnorm_forward(*arguments, **keywords):
    x, gamma, beta, last = arguments
    eps = last["eps"] if isinstance(last, dict) else last
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, (normalized, gamma, scale)
