"""Sums, means and maxima: their forward computation and their local gradients."""

from functools import lru_cache
from typing import Any

import numpy as np

from bn_tutor.engine import shapes
from bn_tutor.engine.gradients import Array, Chain, LinearMap, Scale, Spread, total
from bn_tutor.engine.operation import Parameters
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.text import axes_in_code


# What depends on shapes alone is made once and not at every step.
@lru_cache(maxsize=1024)
def _spread(shape: Shape, axis: Any = None, keepdims: bool = False) -> Spread:
    return Spread(shape, shapes.reduced_axes(shape, axis), keepdims)


@lru_cache(maxsize=1024)
def _spread_share(shape: Shape, axis: Any = None, keepdims: bool = False) -> Chain:
    count = shapes.reduced_count(shape, axis)
    # Divided before it is spread: the small array is scaled, not its copies.
    share = Scale(f"1 / {count}", float, (1 / count if count else 0.0,))
    return Chain((share, _spread(shape, axis, keepdims)))


def summed(a: Array, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the sum over ``axis``."""
    return total(a, axis, keepdims)


def sum_local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient of a sum: every element gets what the sum gets."""
    return _spread(inputs[0].shape, **parameters)


def mean(a: Array, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the mean over ``axis``."""
    # np.mean costs three times as much for small arrays, in checks that the shapes here do not need.
    return total(a, axis, keepdims) / shapes.reduced_count(a.shape, axis)


def mean_local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient of a mean: every element gets its share."""
    return _spread_share(inputs[0].shape, **parameters)


def largest(a: Array, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the maximum over ``axis``."""
    return np.max(a, axis=axis, keepdims=keepdims)


def largest_local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient of a maximum: the winners share what it gets."""
    spread = _spread(inputs[0].shape, **parameters)
    formula = f"winners({{a}}, axis={axes_in_code(spread.axes)})"
    return Chain((spread, Scale(formula, _winners, (inputs[0], spread.axes))))


def _winners(a: Array, axes: tuple[int, ...]) -> Array:
    """1 where the maximum stands, shared equally where it stands twice, else 0."""
    winning = (a == np.max(a, axis=axes, keepdims=True)).astype(a.dtype)
    return np.asarray(winning / total(winning, axes, True))
