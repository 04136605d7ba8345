class Mine:
    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return self.values if dtype is None else self.values.astype(dtype)


def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    return Mine(gamma * normalized + beta), (normalized, gamma, scale)
