"""As short as it gets: semicolons, tabs and backslashes."""
import numpy as np
def batchnorm_forward(x,gamma,beta,bn_param):
	n=x.shape[0];m=x.sum(0)/n;c=x-m;v=(c*c).sum(0)/n
	s=(v+bn_param['eps'])**.5;h=c/s
	return gamma*h+beta,(h,s,gamma,n)
def batchnorm_backward(dout,cache):
	h,s,g,n=cache;db=dout.sum(0);dg=(dout*h).sum(0)
	dx=g/s* \
		(dout-db/n \
		-h*dg/n)
	return dx,dg,db
