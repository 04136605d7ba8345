import numpy as np
from types import SimpleNamespace

def batchnorm_forward(x, gamma, beta, bn_param):
    s = SimpleNamespace()
    s.gamma = gamma
    s.c = x - x.mean(axis=0)
    s.sd = np.sqrt(np.mean(s.c ** 2, axis=0) + bn_param.get('eps', 1e-5))
    s.z = s.c / s.sd
    return s.gamma * s.z + beta, s

def batchnorm_backward(dout, s):
    dbeta = dout.mean(axis=0)
    dgamma = (dout * s.z).sum(axis=0)
    dz = dout * s.gamma
    dsd = -(dz * s.c).sum(axis=0) / s.sd ** 2
    dc = dz / s.sd + dsd * s.c / (s.sd * dout.shape[0])
    dx = dc - dc.mean(axis=0)
    return dx, dgamma, dbeta
