import numpy as np

def batchnorm_forward(x, gamma, beta, eps):

  N, D = x.shape
  mu = 1./N * np.sum(x, axis = 0)
  xmu = x - mu
  sq = xmu ** 2
  var = 1./N * np.sum(sq, axis = 0)
  sqrtvar = np.sqrt(var + eps)
  ivar = 1./sqrtvar
  xhat = xmu * ivar
  gammax = gamma * xhat
  out = gammax + beta
  cache = (xhat,gamma,xmu,ivar,sqrtvar,var,eps)
  return out, cache

def batchnorm_backward(dout, cache):

  xhat,gamma,xmu,ivar,sqrtvar,var,eps = cache
  N,D = dout.shape

  #step9
  dbeta = np.sum(dout, axis=0)
  #step8
  dgamma = np.sum(dout*xhat, axis=0)
  dxhat = dout * gamma
  #step7
  divar = dxhat*xmu
  dxmu1 = dxhat * ivar
  #step6
  dsqrtvar = -1. /(sqrtvar**2) * divar
  #step5
  dvar = 0.5 * 1. /np.sqrt(var+eps) * dsqrtvar
  #step4
  dsq = 1. /N * dvar
  #step3
  dxmu2 = 2 * xmu * dsq
  #step2
  dx1 = (dxmu1 + dxmu2)
  dmu = -1 * np.sum(dxmu1+dxmu2, axis=0)
  #step1
  dx2 = 1. /N * np.ones((N,D)) * dmu
  dx = dx1 + dx2
  return dx, dgamma, dbeta
