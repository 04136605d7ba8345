"""Global constants, plain eps argument and a test of its own at the end."""
import numpy as np

EPS = 1e-5
AXIS = 0
HALF = 0.5
SEED = 231


def batchnorm_forward(x, gamma, beta, eps=EPS):
    mu = x.mean(axis=AXIS)
    var = x.var(axis=AXIS)
    xhat = (x - mu) / (var + eps) ** HALF
    return gamma * xhat + beta, (x, mu, var, xhat, gamma, eps)


def batchnorm_backward(dout, cache):
    x, mu, var, xhat, gamma, eps = cache
    n = x.shape[AXIS]
    dbeta = dout.sum(axis=AXIS)
    dgamma = (dout * xhat).sum(axis=AXIS)
    dxhat = dout * gamma
    dvar = -HALF * (dxhat * (x - mu)).sum(axis=AXIS) / (var + eps) ** (3 * HALF)
    dmu = -dxhat.sum(axis=AXIS) / (var + eps) ** HALF
    dx = dxhat / (var + eps) ** HALF + dvar * (x - mu) / (HALF * n) + dmu / n
    return dx, dgamma, dbeta


def rel_error(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


def numeric(f, x, df, h=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        pos = f(x).copy()
        x[ix] = old - h
        neg = f(x).copy()
        x[ix] = old
        grad[ix] = np.sum((pos - neg) * df) / (2 * h)
        it.iternext()
    return grad


def main():
    np.random.seed(SEED)
    x = 5 * np.random.randn(4, 5) + 12
    gamma, beta = np.random.randn(5), np.random.randn(5)
    dout = np.random.randn(4, 5)
    _, cache = batchnorm_forward(x, gamma, beta)
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)
    print("dx error:", rel_error(numeric(lambda a: batchnorm_forward(a, gamma, beta)[0], x, dout), dx))
    print("dbeta error:", rel_error(numeric(lambda b: batchnorm_forward(x, gamma, b)[0], beta, dout), dbeta))


if __name__ == "__main__":
    main()
