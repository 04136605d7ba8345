"""Names that say nothing: a1, tmp, foo; and the same name used again and again."""
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    e = bn_param['eps']
    a1 = x.mean(0)
    a2 = x - a1
    tmp = a2*a2
    foo = tmp.mean(0) + e
    bar = foo**.5
    tmp = a2/bar
    q = tmp*gamma
    q = q + beta
    return q, (a2, bar, tmp, gamma, e)

def batchnorm_backward(dout, cache):
    a2, bar, tmp, w, e = cache
    k = a2.shape[0]
    r3 = dout.sum(0)
    foo = dout*tmp
    r2 = foo.sum(0)
    foo = dout*w
    t1 = foo/bar
    t2 = foo*a2
    t2 = -t2.sum(0)/bar/bar
    t2 = t2/bar/2
    t1 = t1 + 2*a2*t2/k
    foo = t1.sum(0)
    r1 = t1 - foo/k
    return r1, r2, r3
