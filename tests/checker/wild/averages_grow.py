import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D))
    running_var = bn_param.get("running_var", np.zeros(D))
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        running_mean = momentum * running_mean + mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        mean = running_mean
        var = running_var
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    istd = (var + eps) ** -0.5
    xhat = (x - mean) * istd
    return gamma * xhat + beta, (xhat, istd, gamma)

def batchnorm_backward(dout, cache):
    xhat, istd, gamma = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dx = gamma * istd * (dout - dbeta / len(dout) - xhat * dgamma / len(dout))
    return dx, dgamma, dbeta
