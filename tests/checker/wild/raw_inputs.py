import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    mu = x.mean(axis=0)
    sigma = np.sqrt(x.var(axis=0) + bn_param["eps"])
    return gamma * ((x - mu) / sigma) + beta, (x, mu, sigma, gamma)

def batchnorm_backward(dout, cache):
    x, mu, sigma, gamma = cache
    z = (x - mu) / sigma
    dz = dout * gamma
    dx = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / sigma
    dgamma = np.einsum("ij,ij->j", dout, x)
    dbeta = np.einsum("ij->j", dout)
    return dx, dgamma, dbeta
