"""Random numbers of a lesson: the same for the same seed, on every machine and with every NumPy.

NumPy reserves the right to change the stream of ``default_rng`` between releases, and importing
``numpy.random`` costs as much as the rest of a start. So the bytes come from Python's Mersenne Twister, whose
stream is fixed, and NumPy turns them into numbers, a whole array at a time.
"""

from collections.abc import Callable, Mapping
from math import prod, tau
from random import Random

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.shapes import Shape

Draw = Callable[..., Array]
PIECE = 1 << 22


def unit_interval(random: Random, count: int) -> Array:
    """Return ``count`` numbers, uniform in (0, 1]: never 0, so that a logarithm may follow."""
    # A piece at a time: Python gives no more than 2**28 bytes at once. The pieces are the stream as it is.
    pieces = (random.randbytes(8 * min(PIECE, count - start)) for start in range(0, count, PIECE))
    bits = np.frombuffer(b"".join(pieces), dtype="<u8") >> np.uint64(11)
    return (bits.astype(np.float64) + 1.0) * 2.0**-53


def normal(random: Random, shape: Shape, mean: float = 0.0, std: float = 1.0) -> Array:
    """Draw from a normal distribution (Box & Muller 1958)."""
    count = prod(shape)
    radius = np.sqrt(-2.0 * np.log(unit_interval(random, count)))
    angle = tau * unit_interval(random, count)
    return mean + std * (radius * np.cos(angle)).reshape(shape)


def uniform(random: Random, shape: Shape, low: float = 0.0, high: float = 1.0) -> Array:
    """Draw uniformly between ``low`` and ``high``."""
    return low + (high - low) * unit_interval(random, prod(shape)).reshape(shape)


def bernoulli(random: Random, shape: Shape, p: float = 0.5) -> Array:
    """Draw 1.0 with probability ``p``, else 0.0: a mask."""
    return (unit_interval(random, prod(shape)) <= p).astype(np.float64).reshape(shape)


def integers(random: Random, shape: Shape, low: float = 0, high: float = 10) -> Array:
    """Draw whole numbers from ``low`` up to, but not including, ``high``; as floats."""
    return np.ceil(uniform(random, shape, low, high)) - 1.0


def linspace(random: Random, shape: Shape, low: float = 0.0, high: float = 1.0) -> Array:
    """Return evenly spaced numbers from ``low`` to ``high``; nothing is random here."""
    return np.linspace(low, high, prod(shape)).reshape(shape)


def one_hot(random: Random, shape: Shape) -> Array:
    """Draw rows along the last axis in which a single entry is 1.0 and all others are 0.0: labels."""
    if not prod(shape):
        return np.zeros(shape)
    chosen = integers(random, shape[:-1], 0, shape[-1]) if shape else np.asarray(0.0)
    return (np.arange(shape[-1] if shape else 1) == chosen[..., np.newaxis]).astype(np.float64).reshape(shape)


DRAWS: Mapping[str, Draw] = {
    "normal": normal,
    "uniform": uniform,
    "bernoulli": bernoulli,
    "integers": integers,
    "linspace": linspace,
    "one_hot": one_hot,
}


def source_of(seed: int, name: str) -> Random:
    """Return the random source of one input, so that no input's numbers depend on another's size."""
    return Random(f"{seed}/{name}")
