"""What the values of a learner's lines can be: every right quantity of the layer, in the shapes people use.

Names tell nothing of a learner's variables, values nearly all: of the arrays in right code 98 in 100 equal a
forward value, a gradient or a contribution of the lesson's graph on random data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bn_tutor.checker.reference import Reference
from bn_tutor.course.evaluation import environment, evaluate
from bn_tutor.course.loading import names_of
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Node
from bn_tutor.engine.replay import replay
from bn_tutor.engine.shapes import Shape

# Two numbers that agree so well are the same quantity; inputs are random.
CLOSE = 1e-7
# What stands beside its grouped form, which has a g after its name.
_GROUPED = ("x", "xhat", "dxhat", "dx")
# What is so small is what rounding leaves of a sum that is 0.
NOTHING = 1e-12
# Float32 has seven digits, and sums lose some.
CLOSE_FLOAT32 = 1e-4
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
    "dvar * 2 * xmu", "dvar * 2 / N_", "dvar / N_", "dvar * xmu", "0.5 * ivar", "-1 / (var + eps)",
    # The output as a slope and a shift.
    "mu * gamma * ivar", "beta - mu * gamma * ivar", "dout * x", "sum(dout * x, axis={axis})",
    # Statistics by their moments.
    "x * x", "mean(x * x, axis={axis})", "sum(x * x, axis={axis})", "mu * mu", "2 * mu * dvar",
    "-sum(dxhat, axis={axis}) * ivar - 2 * mu * dvar", "2 * x * dvar / N_", "2 * x * dvar", "x * dvar",
    "dxhat * ivar + 2 * x * dvar / N_", "(-sum(dxhat, axis={axis}) * ivar - 2 * mu * dvar) / N_",
    # Closed forms before gamma is multiplied in, and with the parts of a mean taken one after the other.
    "N_ * dout", "N_ * dout - sum(dout, axis={axis})", "xhat * dgamma", "xhat * dgamma / N_", "dgamma / N_",
    "N_ * dout - dbeta - xhat * dgamma", "dout - (dbeta + xhat * dgamma) / N_", "dbeta + xhat * dgamma",
    "(dbeta + xhat * dgamma) / N_", "xhat * mean(dxhat * xhat, axis={axis}) * ivar",
    "dxhat - xhat * mean(dxhat * xhat, axis={axis})", "-sum(dxhat * ivar, axis={axis}) / N_",
    "sum(dxhat, axis={axis}) * ivar / N_", "sum(dxhat * xmu, axis={axis}) * ivar ** 2", "dout * xmu",
    "sum(dout * xmu, axis={axis})", "dxhat / (var + eps)", "xmu * ivar ** 3",
    "xmu * ivar ** 3 * sum(dxhat * xmu, axis={axis}) / N_", "mean(dxhat * xmu, axis={axis})",
    "xmu * mean(dxhat * xmu, axis={axis})", "xmu * mean(dxhat * xmu, axis={axis}) * ivar ** 2",
    # Running averages.
    "momentum * running_mean", "(1 - momentum) * mu", "momentum * running_mean + (1 - momentum) * mu",
    "momentum * running_var", "(1 - momentum) * var", "momentum * running_var + (1 - momentum) * var",
    "mu - running_mean", "var - running_var", "(1 - momentum) * (mu - running_mean)",
    "(1 - momentum) * (var - running_var)", "sqrt(running_var + eps)", "1 / sqrt(running_var + eps)",
    "running_var + eps", "gamma / sqrt(running_var + eps)", "x - running_mean",
    "(x - running_mean) / sqrt(running_var + eps)", "beta - running_mean * gamma / sqrt(running_var + eps)",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Quantity:
    """One right value; ``rank`` is lower for what a lesson's node is called by."""

    name: str
    value: Array
    rank: int


@dataclass(frozen=True, eq=False)
class Library:
    """The right values of one batch; without a lesson's ``reference`` only what is given.

    ``further`` holds runs of other lessons on it, as that on running averages; ``given`` what the functions
    are given beside the lesson's inputs.
    """

    reference: Reference | None
    further: Sequence[Reference] = ()
    given: Mapping[str, Array] = field(default_factory=dict)
    # How well numbers agree that are the same quantity, relative to the largest.
    close: float = CLOSE

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every quantity once, those with a node's name first."""
        lots: dict[int, list[Quantity]] = {}
        for name, value, rank in self._all():
            if value.size and np.all(np.isfinite(value)) and np.max(np.abs(value)) >= NOTHING:
                lots.setdefault(value.size, []).append(Quantity(name, value, rank))
        return tuple(each for lot in lots.values() for each in _distinct(lot))

    def _all(self) -> Iterator[tuple[str, Array, int]]:
        if self.reference is None:
            yield from ((name, value, 0) for name, value in self.given.items())
            return
        values = self.reference.values
        for reference in (self.reference, *self.further):
            yield from ((name, value, 0) for name, value in reference.values.items())
        yield from ((name, value, 1) for name, value in self.given.items())
        yield from ((name, value, 1) for name, value in (*self._closed(), *self._matrices()))
        operations = self.reference.operations
        inner = environment(operations, replay(operations, self.reference.upstream))
        yield from ((name, value, 2) for name, value in inner.items() if name not in values)

    def _closed(self) -> Iterator[tuple[str, Array]]:
        """Yield what closed forms compute, where the lesson has the nodes that they speak of."""
        training = self._training
        if training is None:
            return
        values = {**self.given, **training.values}
        # Where channels stand in groups, the statistics are those of the grouped values.
        values |= {name: values[f"{name}g"] for name in _GROUPED if f"{name}g" in values}
        axis = self._axes
        values["N_"] = np.asarray(float(values["xmu"].size / values["mu"].size))
        if values["xhat"].ndim > 2:  # what each channel has is multiplied along the second axis
            values |= {
                name: np.reshape(each, _spread(each, values["xhat"]))
                for name, each in values.items()
                if each.ndim == 1 and each.size == values["xhat"].shape[1]
            }
        for formula in _CLOSED:
            text = formula.format(axis=axis)
            try:
                value = evaluate(text, values, names_of(training.lesson, training.sizes))
            except SlipError:
                continue
            yield text.replace("N_", "N"), value

    def _matrices(self) -> Iterator[tuple[str, Array]]:
        """Yield the matrices that people write the layer with: that of the mean, a feature's Jacobian."""
        values = self._training.values if self._training else {}
        if len(self._input_shape) != 2 or values["mu"].shape != self._input_shape[1:]:
            return
        count = len(values["xmu"])
        centering = np.eye(count) - 1 / count
        first = values["xhat"][:, 0]
        jacobian = centering - np.outer(first, first) / count
        yield "I - 1/N", centering
        yield "(I - 1/N) * ivar", centering * values["ivar"][0]
        yield "xhat xhat' / N", np.outer(first, first) / count
        yield "xhat xhat' * ivar / N", np.outer(first, first) / count * values["ivar"][0]
        yield "the Jacobian of a feature's xhat, without ivar", jacobian
        yield "the Jacobian of a feature's xhat", jacobian * values["ivar"][0]

    @property
    def _axes(self) -> str:
        """The axes of the mean, as a formula has them."""
        axis, keep = self._mean.parameters.get("axis"), self._mean.parameters.get("keepdims", False)
        return f"{axis}, keepdims={'true' if keep else 'false'}"

    @property
    def _mean(self) -> Node:
        assert self._training is not None
        return next(node for node in self._training.operations.graph.nodes if node.name == "mu")

    @cached_property
    def _by_size(self) -> Mapping[int, "_Table"]:
        lots: dict[int, list[Quantity]] = {}
        for each in self.quantities:
            lots.setdefault(each.value.size, []).append(each)
        return {
            size: _table([(each.name, each.value) for each in lot], self.close) for size, lot in lots.items()
        }

    @cached_property
    def _slices(self) -> Mapping[int, "_Table"]:
        """What a loop sees at its first turn: the first row, column, channel or number of a quantity."""
        lots: dict[int, list[tuple[str, Array]]] = {}
        for name, whole, _ in self._all():  # in each of its layouts: channels may stand in groups
            value = np.squeeze(whole)
            firsts = (
                [value[0], value[:, 0], value[0, 0]] if value.ndim > 1 else [value[0]] if value.ndim else []
            )
            for first in firsts:
                lots.setdefault(np.size(first), []).append((name, np.asarray(first)))
        return {size: _table(lot, self.close) for size, lot in lots.items()}

    def name_of(self, value: Array, *, in_loop: bool = False) -> str:
        """Return which quantity a value is, whatever its layout; empty where it is none.

        In a loop it may be the first part of one. What was repeated, or put on a diagonal, counts once; of
        images whose channels were mixed up nothing is left.
        """
        key = (value.shape, value.tobytes(), in_loop)
        if key not in self._named:
            self._named[key] = self._name_of(value, in_loop)
        return self._named[key]

    @cached_property
    def _named(self) -> dict[tuple[Shape, bytes, bool], str]:
        """The values that were looked up before: most are seen again in the next experiment."""
        return {}

    def _name_of(self, value: Array, in_loop: bool) -> str:
        for each in (value, *_condensed(value)):
            tables = [self._by_size, self._slices] if in_loop else [self._by_size]
            found = (tables_of[each.size].name_of(each) for tables_of in tables if each.size in tables_of)
            if name := next(filter(None, found), ""):
                return "" if self._is_mixed(name, each) else name
        return ""

    def names_of(self, values: Sequence[Array], *, in_loop: bool = False) -> list[str]:
        """Return which quantity each of many values is; empty for those that are none."""
        return [self.name_of(value, in_loop=in_loop) if value.size else "" for value in values]

    def _is_mixed(self, name: str, value: Array) -> bool:
        """Whether the numbers of a quantity stand in an order that mixes those of several means."""
        right = self._images.get(name)
        if right is None or value.size != right.size or value.ndim < 2:
            return False
        order = np.argsort(right, axis=None)
        if np.any(np.diff(right.ravel()[order]) == 0):
            return False  # of equal numbers nobody can say where they came from
        flat = np.empty(value.size, dtype=int)
        flat[np.argsort(value, axis=None)] = self._groups[order]
        group = flat.reshape(value.shape)
        within = [axis for axis in range(value.ndim) if np.all(np.diff(group, axis=axis) == 0)]
        # In each usual layout at least the pixels of a channel stay together.
        return int(np.prod([value.shape[axis] for axis in within])) < int(np.prod(self._input_shape[-2:]))

    @cached_property
    def _images(self) -> Mapping[str, Array]:
        """The quantities of the size of the input, where that has more than two axes."""
        shape = self._input_shape
        size = int(np.prod(shape))
        if len(shape) < 3:
            return {}
        return {each.name: each.value for each in self.quantities if each.value.size == size}

    @property
    def _input_shape(self) -> Shape:
        return self._training.values["xmu"].shape if self._training else ()

    @cached_property
    def _training(self) -> Reference | None:
        """The run of the lesson that normalizes by the statistics of the batch."""
        runs = (each for each in (self.reference, *self.further) if each is not None)
        return next((each for each in runs if {"mu", "xmu", "xhat"} <= each.values.keys()), None)

    @cached_property
    def _groups(self) -> Array:
        """For each number of the input, flat, of which mean it is a part."""
        shape = self._input_shape
        axes = {int(axis) % len(shape) for axis in np.atleast_1d(self._mean.parameters["axis"])}
        counts = [1 if axis in axes else length for axis, length in enumerate(shape)]
        return np.broadcast_to(np.arange(np.prod(counts)).reshape(counts), shape).ravel()

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
        shape = self.reference.operations.output.shape if self.reference else ()
        return shape if len(shape) == 2 else ()


@dataclass(frozen=True, eq=False)
class _Table:
    """Quantities of one size, sorted by value, so that one is found whatever its layout."""

    names: Sequence[str]
    values: Array
    # How far each may be off, absolutely.
    slack: Array

    def name_of(self, value: Array) -> str:
        """Return the first whose numbers these are; random numbers agree by no chance."""
        with np.errstate(all="ignore"):
            far = np.max(np.abs(self.values - np.sort(value, axis=None)), axis=1, initial=0.0)
        near = np.flatnonzero(far <= self.slack)
        return self.names[near[0]] if near.size else ""


def _distinct(lot: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield the quantities of one size that are not the same as one before them."""
    table = _table([(each.name, each.value) for each in lot])
    for at, each in enumerate(lot):
        far = np.max(np.abs(table.values[:at] - table.values[at]), axis=1, initial=0.0)
        if not np.any(far <= table.slack[:at]):
            yield each


def _table(lot: Sequence[tuple[str, Array]], close: float = CLOSE) -> _Table:
    values = np.array([np.sort(value, axis=None) for _, value in lot])
    scales = np.max(np.abs(values), axis=1, initial=0.0)
    return _Table([name for name, _ in lot], values, close * np.maximum(scales, 1e-12))


def _condensed(value: Array) -> Iterator[Array]:
    """Yield what an array holds once where it is repeated along an axis, or stands on a diagonal."""
    if value.ndim < 2 or not value.size:
        return
    for axis in range(value.ndim):
        if value.shape[axis] > 1 and np.all(np.diff(value, axis=axis) == 0):
            yield np.take(value, 0, axis=axis)
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        diagonal = np.diagonal(value)
        if np.array_equal(value, np.diag(diagonal)):
            yield diagonal


def _spread(gamma: Array, like: Array) -> tuple[int, ...]:
    """Return gamma's shape with ones, so that it is multiplied along the second axis."""
    return tuple(gamma.size if axis == 1 else 1 for axis in range(like.ndim))


def is_close(one: Array, other: Array) -> bool:
    """Whether two arrays hold the same numbers, in any layout."""
    return one.size == other.size and bool(_table([("same", other)]).name_of(one))
