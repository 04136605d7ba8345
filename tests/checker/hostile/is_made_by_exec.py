# There is no source to show.
exec("""
def batchnorm_forward(x, gamma, beta, eps):
    scale = 1 / (x.var(axis=0) + eps) ** 0.5
    normalized = (x - x.mean(axis=0)) * scale
    return gamma * normalized + beta, (normalized, gamma, scale)
""")
