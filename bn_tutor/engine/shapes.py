"""The shape that each operation gives, found without computing anything.

Every function takes shapes and the operation's parameters and returns the output's shape; it raises
ValueError, with the reason in words, where the shapes do not fit.
"""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

Shape = tuple[int, ...]


@lru_cache(maxsize=1024)
def broadcast_axes(shape_in: Shape, shape_out: Shape) -> tuple[int, ...]:
    """Return the axes of ``shape_out`` along which an array of ``shape_in`` was repeated.

    An axis of size 1 on both sides was not repeated; a missing leading axis always counts, because it has
    to be summed away for the shapes to agree.
    """
    missing = len(shape_out) - len(shape_in)
    stretched = (
        missing + axis
        for axis, (small, large) in enumerate(zip(shape_in, shape_out[missing:], strict=True))
        if small != large
    )
    return (*range(missing), *stretched)


def elementwise(*shapes: Shape, **parameters: Any) -> Shape:
    """Return the shape to which all inputs broadcast; ValueError where they do not."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        # NumPy speaks of arguments by number.
        raise ValueError(f"the shapes {' and '.join(map(str, shapes))} do not broadcast") from None


@lru_cache(maxsize=1024)
def reduced_axes(shape: Shape, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """Return ``axis`` as sorted non-negative numbers; None means every axis.

    Raises ValueError for an axis that the shape does not have.
    """
    if axis is None:
        return tuple(range(len(shape)))
    given = axis if isinstance(axis, tuple) else (axis,)
    positive = tuple(sorted(positive_axis(each, len(shape)) for each in given))
    if len(set(positive)) != len(positive):
        raise ValueError(f"axis {axis} names one axis twice")
    return positive


@lru_cache(maxsize=1024)
def reduced_count(shape: Shape, axis: int | tuple[int, ...] | None) -> int:
    """Return how many elements each element of a sum over ``axis`` is made of."""
    return prod(shape[each] for each in reduced_axes(shape, axis))


def positive_axis(axis: int, dimensions: int) -> int:
    """Return the axis as a number from 0 up."""
    if not -dimensions <= axis < dimensions:
        raise ValueError(f"axis {axis} is out of bounds for an array of {dimensions} dimensions")
    return axis % dimensions


def reduced(shape: Shape, axis: Any = None, keepdims: bool = False) -> Shape:
    """Return the shape that a sum or mean over ``axis`` leaves."""
    axes = reduced_axes(shape, axis)
    if keepdims:
        return tuple(1 if place in axes else size for place, size in enumerate(shape))
    return tuple(size for place, size in enumerate(shape) if place not in axes)


def max_reduced(shape: Shape, axis: Any = None, keepdims: bool = False) -> Shape:
    """Return the shape that a maximum leaves; an empty axis has none."""
    if not all(shape[each] for each in reduced_axes(shape, axis)):
        raise ValueError("max over an axis of size 0 has no value")
    return reduced(shape, axis, keepdims)


def matrix_product(a: Shape, b: Shape) -> Shape:
    """Return the shape of (..., n, m) @ (..., m, k)."""
    if len(a) < 2 or len(b) < 2:
        raise ValueError("matmul takes matrices: reshape the vector to one row or one column")
    if a[-1] != b[-2]:
        raise ValueError(f"matmul: the {a[-1]} columns of the left do not meet the {b[-2]} rows of the right")
    return (*elementwise(a[:-2], b[:-2]), a[-2], b[-1])


def transposed_axes(dimensions: int, axes: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the axes of a transpose as numbers from 0 up; None reverses them all."""
    if axes is None:
        return tuple(reversed(range(dimensions)))
    positive = tuple(positive_axis(axis, dimensions) for axis in axes)
    if sorted(positive) != list(range(dimensions)):
        raise ValueError(f"axes {axes} do not name each of {dimensions} dimensions once")
    return positive


def transposed(shape: Shape, axes: tuple[int, ...] | None = None) -> Shape:
    """Return the shape after a transpose."""
    return tuple(shape[axis] for axis in transposed_axes(len(shape), axes))


def reshaped(old: Shape, shape: int | Shape) -> Shape:
    """Return the new shape, with its -1 resolved."""
    new = (shape,) if isinstance(shape, int) else tuple(shape)
    known = prod(size for size in new if size != -1)
    if new.count(-1) == 1 and known and prod(old) % known == 0:
        new = tuple(prod(old) // known if size == -1 else size for size in new)
    if any(size < 0 for size in new) or prod(new) != prod(old):
        raise ValueError(f"{prod(old)} elements of {old} do not fit the shape {new}")
    return new


def broadcast(old: Shape, shape: int | Shape) -> Shape:
    """Return the shape that ``broadcast_to`` gives."""
    new = (shape,) if isinstance(shape, int) else tuple(shape)
    ahead = len(new) - len(old)
    fits = ahead >= 0 and all(have in (1, want) for have, want in zip(old, new[ahead:], strict=True))
    if any(size < 0 for size in new) or not fits:
        raise ValueError(f"{old} does not broadcast to {new}")
    return new


def concatenated(*shapes: Shape, axis: int = 0) -> Shape:
    """Return the shape of the parts laid end to end along ``axis``."""
    place = positive_axis(axis, len(shapes[0]))
    others = {(len(shape), *shape[:place], *shape[place + 1 :]) for shape in shapes}
    if len(others) > 1:
        raise ValueError(f"shapes {', '.join(map(str, shapes))} differ beside axis {axis}")
    first = shapes[0]
    return (*first[:place], sum(shape[place] for shape in shapes), *first[place + 1 :])


def taken(shape: Shape, key: Any) -> Shape:
    """Return the shape that indexing by ``key`` gives."""
    try:
        # A view of one byte: the shape is found without an array of the data's size.
        return np.broadcast_to(np.int8(0), shape)[key].shape
    except IndexError as error:
        raise ValueError(str(error)) from None


def clipped(shape: Shape, low: float, high: float) -> Shape:
    """Return the shape unchanged, after a look at the bounds."""
    if low > high:
        raise ValueError(f"clip: low {low} is above high {high}")
    return shape


def same(shape: Shape, **parameters: Any) -> Shape:
    """Return the shape unchanged."""
    return shape


# --- windows of images --------------------------------------------------------------------------------------


def sides(size: int | tuple[int, ...]) -> tuple[int, int]:
    """Return the height and width of a window; one number stands for both."""
    height, width = (size, size) if isinstance(size, int) else size
    return height, width


def windows(
    name: str, shape: Shape, size: int | tuple[int, ...], stride: int = 1, padding: int = 0
) -> tuple[int, int, int, int, int, int]:
    """Return the shape of all windows of images: (N, C, rows, columns, height, width).

    ``name`` is the operation's, for the ValueError where the windows do not fit.
    """
    _check_images(name, "images", shape)
    _check_at_least(name, stride=(stride, 1), padding=(padding, 0))
    samples, channels, *padded = padded_images(shape, padding)
    height, width = sides(size)
    if height < 1 or width < 1:
        raise ValueError(f"{name}: a window of {height} by {width} is empty")
    if height > padded[0] or width > padded[1]:
        what = "the padded images" if padding else "the images"
        raise ValueError(
            f"{name}: a window of {height} by {width} is larger than {what}, {padded[0]} by {padded[1]}"
        )
    rows, columns = ((each - side) // stride + 1 for each, side in zip(padded, (height, width), strict=True))
    return samples, channels, rows, columns, height, width


def padded_images(shape: Shape, padding: int) -> Shape:
    """Return the shape of images with zeros on all four sides."""
    return (*shape[:2], *(side + 2 * padding for side in shape[2:]))


def _check_images(name: str, what: str, shape: Shape) -> None:
    if len(shape) != 4:
        first = "filters" if what == "filters" else "samples"
        raise ValueError(f"{name} takes {what} of 4 axes, ({first}, channels, rows, columns), not {shape}")


def _check_at_least(name: str, **given: tuple[int, int]) -> None:
    for parameter, (value, least) in given.items():
        if value < least:
            raise ValueError(f"{name}: {parameter} {value} is below {least}")


def convolved(a: Shape, b: Shape, stride: int = 1, padding: int = 0) -> Shape:
    """Return the shape of images against filters: (N, F, rows, columns)."""
    _check_images("conv2d", "images", a)
    _check_images("conv2d", "filters", b)
    if a[1] != b[1]:
        raise ValueError(f"conv2d: channels must agree: {a[1]} in the images, {b[1]} in the filters")
    samples, _, rows, columns, *_ = windows("conv2d", a, b[2:], stride, padding)
    return samples, b[0], rows, columns


def pooled(shape: Shape, size: int, stride: int | None = None) -> Shape:
    """Return the shape that a maximum over each window leaves; without a stride they lie side by side."""
    _check_at_least("max_pool2d", size=(size, 1))
    return windows("max_pool2d", shape, size, size if stride is None else stride)[:4]


def convolution_scratch(a: Shape, b: Shape, stride: int = 1, padding: int = 0) -> tuple[Shape, ...]:
    """Return the shapes of what a convolution makes on its way: the padded images, and all their windows."""
    return padded_images(a, padding), windows("conv2d", a, b[2:], stride, padding)


def pooling_scratch(shape: Shape, size: int, stride: int | None = None) -> tuple[Shape, ...]:
    """Return the shape of what a max pooling makes on its way back: all windows."""
    return (windows("max_pool2d", shape, size, size if stride is None else stride),)
