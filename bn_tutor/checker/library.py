"""What the values of a learner's lines can be: every right quantity of the layer, in the shapes people use.

Names tell nothing of a learner's variables, values nearly all: of the arrays in right code 98 in 100 equal a
forward value, a gradient or a contribution of the lesson's graph on random data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bn_tutor.checker.reference import Reference
from bn_tutor.course.evaluation import environment, evaluate
from bn_tutor.course.loading import names_of
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.replay import replay
from bn_tutor.engine.shapes import Shape

# Two numbers that agree so well are the same quantity; inputs are random.
CLOSE = 1e-7
# Quantities that closed forms compute on their way, in the terms of the nine nodes.
_CLOSED = (
    "N_ * dxhat", "sum(dxhat, axis={axis})", "sum(dxhat * xhat, axis={axis})",
    "xhat * sum(dxhat * xhat, axis={axis})",
    "mean(dxhat, axis={axis})", "mean(dxhat * xhat, axis={axis})", "xhat * mean(dxhat * xhat, axis={axis})",
    "dxhat - mean(dxhat, axis={axis})", "dxhat * xmu", "dxhat * xhat", "sum(dxhat * xmu, axis={axis})",
    "N_ * dxhat - sum(dxhat, axis={axis})",
    "dxhat - mean(dxhat, axis={axis}) - xhat * mean(dxhat * xhat, axis={axis})",
    "N_ * dxhat - sum(dxhat, axis={axis}) - xhat * sum(dxhat * xhat, axis={axis})",
    "gamma * ivar", "gamma * ivar / N_", "ivar / N_", "ivar ** 2", "ivar ** 3", "dout * xhat", "var + eps",
    "dout * gamma * ivar", "dxhat * ivar", "sum(dxhat * ivar, axis={axis})",
    "-sum(dxhat * ivar, axis={axis})",
    "mean(dxhat * ivar, axis={axis})", "xmu * ivar ** 2", "xmu / N_", "2 * xmu", "2 * xmu / N_",
    "dout - mean(dout, axis={axis})", "mean(dout, axis={axis})", "mean(dout * xhat, axis={axis})",
    "dxhat * xmu * ivar ** 3", "sum(dxhat * xmu, axis={axis}) * ivar ** 3", "-0.5 * ivar ** 3",
    "-1 * ivar ** 2",
    "-0.5 * dxhat * xmu * ivar ** 3", "sum(xmu, axis={axis})", "sum(x, axis={axis})", "sum(sq, axis={axis})",
    "dvar * 2 * xmu", "dvar * 2 / N_", "dvar * xmu", "0.5 * ivar", "-1 / (var + eps)",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Quantity:
    """One right value; ``rank`` is lower for what a lesson's node is called by."""

    name: str
    value: Array
    rank: int


@dataclass(frozen=True, eq=False)
class Library:
    """The right values of one batch."""

    reference: Reference

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every quantity once, those with a node's name first."""
        found: dict[int, list[Array]] = {}
        distinct = []
        for name, value, rank in self._all():
            if not value.size or not np.all(np.isfinite(value)):
                continue
            same_size = found.setdefault(value.size, [])
            if not any(is_close(value, each) for each in same_size):
                same_size.append(value)
                distinct.append(Quantity(name, value, rank))
        return tuple(distinct)

    def _all(self) -> Iterator[tuple[str, Array, int]]:
        values = self.reference.values
        yield from ((name, value, 0) for name, value in values.items())
        yield from ((name, value, 1) for name, value in self._closed())
        operations = self.reference.operations
        inner = environment(operations, replay(operations, self.reference.upstream))
        yield from ((name, value, 2) for name, value in inner.items() if name not in values)

    def _closed(self) -> Iterator[tuple[str, Array]]:
        """Yield what closed forms compute, where the lesson has the nodes that they speak of."""
        values = dict(self.reference.values)
        if not {"mu", "xmu", "xhat"} <= values.keys():
            return
        axis = self._axes
        values["N_"] = np.asarray(float(values["xmu"].size / values["mu"].size))
        if values["gamma"].ndim < values["xhat"].ndim - 1:
            values["gamma"] = np.reshape(values["gamma"], _spread(values["gamma"], values["xhat"]))
        for formula in _CLOSED:
            text = formula.format(axis=axis)
            try:
                value = evaluate(text, values, names_of(self.reference.lesson, self.reference.sizes))
            except SlipError:
                continue
            yield text.replace("N_", "N"), value

    @property
    def _axes(self) -> str:
        """The axes of the mean, as a formula has them."""
        node = next(node for node in self.reference.operations.graph.nodes if node.name == "mu")
        axis, keep = node.parameters.get("axis"), node.parameters.get("keepdims", False)
        return f"{axis}, keepdims={'true' if keep else 'false'}"

    @cached_property
    def _by_size(self) -> Mapping[int, "_Table"]:
        lots: dict[int, list[Quantity]] = {}
        for each in self.quantities:
            lots.setdefault(each.value.size, []).append(each)
        return {size: _table([(each.name, each.value) for each in lot]) for size, lot in lots.items()}

    @cached_property
    def _slices(self) -> Mapping[int, "_Table"]:
        """What a loop sees at its first turn: the first row, column, channel or number of a quantity."""
        lots: dict[int, list[tuple[str, Array]]] = {}
        for each in self.quantities:
            value = np.squeeze(each.value)
            firsts = (
                [value[0], value[:, 0], value[0, 0]] if value.ndim > 1 else [value[0]] if value.ndim else []
            )
            for first in firsts:
                lots.setdefault(np.size(first), []).append((each.name, np.asarray(first)))
        return {size: _table(lot) for size, lot in lots.items()}

    def name_of(self, value: Array, *, in_loop: bool = False) -> str:
        """Return which quantity a value is, whatever its layout; empty where it is none.

        In a loop it may be the first part of one.
        """
        tables = [self._by_size, self._slices] if in_loop else [self._by_size]
        found = (tables_of[value.size].name_of(value) for tables_of in tables if value.size in tables_of)
        return next(filter(None, found), "")

    def layouts(self, quantity: Quantity) -> Iterator[Array]:
        """Yield a quantity in the shapes that people give it: without ones, transposed, channels last."""
        value = quantity.value
        bare = np.squeeze(value)
        yield value
        yield bare
        if bare.ndim == 1:
            yield bare[np.newaxis, :]
            yield bare[:, np.newaxis]
        if bare.ndim == 2:
            yield bare.T
        if value.ndim == 4:
            yield np.moveaxis(value, 1, -1)
            yield np.moveaxis(value, 1, -1).reshape(-1, value.shape[1])
            yield np.moveaxis(value, 1, 0).reshape(value.shape[1], -1)
        if bare.ndim in (1, 2) and value.size and (whole := self._whole) and bare.shape in ((whole[-1],),):
            yield np.broadcast_to(bare, whole)

    @property
    def _whole(self) -> Shape:
        """The shape of the output, where it is a matrix."""
        shape = self.reference.operations.output.shape
        return shape if len(shape) == 2 else ()


@dataclass(frozen=True, eq=False)
class _Table:
    """Quantities of one size, sorted by value, so that one is found whatever its layout."""

    names: Sequence[str]
    values: Array
    scales: Array

    def name_of(self, value: Array) -> str:
        """Return the first whose numbers these are; random numbers agree by no chance."""
        with np.errstate(all="ignore"):
            far = np.max(np.abs(self.values - np.sort(value, axis=None)), axis=1, initial=0.0)
        near = np.flatnonzero(far <= CLOSE * self.scales)
        return self.names[near[0]] if near.size else ""


def _table(lot: Sequence[tuple[str, Array]]) -> _Table:
    values = np.array([np.sort(value, axis=None) for _, value in lot])
    scales = np.max(np.abs(values), axis=1, initial=0.0)
    return _Table([name for name, _ in lot], values, np.maximum(scales, 1e-12))


def _spread(gamma: Array, like: Array) -> tuple[int, ...]:
    """Return gamma's shape with ones, so that it is multiplied along the second axis."""
    return tuple(gamma.size if axis == 1 else 1 for axis in range(like.ndim))


def is_close(one: Array, other: Array) -> bool:
    """Whether two arrays hold the same numbers, in any layout."""
    return one.size == other.size and bool(_table([("same", other)]).name_of(one))
