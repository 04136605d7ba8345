import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    N, D = x.shape
    xhat = np.zeros((N, D))
    out = np.zeros((N, D))
    std = np.zeros(D)
    for d in range(D):
        m = sum(x[:, d]) / N
        v = sum((x[:, d] - m) ** 2) / N
        std[d] = np.sqrt(v + eps)
        for n in range(N):
            xhat[n, d] = (x[n, d] - m) / std[d]
            out[n, d] = xhat[n, d] * gamma[d] + beta[d]
    return out, (xhat, std, gamma)

def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    N, D = dout.shape
    dx = np.zeros((N, D))
    dgamma = np.zeros(D)
    dbeta = np.zeros(D)
    for d in range(D):
        for n in range(N):
            dgamma[d] += xhat[n, d]
            dbeta[d] += dout[n, d]
        total = 0
        along = 0
        for n in range(N):
            total += dout[n, d] * gamma[d]
            along += dout[n, d] * gamma[d] * xhat[n, d]
        for n in range(N):
            dx[n, d] = (dout[n, d] * gamma[d] - total / N - xhat[n, d] * along / D) / std[d]
    return dx, dgamma, dbeta
