import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
  mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
  N, D = x.shape
  rmean = bn_param.get('running_mean', np.zeros(D))
  rvar = bn_param.get('running_var', np.zeros(D))
  if mode == 'train':
    mean = 1. / N * np.sum(x, axis=0)
    xmean = x - mean
    var = 1. / N * np.sum(xmean ** 2, axis=0)
    istd = 1. / np.sqrt(var + eps)
    xn = xmean * istd
    out = gamma * xn + beta
    cache = (xn, xmean, istd, gamma)
    bn_param['running_mean'] = momentum * rmean + (1 - momentum) * mean
    bn_param['running_var'] = momentum * rvar + (1 - momentum) * var
  else:
    out = gamma * (x - rmean) / np.sqrt(rvar + eps) + beta
    cache = None
  return out, cache

def batchnorm_backward(dout, cache):
  xn, xmean, istd, gamma = cache
  N, D = dout.shape
  dbeta = np.sum(dout, axis=0)
  dgamma = np.sum(dout * xn, axis=0)
  dxn = dout * gamma
  dxmean = dxn * istd
  distd = np.sum(dxn * xmean, axis=0)
  dvar = -0.5 * istd ** 3 * distd
  dxmean += 2. / N * xmean * dvar
  dmean = -dxmean
  dx = dxmean + dmean / N
  return dx, dgamma, dbeta
