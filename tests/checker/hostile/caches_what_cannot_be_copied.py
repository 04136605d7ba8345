# A cache is the learner's own affair: closures, locks and generators may be in it.
import threading


def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale

    def backward(dout):
        inner = dout * gamma
        across = normalized * (inner * normalized).mean(axis=0)
        dx = scale * (inner - inner.mean(axis=0) - across)
        return dx, (dout * normalized).sum(axis=0), dout.sum(axis=0)

    return gamma * normalized + beta, {"lock": threading.Lock(), "backward": backward, "text": (c for c in "")}


def batchnorm_backward(dout, cache):
    with cache["lock"]:
        return cache["backward"](dout)
