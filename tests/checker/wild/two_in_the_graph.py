import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    N = x.shape[0]
    step1 = 1 / N * x.sum(axis=0)
    step2 = x - step1
    step3 = step2 ** 2
    step4 = 1 / N * step3.sum(axis=0)
    step5 = np.sqrt(step4 + eps)
    step6 = 1 / step5
    step7 = step2 * step6
    step8 = gamma * step7
    step9 = step8 + beta
    return step9, (gamma, step2, step5, step6, step7)

def batchnorm_backward(dout, cache):
    gamma, step2, step5, step6, step7 = cache
    N, D = dout.shape
    dstep8 = dout
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dstep8 * step2, axis=0)
    dstep7 = dstep8 * gamma
    dstep6 = np.sum(dstep7 * step2, axis=0)
    dstep2 = dstep7 * step6
    dstep5 = -dstep6 / step5 ** 2
    dstep4 = dstep5 * 0.5 / step5
    dstep3 = np.ones((N, D)) / N * dstep4
    dstep2 += step2 * dstep3
    dstep1 = -np.sum(dstep2, axis=0)
    dx = dstep2 + dstep1 / N
    return dx, dgamma, dbeta
