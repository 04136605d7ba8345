"""Type hints and long docstrings, as in a library."""
from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
Cache: TypeAlias = tuple[Array, Array, Array, Array]


def _statistics(x: Array, eps: float) -> tuple[Array, Array]:
    """Return the mean of each feature and its standard deviation.

    Parameters
    ----------
    x : (N, D)
    eps : a small number, put under the root
    """
    mean: Array = x.mean(axis=0)
    variance: Array = np.square(x - mean).mean(axis=0)
    return mean, np.sqrt(variance + eps)


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, Cache]:
    """Normalize each feature over the batch.

    Returns
    -------
    out : (N, D)
    cache : what the backward pass needs
    """
    mean, deviation = _statistics(x, float(bn_param.get("eps", 1e-5)))
    centered: Array = x - mean
    normalized: Array = centered / deviation
    return gamma * normalized + beta, (centered, deviation, normalized, gamma)


def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Return the gradients of x, gamma and beta.

    The deviation is seen as a value of its own, between the variance and the quotient.
    """
    centered, deviation, normalized, gamma = cache
    count: int = dout.shape[0]
    d_normalized: Array = dout * gamma
    d_deviation: Array = -(d_normalized * centered).sum(axis=0) / np.square(deviation)
    d_variance: Array = d_deviation / (2.0 * deviation)
    d_centered: Array = d_normalized / deviation + 2.0 * centered * d_variance / count
    d_mean: Array = -d_centered.sum(axis=0)
    return d_centered + d_mean / count, (dout * normalized).sum(axis=0), dout.sum(axis=0)
