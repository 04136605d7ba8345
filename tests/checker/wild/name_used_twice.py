import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param['eps']
    mu = x.mean(0)
    var = x.var(0)
    xhat = (x-mu)/np.sqrt(var+eps)
    return gamma*xhat+beta, (x, xhat, mu, var, eps, gamma)

def batchnorm_backward(dout, cache):
    x, xhat, mu, var, eps, gamma = cache
    m = len(x)
    beta = dout.sum(0)
    gamma = (dout*xhat).sum(0)
    d1 = dout*gamma
    d2 = (d1*(x-mu)).sum(0)*-0.5*(var+eps)**-1.5
    d3 = -(d1/np.sqrt(var+eps)).sum(0)
    x = d1/np.sqrt(var+eps)+d2*2*(x-mu)/m+d3/m
    return x, gamma, beta
