"""Three ways to turn gradients into a step: plain descent, momentum, and Adam.

An optimizer is a pure function of one parameter, its gradient, what it remembers of that parameter (a tuple
of arrays, empty at first) and the number of the step, from 1; it returns the new parameter and memory.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from bn_tutor.engine.gradients import Array

Memory = tuple[Array, ...]
Optimizer = Callable[[Array, Array, Memory, int], tuple[Array, Memory]]


def descent(
    parameter: Array, gradient: Array, memory: Memory, step: int, *, rate: float
) -> tuple[Array, Memory]:
    """Go ``rate`` times the gradient downhill."""
    return parameter - rate * gradient, ()


def momentum(
    parameter: Array, gradient: Array, memory: Memory, step: int, *, rate: float, keep: float = 0.9
) -> tuple[Array, Memory]:
    """Go along a velocity that keeps a share of itself (Polyak 1964; Sutskever et al. 2013, equation 1)."""
    velocity = keep * memory[0] - rate * gradient if memory else -rate * gradient
    return parameter + velocity, (velocity,)


def adam(
    parameter: Array,
    gradient: Array,
    memory: Memory,
    step: int,
    *,
    rate: float,
    keep: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Array, Memory]:
    """Divide a running mean of gradients by the root of that of squares (Kingma & Ba 2015, algorithm 1)."""
    first, second = memory or (np.zeros_like(parameter), np.zeros_like(parameter))
    first = keep[0] * first + (1 - keep[0]) * gradient
    second = keep[1] * second + (1 - keep[1]) * (gradient * gradient)
    # Both begin at zero, and are enlarged by what they lack for that.
    mean, square = first / (1 - keep[0] ** step), second / (1 - keep[1] ** step)
    return parameter - rate * mean / (np.sqrt(square) + eps), (first, second)


_BY_NAME: Mapping[str, Callable[..., tuple[Array, Memory]]] = MappingProxyType(
    {"sgd": descent, "momentum": momentum, "adam": adam}
)


def optimizer(name: str, rate: float) -> Optimizer:
    """Return an optimizer, ``sgd``, ``momentum`` or ``adam``, that goes at this rate."""
    return partial(_BY_NAME[name], rate=rate)
