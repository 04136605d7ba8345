"""A class with running averages, a training flag and a backward pass made of small methods."""
import numpy as np


class BatchNormalization:
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.9):
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean = np.zeros_like(gamma)
        self.running_var = np.zeros_like(gamma)

    def forward(self, x, training=True):
        if not training:
            return (x - self.running_mean) / np.sqrt(self.running_var + self.eps) * self.gamma + self.beta
        self._x = x
        self._mu, self._var = x.mean(axis=0), x.var(axis=0)
        self._update("running_mean", self._mu)
        self._update("running_var", self._var)
        self._sigma = np.sqrt(self._var + self.eps)
        self._xhat = (x - self._mu) / self._sigma
        return self._xhat * self.gamma + self.beta

    def _update(self, name, batch):
        setattr(self, name, self.momentum * getattr(self, name) + (1 - self.momentum) * batch)

    def _through_std(self, dxhat):
        dsigma = -(dxhat * (self._x - self._mu)).sum(axis=0) / self._sigma**2
        return dsigma * (self._x - self._mu) / (len(self._x) * self._sigma)

    def _through_mean(self, dxhat):
        return -dxhat.sum(axis=0) / (self._sigma * len(self._x))

    def backward(self, grad):
        self.dbeta = grad.sum(axis=0)
        self.dgamma = (grad * self._xhat).sum(axis=0)
        dxhat = grad * self.gamma
        return dxhat / self._sigma + self._through_std(dxhat) + self._through_mean(dxhat)
