"""Step by step along a drawn graph, with divar, dsqrtvar and numbered names; plain eps as the fourth argument."""
import numpy as np

def batchnorm_forward(x, gamma, beta, eps):

  N, D = x.shape

  #step 1 mean
  mu = 1./N * np.sum(x, axis = 0)

  #step 2 center
  xmu = x - mu

  #step 3 lower branch
  sq = xmu ** 2

  #step 4 variance
  var = 1./N * np.sum(sq, axis = 0)

  #step 5 root
  sqrtvar = np.sqrt(var + eps)

  #step 6 invert
  ivar = 1./sqrtvar

  #step 7 normalize
  xhat = xmu * ivar

  #step 8 and 9
  gammax = gamma * xhat
  out = gammax + beta

  cache = (xhat,gamma,xmu,ivar,sqrtvar,var,eps)
  return out, cache


def batchnorm_backward(dout, cache):

  xhat,gamma,xmu,ivar,sqrtvar,var,eps = cache

  N,D = dout.shape

  #step9
  dbeta = np.sum(dout, axis=0)
  dgammax = dout

  #step8
  dgamma = np.sum(dgammax*xhat, axis=0)
  dxhat = dgammax * gamma

  #step7
  divar = np.sum(dxhat*xmu, axis=0)
  dxmu1 = dxhat * ivar

  #step6
  dsqrtvar = -1. /(sqrtvar**2) * divar

  #step5
  dvar = 0.5 * 1. /np.sqrt(var+eps) * dsqrtvar

  #step4
  dsq = 1. /N * np.ones((N,D)) * dvar

  #step3
  dxmu2 = 2 * xmu * dsq

  #step2
  dx1 = (dxmu1 + dxmu2)
  dmu = -1 * np.sum(dxmu1+dxmu2, axis=0)

  #step1
  dx2 = 1. /N * np.ones((N,D)) * dmu

  #step0
  dx = dx1 + dx2

  return dx, dgamma, dbeta
