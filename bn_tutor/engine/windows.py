"""Windows of an image: convolution and max pooling, and their local gradients as linear maps.

An image is (N, C, H, W): samples, channels, rows, columns. Its windows are (N, C, rows, columns, height,
width): at each place that the window stops at, what it sees there. Both operations are one computation on
the windows, so their gradients are the gradient of that computation, and then every window's part added back
to the place that it was seen at (Dumoulin & Visin 2016, "A guide to convolution arithmetic", chapter 4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from bn_tutor.engine.gradients import Array, Chain, LinearMap, Scale
from bn_tutor.engine.operation import Parameters
from bn_tutor.engine.shapes import Shape, sides
from bn_tutor.engine.text import bracketed

_IN_WINDOW = (4, 5)


def windows(a: Array, size: int | tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    """Return the windows of images with ``padding`` zeros on all four sides, as a view where there are none.

    The shape is (N, C, rows, columns, height, width).
    """
    seen = np.lib.stride_tricks.sliding_window_view(_padded(a, padding), sides(size), axis=(2, 3))
    return seen[:, :, ::stride, ::stride]


def _padded(a: Array, padding: int) -> Array:
    if not padding:
        return a
    samples, channels, height, width = a.shape
    around = np.zeros((samples, channels, height + 2 * padding, width + 2 * padding), dtype=a.dtype)
    around[:, :, padding : padding + height, padding : padding + width] = a
    return around


def fold(parts: Array, shape: Shape, stride: int = 1, padding: int = 0) -> Array:
    """Add every window's part to the place that it was seen at: the transpose of ``windows``.

    ``shape`` is that of the images. What falls on the zeros around them is dropped.
    """
    samples, channels, height, width = shape
    whole = np.zeros((samples, channels, height + 2 * padding, width + 2 * padding), dtype=parts.dtype)
    for part, places in _added(parts, stride):
        whole[places] += part
    return whole[:, :, padding : padding + height, padding : padding + width]


def _added(parts: Array, stride: int) -> Iterator[tuple[Array, tuple[Any, ...]]]:
    """Yield arrays that hold no place twice, and where each is added; the fewer of the two ways to do it."""
    rows, columns, height, width = parts.shape[2:]
    if height * width <= rows * columns:
        for row, column in np.ndindex(height, width):
            down = slice(row, row + stride * rows, stride)
            yield parts[..., row, column], (..., down, slice(column, column + stride * columns, stride))
        return
    for row, column in np.ndindex(rows, columns):
        top, left = stride * row, stride * column
        yield parts[:, :, row, column], (..., slice(top, top + height), slice(left, left + width))


def _columns(seen: Array) -> Array:
    """Lay each window out as one column of a matrix for every sample: all products become one of matrices."""
    samples, channels, rows, columns, height, width = seen.shape
    return seen.transpose(0, 1, 4, 5, 2, 3).reshape(samples, channels * height * width, rows * columns)


def _flat(filters: Array) -> Array:
    return filters.reshape(len(filters), int(np.prod(filters.shape[1:])))


def _against(seen: Array, filters: Array) -> Array:
    """Return the sum of every window times every filter: (N, F, rows, columns)."""
    product = np.matmul(_flat(filters), _columns(seen))
    return product.reshape(len(seen), len(filters), *seen.shape[2:4])


def _told(stride: int, padding: int) -> str:
    """Write the arguments of ``windows`` and ``fold`` that are not as they would be without a word."""
    return (f", stride={stride}" if stride != 1 else "") + (f", padding={padding}" if padding else "")


# --- the maps -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fold:
    """Add what each window received back to the place in the image that it was seen at.

    A pixel that several windows saw collects what it receives from all of them.
    """

    shape_in: Shape
    size: tuple[int, int]
    stride: int
    padding: int

    def forward(self, tangent: Array) -> Array:
        """Return the windows of the tangent."""
        return windows(tangent, self.size, self.stride, self.padding)

    def backward(self, upstream: Array) -> Array:
        """Return the image that the windows add up to."""
        return fold(upstream, self.shape_in, self.stride, self.padding)

    @property
    def words(self) -> str:
        """``add the windows back in place``."""
        return "add the windows back in place"

    def numpy(self, upstream: str) -> str:
        """``fold(dparts, (4, 2, 5, 5), padding=1)``, where fold is the transpose of ``windows``."""
        return f"fold({upstream}, {self.shape_in}{_told(self.stride, self.padding)})"


@dataclass(frozen=True, eq=False)
class TimesFilters:
    """Multiply each number of the upstream with the filter that made it, and sum over the filters.

    That is what the window received which the number was made from.
    """

    filters: Array
    formula: str

    def forward(self, tangent: Array) -> Array:
        """Return the sum of every window times every filter."""
        return _against(tangent, self.filters)

    def backward(self, upstream: Array) -> Array:
        """Return what each window receives, (N, C, rows, columns, height, width)."""
        samples, count, rows, columns = upstream.shape
        product = np.matmul(_flat(self.filters).T, upstream.reshape(samples, count, rows * columns))
        # The loop of fold runs over the window: so the images of one offset lie together.
        parts = product.reshape(samples, *self.filters.shape[1:], rows, columns)
        return parts.transpose(0, 1, 4, 5, 2, 3)

    @property
    def words(self) -> str:
        """``times w, sum over filters``."""
        return f"times {bracketed(self.formula)}, sum over filters"

    def numpy(self, upstream: str) -> str:
        """``np.einsum('nfyx,fcij->ncyxij', dy, w)``."""
        return f"np.einsum('nfyx,fcij->ncyxij', {upstream}, {self.formula})"


@dataclass(frozen=True, eq=False)
class TimesWindows:
    """Multiply the upstream with what the windows saw, and sum over samples and places.

    A filter met every window, so it collects a gradient from each.
    """

    image: Array
    formula: str
    size: tuple[int, int]
    stride: int
    padding: int

    def forward(self, tangent: Array) -> Array:
        """Return the sum of every window times the filters' tangent."""
        return _against(self._windows(), tangent)

    def backward(self, upstream: Array) -> Array:
        """Return the upstream against the windows, in the filters' shape."""
        samples, count, rows, columns = upstream.shape
        seen = self._windows()
        turned = np.swapaxes(_columns(seen), 1, 2)
        each = np.matmul(upstream.reshape(samples, count, rows * columns), turned)
        return np.add.reduce(each, axis=0).reshape(count, seen.shape[1], *self.size)

    def _windows(self) -> Array:
        return windows(self.image, self.size, self.stride, self.padding)

    @property
    def words(self) -> str:
        """``times the windows of x, sum over samples and places``."""
        return f"times the windows of {self.formula}, sum over samples and places"

    def numpy(self, upstream: str) -> str:
        """``np.einsum('nfyx,ncyxij->fcij', dy, windows(x, (3, 3), padding=1))``."""
        seen = f"windows({self.formula}, {self.size}{_told(self.stride, self.padding)})"
        return f"np.einsum('nfyx,ncyxij->fcij', {upstream}, {seen})"


@dataclass(frozen=True)
class SpreadInWindow:
    """Copy each number of the upstream to every place of the window that it was made from.

    The copy is a read-only view of stride 0, as that of a sum over axes is.
    """

    shape_in: Shape

    def forward(self, tangent: Array) -> Array:
        """Return the sum of every window."""
        return np.add.reduce(tangent, axis=_IN_WINDOW)

    def backward(self, upstream: Array) -> Array:
        """Return the windows, (N, C, rows, columns, height, width)."""
        return np.broadcast_to(upstream[..., None, None], self.shape_in)

    @property
    def words(self) -> str:
        """``spread over each window``."""
        return "spread over each window"

    def numpy(self, upstream: str) -> str:
        """``np.broadcast_to(dy[..., None, None], (4, 2, 3, 3, 2, 2))``."""
        return f"np.broadcast_to({bracketed(upstream)}[..., None, None], {self.shape_in})"


# --- conv2d ---------------------------------------------------------------------------------------------


def conv2d(a: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """Return every window of ``a`` against every filter of ``b``; the filters are not turned round."""
    return _against(windows(a, b.shape[2:], stride, padding), b)


def conv2d_image(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient for the image."""
    image, filters = inputs
    back = Fold(image.shape, filters.shape[2:], parameters.get("stride", 1), parameters.get("padding", 0))
    return Chain((TimesFilters(filters, "{b}"), back))


def conv2d_filters(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient for the filters."""
    image, filters = inputs
    stride, padding = parameters.get("stride", 1), parameters.get("padding", 0)
    return TimesWindows(image, "{a}", filters.shape[2:], stride, padding)


# --- max_pool2d -----------------------------------------------------------------------------------------


def max_pool2d(a: Array, size: int, stride: int | None = None) -> Array:
    """Return the largest number of every window; without a stride the windows lie side by side."""
    seen = windows(a, size, stride or size)
    if size * size > seen.shape[2] * seen.shape[3]:
        return np.max(seen, axis=_IN_WINDOW)
    # Of many small windows np.max would make many maxima of a few numbers: so one place of all at a time.
    return reduce(np.maximum, (seen[..., row, column] for row, column in np.ndindex(size, size)))


def _winners(seen: Array, output: Array) -> Array:
    """1 where a window's maximum stands, shared equally where it stands twice, else 0."""
    # The axes of the window come first, so that the others lie together in memory, as fold reads them.
    winning = (seen.transpose(4, 5, 0, 1, 2, 3) == output).astype(output.dtype)
    winning /= np.add.reduce(winning, axis=(0, 1))
    return winning.transpose(2, 3, 4, 5, 0, 1)


def max_pool2d_local(
    index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters
) -> LinearMap:
    """Make the local gradient: spread over the window, the winners share it, add the windows back."""
    size = parameters["size"]
    stride = parameters.get("stride") or size
    seen = windows(inputs[0], size, stride)
    formula = f"winners(windows({{a}}, {size}{_told(stride, 0)}), axis={_IN_WINDOW})"
    factor = Scale(formula, _winners, (seen, output))
    return Chain((SpreadInWindow(seen.shape), factor, Fold(inputs[0].shape, sides(size), stride, 0)))
