"""A tiny automatic derivative: a tape of functions that are run in reverse."""
import numpy as np


class Value:
    def __init__(self, data, tape):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.tape = tape

    def make(self, data, back):
        result = Value(data, self.tape)
        self.tape.append(lambda: back(result.grad))
        return result

    def add_to_grad(self, grad):
        while grad.ndim > self.data.ndim:
            grad = grad.sum(axis=0)
        self.grad = self.grad + grad

    def __sub__(self, other):
        def back(g):
            self.add_to_grad(g)
            other.add_to_grad(-g)

        return self.make(self.data - other.data, back)

    def __add__(self, other):
        def back(g):
            self.add_to_grad(g)
            other.add_to_grad(g)

        return self.make(self.data + other.data, back)

    def __mul__(self, other):
        def back(g):
            self.add_to_grad(g * other.data)
            other.add_to_grad(g * self.data)

        return self.make(self.data * other.data, back)

    def mean(self):
        n = self.data.shape[0]
        return self.make(self.data.mean(axis=0), lambda g: self.add_to_grad(np.ones_like(self.data) * g / n))

    def power(self, k, plus=0.0):
        base = self.data + plus
        return self.make(base**k, lambda g: self.add_to_grad(g * k * base ** (k - 1)))


def batchnorm_forward(x, gamma, beta, bn_param):
    tape = []
    vx, vgamma, vbeta = (Value(a, tape) for a in (x, gamma, beta))
    centered = vx - vx.mean()
    inverse = (centered * centered).mean().power(-0.5, plus=bn_param.get("eps", 1e-5))
    out = centered * inverse * vgamma + vbeta
    return out.data, (tape, out, vx, vgamma, vbeta)


def batchnorm_backward(dout, cache):
    tape, out, *leaves = cache
    out.grad = np.array(dout, dtype=float)
    for step in reversed(tape):
        step()
    return tuple(leaf.grad for leaf in leaves)
