def batchnorm_forward(x, gamma, beta, eps):
    out = []
    out.append(out)
    return out, out
