"""Local gradients as linear maps.

The local gradient of one input of one node is a linear map from a small change of the input to the change
of the output. Its matrix is the Jacobian, which is nearly always too large and too empty to build. So each
class here knows two products instead (Griewank & Walther 2008, "Evaluating Derivatives", chapter 3):

- ``forward(tangent)``: the map itself, Jacobian @ tangent; shape of the input -> shape of the output;
- ``backward(upstream)``: its transpose, upstream @ Jacobian; shape of the output -> shape of the input.

A class is named after what its *backward* does, because that is what the learner watches. Each can also put
itself into words and into a line of NumPy; ``{a}``, ``{b}``, ``{c}`` and ``{out}`` in a formula stand for the
node's inputs and its output until ``named`` fills them in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from functools import reduce
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bn_tutor.engine.shapes import Shape, broadcast_axes
from bn_tutor.engine.text import axes_in_code, axes_in_words, bracketed, key_in_code

Array = NDArray[Any]


def total(array: Array, axes: int | tuple[int, ...] | None, keepdims: bool = False) -> Any:
    """Return the sum over ``axes``: np.sum without its checks, which cost more than a small sum itself."""
    return np.add.reduce(array, axis=axes, keepdims=keepdims)  # type: ignore[call-overload]


class LinearMap(Protocol):
    """What every local gradient can do."""

    def forward(self, tangent: Array) -> Array:
        """Return Jacobian @ tangent, in the shape of the node's output."""
        ...

    def backward(self, upstream: Array) -> Array:
        """Return upstream @ Jacobian, in the shape of the node's input."""
        ...

    @property
    def words(self) -> str:
        """What backward does, in a few words; empty when it passes the upstream on unchanged."""
        ...

    def numpy(self, upstream: str) -> str:
        """Return the NumPy expression that backward amounts to, applied to the text ``upstream``."""
        ...


@dataclass(frozen=True)
class PassOn:
    """The identity: the upstream gradient passes on unchanged."""

    def forward(self, tangent: Array) -> Array:
        return tangent

    def backward(self, upstream: Array) -> Array:
        return upstream

    @property
    def words(self) -> str:
        return ""

    def numpy(self, upstream: str) -> str:
        return upstream


@dataclass(frozen=True, eq=False)
class Scale:
    """Multiply elementwise by a factor: a number, or an array that broadcasts to the output's shape.

    The factor is computed when it is asked for and not kept, so that a recorded walk over large data
    holds no array that it does not need.
    """

    formula: str
    compute: Callable[..., Any]
    operands: tuple[Any, ...] = ()
    parameters: Mapping[str, Any] | None = None

    @property
    def factor(self) -> Array:
        """The factor's values."""
        return np.asarray(self.compute(*self.operands, **(self.parameters or {})))

    def forward(self, tangent: Array) -> Array:
        return np.multiply(self.factor, tangent)

    def backward(self, upstream: Array) -> Array:
        # The sign and not np.multiply: NumPy then writes over a large factor that nobody else holds.
        return upstream * self.compute(*self.operands, **(self.parameters or {}))

    @property
    def words(self) -> str:
        """``* xmu``."""
        return f"* {bracketed(self.formula)}"

    def numpy(self, upstream: str) -> str:
        """``xmu * dsq``."""
        return f"{bracketed(self.formula)} * {bracketed(upstream)}"


@dataclass(frozen=True)
class SumOver:
    """Sum over the axes along which the forward pass broadcast the input.

    One input element was used many times, so it collects every gradient that its copies receive.
    """

    shape_in: Shape
    shape_out: Shape

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes of the output's shape that are summed."""
        return broadcast_axes(self.shape_in, self.shape_out)

    def forward(self, tangent: Array) -> Array:
        return np.broadcast_to(tangent, self.shape_out)

    def backward(self, upstream: Array) -> Array:
        return np.add.reduce(upstream, axis=self.axes).reshape(self.shape_in)

    @property
    def words(self) -> str:
        """``sum over axis 0``."""
        return f"sum over {axes_in_words(self.axes)}"

    def numpy(self, upstream: str) -> str:
        """``np.sum(dout, axis=0)``."""
        kept = len(self.shape_in) == len(self.shape_out)
        summed = f"np.sum({upstream}, axis={axes_in_code(self.axes)}{', keepdims=True' if kept else ''})"
        plain = tuple(size for axis, size in enumerate(self.shape_out) if axis not in self.axes)
        return summed if kept or plain == self.shape_in else f"{summed}.reshape({self.shape_in})"


@dataclass(frozen=True)
class Spread:
    """Copy the upstream back over the axes that the forward pass summed away.

    The copy is a read-only view of stride 0: it takes no memory however large the batch is.
    """

    shape_in: Shape
    axes: tuple[int, ...]
    keepdims: bool = False

    def forward(self, tangent: Array) -> Array:
        return np.asarray(total(tangent, self.axes, self.keepdims))

    def backward(self, upstream: Array) -> Array:
        return np.broadcast_to(self._aligned(upstream), self.shape_in)

    def _aligned(self, upstream: Array) -> Array:
        # Leading axes line up by NumPy's own rule, the only case on batch norm's way.
        if self.keepdims or self.axes == tuple(range(len(self.axes))):
            return upstream
        return np.expand_dims(upstream, self.axes)

    @property
    def words(self) -> str:
        """``spread over axis 0``."""
        return f"spread over {axes_in_words(self.axes)}"

    def numpy(self, upstream: str) -> str:
        """``np.broadcast_to(dvar / 4, (4, 3))``."""
        if self.keepdims or self.axes == tuple(range(len(self.axes))):
            return f"np.broadcast_to({upstream}, {self.shape_in})"
        return f"np.broadcast_to(np.expand_dims({upstream}, {self.axes}), {self.shape_in})"


@dataclass(frozen=True, eq=False)
class MatMul:
    """The gradient of a matrix product: upstream times the other factor, transposed.

    ``left`` says that the input stands left of the other factor. Both factors are matrices or stacks of
    matrices, (..., n, m) @ (..., m, k); a stack that was broadcast is summed away again.
    """

    other: Array
    formula: str
    left: bool
    shape_in: Shape
    shape_out: Shape

    def forward(self, tangent: Array) -> Array:
        """Return tangent @ other, or other @ tangent."""
        return np.matmul(tangent, self.other) if self.left else np.matmul(self.other, tangent)

    def backward(self, upstream: Array) -> Array:
        """Return upstream @ other.T, or other.T @ upstream, summed over broadcast stacks."""
        turned = np.swapaxes(self.other, -1, -2)
        product = np.matmul(upstream, turned) if self.left else np.matmul(turned, upstream)
        axes = self._stack_axes()
        return np.add.reduce(product, axis=axes).reshape(self.shape_in) if axes else product

    def _stack_axes(self) -> tuple[int, ...]:
        return broadcast_axes(self.shape_in, (*self.shape_out[:-2], *self.shape_in[-2:]))

    @property
    def words(self) -> str:
        """``@ w.T``."""
        return f"@ {self.formula}.T" if self.left else f"{self.formula}.T @"

    def numpy(self, upstream: str) -> str:
        """``dy @ w.T``."""
        other, up = bracketed(self.formula), bracketed(upstream)
        turned = f"{other}.T" if self.other.ndim == 2 else f"np.swapaxes({self.formula}, -1, -2)"
        product = f"{up} @ {turned}" if self.left else f"{turned} @ {up}"
        axes = self._stack_axes()
        return f"np.sum({product}, axis={axes_in_code(axes)}).reshape({self.shape_in})" if axes else product


@dataclass(frozen=True)
class Reshape:
    """Put every element back where it came from; the numbers do not change."""

    shape_in: Shape
    shape_out: Shape

    def forward(self, tangent: Array) -> Array:
        return tangent.reshape(self.shape_out)

    def backward(self, upstream: Array) -> Array:
        return upstream.reshape(self.shape_in)

    @property
    def words(self) -> str:
        """``reshape to (4, 3)``."""
        return f"reshape to {self.shape_in}"

    def numpy(self, upstream: str) -> str:
        """``dy.reshape((4, 3))``."""
        return f"{bracketed(upstream)}.reshape({self.shape_in})"


@dataclass(frozen=True)
class Transpose:
    """Swap the axes back; the numbers do not change."""

    axes: tuple[int, ...]

    def forward(self, tangent: Array) -> Array:
        return np.transpose(tangent, self.axes)

    def backward(self, upstream: Array) -> Array:
        return np.transpose(upstream, self._inverse())

    def _inverse(self) -> tuple[int, ...]:
        return tuple(sorted(range(len(self.axes)), key=self.axes.__getitem__))

    @property
    def words(self) -> str:
        """``transpose back``."""
        return "transpose back"

    def numpy(self, upstream: str) -> str:
        """``dy.T``, or ``np.transpose(dy, (1, 2, 0))``."""
        if self.axes == (1, 0):
            return f"{bracketed(upstream)}.T"
        return f"np.transpose({upstream}, {self._inverse()})"


@dataclass(frozen=True, eq=False)
class Take:
    """Put the upstream at the places that were taken; everywhere else the gradient is zero.

    A place that was taken twice receives twice, so contributions are added and not written over.
    ``key`` is any index that NumPy accepts in square brackets.
    """

    shape_in: Shape
    key: Any

    def forward(self, tangent: Array) -> Array:
        return np.asarray(tangent[self.key])

    def backward(self, upstream: Array) -> Array:
        """Return zeros with the upstream added at the taken places."""
        gradient = np.zeros(self.shape_in, dtype=upstream.dtype)
        np.add.at(gradient, self.key, upstream)
        return gradient

    @property
    def words(self) -> str:
        """``put back in place, zeros elsewhere``."""
        return "put back in place, zeros elsewhere"

    def numpy(self, upstream: str) -> str:
        """``put(dy, (4, 3), (0,))``, where put is ``np.add.at`` on zeros."""
        return f"put({upstream}, {self.shape_in}, {key_in_code(self.key)})"


@dataclass(frozen=True)
class Cut:
    """Cut the input's own stretch out of the upstream of a concatenation."""

    axis: int
    start: int
    stop: int
    total: int

    @property
    def key(self) -> tuple[slice, ...]:
        """The index of the stretch."""
        return (*(slice(None),) * self.axis, slice(self.start, self.stop))

    def forward(self, tangent: Array) -> Array:
        """Return zeros with the tangent at its stretch."""
        shape = (*tangent.shape[: self.axis], self.total, *tangent.shape[self.axis + 1 :])
        whole = np.zeros(shape, dtype=tangent.dtype)
        whole[self.key] = tangent
        return whole

    def backward(self, upstream: Array) -> Array:
        """Return the stretch of the upstream."""
        return upstream[self.key]

    @property
    def words(self) -> str:
        """``cut out 0:4 of axis 0``."""
        return f"cut out {self.start}:{self.stop} of axis {self.axis}"

    def numpy(self, upstream: str) -> str:
        """``dy[0:4]``."""
        return f"{bracketed(upstream)}[{':, ' * self.axis}{self.start}:{self.stop}]"


@dataclass(frozen=True)
class Chain:
    """Several maps in a row, in the order in which the backward pass applies them."""

    maps: tuple[LinearMap, ...]

    def forward(self, tangent: Array) -> Array:
        """Apply every map's forward, last map first."""
        return reduce(lambda value, link: link.forward(value), reversed(self.maps), tangent)

    def backward(self, upstream: Array) -> Array:
        """Apply every map's backward, first map first."""
        for link in self.maps:
            upstream = link.backward(upstream)
        return upstream

    @property
    def words(self) -> str:
        """``* xhat, sum over axis 0``."""
        return ", ".join(link.words for link in self.maps if link.words)

    def numpy(self, upstream: str) -> str:
        """Return the links' lines, each around the one before."""
        return reduce(lambda text, link: link.numpy(text), self.maps, upstream)


def links(local: LinearMap) -> tuple[LinearMap, ...]:
    """Return the plain maps that ``local`` consists of, in backward order, without those that do nothing."""
    if isinstance(local, Chain):
        return tuple(link for part in local.maps for link in links(part))
    return () if isinstance(local, PassOn) else (local,)


def named(local: LinearMap, names: Mapping[str, str]) -> LinearMap:
    """Return the same map with the placeholders of its formulas filled in."""
    if isinstance(local, Chain):
        return Chain(tuple(named(link, names) for link in local.maps))
    if is_dataclass(local) and hasattr(local, "formula"):
        return replace(local, formula=local.formula.format_map(names))
    return local


def chain(*maps: LinearMap) -> LinearMap:
    """Join maps in backward order into one; the identity drops out."""
    kept = tuple(link for part in maps for link in links(part))
    if not kept:
        return PassOn()
    return kept[0] if len(kept) == 1 else Chain(kept)


def jacobian(local: LinearMap, shape_in: Shape, shape_out: Shape) -> Array:
    """Return the dense Jacobian, shape (output size, input size); for tiny shapes only.

    Both sides are flattened in C order. Column j is the map applied to the j-th unit vector.
    """
    size_in, size_out = int(np.prod(shape_in)), int(np.prod(shape_out))
    columns = np.empty((size_out, size_in))
    for j, unit in enumerate(np.eye(size_in)):
        columns[:, j] = local.forward(unit.reshape(shape_in)).reshape(size_out)
    return columns
