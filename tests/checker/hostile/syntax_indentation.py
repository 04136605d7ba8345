def batchnorm_forward(x, gamma, beta, eps):
    mean = x.mean(axis=0)
      return x - mean, None
