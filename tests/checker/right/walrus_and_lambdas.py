"""Short idioms: walrus, lambda, comprehensions, zip and star unpacking."""
import numpy as np

mean = lambda a: sum(a) / len(a)  # noqa: E731


def batchnorm_forward(x, gamma, beta, bn_param):
    xhat = (c := x - mean(x)) / (s := np.sqrt(mean(c**2) + bn_param.get("eps", 1e-5)))
    out = np.array([[g * v + b for v, g, b in zip(row, gamma, beta)] for row in xhat])
    return out, (*(xhat, s), gamma)


def batchnorm_backward(dout, cache):
    *rest, gamma = cache
    xhat, s = rest
    total = lambda a: np.array([sum(column) for column in zip(*a)])  # noqa: E731
    dgamma, dbeta = map(total, (dout * xhat, dout))
    n = len(dout)
    rows = [g * n - dbeta - h * dgamma for g, h in zip(dout, xhat)]
    if (dx := np.stack(rows) * gamma / (n * s)).shape != dout.shape:
        raise AssertionError
    return dx, dgamma, dbeta
