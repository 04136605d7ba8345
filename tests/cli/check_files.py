"""Files of a learner to check: right, wrong in one line, stopping, unwritten."""

from textwrap import dedent

RIGHT = dedent("""\
    import numpy as np


    def batchnorm_forward(x, gamma, beta, bn_param):
        eps = bn_param.get("eps", 1e-5)
        momentum = bn_param.get("momentum", 0.9)
        running_mean, running_var = bn_param.get("running_mean", 0.0), bn_param.get("running_var", 0.0)
        if bn_param["mode"] == "test":
            return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
        mu, var = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        ivar = 1 / np.sqrt(var + eps)
        xhat = (x - mu) * ivar
        return gamma * xhat + beta, (xhat, ivar, gamma)


    def batchnorm_backward(dout, cache):
        xhat, ivar, gamma = cache
        dbeta = dout.sum(axis=0)
        dgamma = (dout * xhat).sum(axis=0)
        dxhat = dout * gamma
        dx = ivar * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
        return dx, dgamma, dbeta
""")
SLIP = ("dgamma = (dout * xhat).sum(axis=0)", "dgamma = (dout * xhat).mean(axis=0)")
WRONG = RIGHT.replace(*SLIP)
LINE = next(at for at, line in enumerate(WRONG.splitlines(), 1) if SLIP[1] in line)
STOPS = RIGHT.replace("dxhat = dout * gamma", "dxhat = dout * gama")
NOT_PYTHON = RIGHT.replace("dout.sum(axis=0)", "dout.sum(axis=0", 1)
OTHER_NAMES = RIGHT.replace("batchnorm_forward", "fwd").replace("batchnorm_backward", "bwd")
