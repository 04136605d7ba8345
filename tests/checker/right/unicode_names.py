"""Greek letters for names and comments in another language."""
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    ε = bn_param.get("eps", 1e-5)
    # media y varianza de cada columna
    μ = np.mean(x, axis=0)
    σ2 = np.mean((x - μ) ** 2, axis=0)
    σ = np.sqrt(σ2 + ε)
    x̂ = (x - μ) / σ
    return gamma * x̂ + beta, (x̂, σ, gamma)


def batchnorm_backward(dout, cache):
    x̂, σ, γ = cache
    n = dout.shape[0]
    δβ = dout.sum(axis=0)
    δγ = (dout * x̂).sum(axis=0)
    # proyección: sin la media y sin la parte a lo largo de x̂
    δ = dout - δβ / n
    δ = δ - x̂ * (δγ / n)
    return γ / σ * δ, δγ, δβ
