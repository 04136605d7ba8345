class Bites:
    def __repr__(self):
        raise ValueError("no text")

    def __eq__(self, other):
        raise ValueError("no comparison")

    def __bool__(self):
        raise ValueError("no truth")

    __hash__ = None


def batchnorm_forward(x, gamma=Bites(), beta=[], eps=Bites(), *, kept={}) -> Bites():
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, (normalized, gamma, scale)
