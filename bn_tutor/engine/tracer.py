"""The array that remembers, and the notebook it writes into."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.operation import CONSTANT, LITERAL, Operation
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.shapes import reduced_axes
from bn_tutor.engine.truth import Truth


class TraceError(ValueError):
    """A function that cannot be recorded; ``line`` is its line in the source file, where it is known."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


@dataclass(frozen=True, eq=False)
class Entry:
    """One operation that was seen, with its value; ``inputs`` are places in the notebook."""

    operation: Operation
    inputs: tuple[int, ...]
    parameters: Mapping[str, Any]
    value: Array
    line: int | None


@dataclass
class Notebook:
    """What has been recorded so far. Only tracing writes here, and nobody sees it afterwards."""

    entries: list[Entry] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    line: int | None = None

    def source(self, name: str, operation: Operation, value: Array) -> "Tracer":
        """Write down an input or a constant."""
        tracer = self._written(Entry(operation, (), {}, value, None))
        self.names[tracer.key] = self.free_name(name if name.isidentifier() else f"value_{len(self.entries)}")
        return tracer

    def free_name(self, name: str) -> str:
        """Return the name, or name_2, name_3 … where it is taken."""
        taken = set(self.names.values())
        if name not in taken:
            return name
        return next(each for count in range(2, len(taken) + 3) if (each := f"{name}_{count}") not in taken)

    def apply(self, name: str, *operands: Any, **parameters: Any) -> "Tracer":
        """Run an operation of the table and write it down; plain numbers and arrays become literals."""
        operation = OPERATIONS[name]
        tracers = [self.lifted(operand) for operand in operands]
        try:
            operation.shape(*(tracer.shape for tracer in tracers), **parameters)
        except ValueError as error:
            raise TraceError(str(error), self.line) from None
        value = np.asarray(operation.forward(*(tracer.value for tracer in tracers), **parameters))
        keys = tuple(tracer.key for tracer in tracers)
        return self._written(Entry(operation, keys, parameters, value, self.line))

    def lifted(self, operand: Any) -> "Tracer":
        """Return the operand as a Tracer; a number that was met before is met again."""
        operand = operand.node if isinstance(operand, Truth) else operand
        if isinstance(operand, Tracer):
            return operand
        value = np.asarray(operand)
        if value.dtype.kind not in "fiub":
            raise TraceError(f"{type(operand).__name__} is not an array of numbers", self.line)
        text = "" if value.shape else repr(value.item())
        if text in self.numbers:
            return Tracer(self, self.numbers[text])
        tracer = self._written(Entry(LITERAL, (), {"value": value}, value, self.line))
        self.names[tracer.key] = text or self.free_name(f"array_{tracer.key}")
        if text:
            self.numbers[text] = tracer.key
        return tracer

    def _written(self, entry: Entry) -> "Tracer":
        self.entries.append(entry)
        return Tracer(self, len(self.entries) - 1)

    def refuse(self, reason: str) -> TraceError:
        """Make the error for what cannot be recorded, at the line that is being run."""
        return TraceError(reason, self.line)


# The mixin is NumPy's own way to give a class the operators; it has no state.
class Tracer(NDArrayOperatorsMixin):
    """An array that remembers how it was made."""

    def __init__(self, notebook: Notebook, key: int) -> None:
        self.notebook = notebook
        self.key = key

    @property
    def value(self) -> Array:
        return self.notebook.entries[self.key].value

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    @property
    def size(self) -> int:
        return self.value.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.value.dtype

    @property
    def T(self) -> "Tracer":  # noqa: N802 - NumPy's name
        return self.notebook.apply("transpose", self)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator["Tracer"]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, key: Any) -> "Tracer":
        return self.notebook.apply("take", self, key=_plain(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        raise self.notebook.refuse("a write into an array cannot be recorded: build a new array instead")

    def __float__(self) -> float:
        return float(self._constant("float()"))

    def __int__(self) -> int:
        return int(self._constant("int()"))

    def __bool__(self) -> bool:
        # A branch is recorded as it ran; its condition carries no gradient.
        return bool(self.value)

    def __array__(self, *_: Any, **__: Any) -> Array:
        return self._constant("a plain array")

    def _constant(self, wanted: str) -> Array:
        if self.notebook.entries[self.key].operation in (CONSTANT, LITERAL):
            return self.value
        raise self.notebook.refuse(f"the value is turned into {wanted}: its gradient would be lost")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **keywords: Any) -> Any:
        out = keywords.pop("out", None)
        if method != "__call__" or keywords:
            raise self.notebook.refuse(f"np.{ufunc.__name__}.{method} with {list(keywords)} is not recorded")
        result = _ufunc(self.notebook, ufunc, operands)
        if out is None:
            return result
        if len(out) != 1 or not isinstance(out[0], Tracer):
            raise self.notebook.refuse("the result is written into a plain array: its gradient would be lost")
        return out[0]._rebound(result)

    def _rebound(self, result: "Tracer") -> "Tracer":
        """Augmented assignment: the same Python object now stands for the new node."""
        entry = self.notebook.entries[self.key]
        if any(np.may_share_memory(self.value, self.notebook.entries[key].value) for key in entry.inputs):
            raise self.notebook.refuse("a write into a view would change another array too: build a new one")
        if result.shape != self.shape:
            raise self.notebook.refuse(f"a result of shape {result.shape} does not fit into {self.shape}")
        self.key = result.key
        return self

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        if function in _ON_VALUES:
            return function(*map(_plain, arguments), **{key: _plain(each) for key, each in keywords.items()})
        method = _FUNCTIONS.get(function)
        if method is None:
            raise self.notebook.refuse(f"np.{function.__name__} is not an operation that can be recorded")
        first = arguments[0] if arguments else self
        if not isinstance(first, Tracer) and method not in _WITHOUT_SELF:
            first = self.notebook.lifted(first)
        return method(first, *arguments[1:], **keywords)

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        return self.notebook.apply("sum", self, **_reduction(axis, keepdims))

    def mean(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        return self.notebook.apply("mean", self, **_reduction(axis, keepdims))

    def max(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        return self.notebook.apply("max", self, **_reduction(axis, keepdims))

    def min(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        return -(-self).max(axis, keepdims)

    def var(self, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> "Tracer":
        axis = _as_axis(axis)
        count = prod(self.shape[each] for each in reduced_axes(self.shape, axis))
        squares = (self - self.mean(axis, keepdims=True)) ** 2
        if ddof == 0:
            return squares.mean(axis, keepdims)
        return squares.sum(axis, keepdims) / (count - ddof)

    def std(self, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> "Tracer":
        return self.notebook.apply("sqrt", self.var(axis, ddof, keepdims))

    def reshape(self, *shape: Any) -> "Tracer":
        wanted = shape[0] if len(shape) == 1 else shape
        return self.notebook.apply("reshape", self, shape=_plain(wanted))

    def ravel(self) -> "Tracer":
        return self.reshape(-1)

    def flatten(self) -> "Tracer":
        flat = self.ravel()
        # Always a copy, as in NumPy: what is written into it must not reach the original.
        entry = self.notebook.entries[flat.key]
        self.notebook.entries[flat.key] = replace(entry, value=entry.value.copy())
        return flat

    def squeeze(self, axis: Any = None) -> "Tracer":
        return self.reshape(np.squeeze(self.value, axis).shape)

    def transpose(self, *axes: Any) -> "Tracer":
        order = axes[0] if len(axes) == 1 else axes or None
        return self.notebook.apply("transpose", self, **({} if order is None else {"axes": tuple(order)}))

    def swapaxes(self, first: int, second: int) -> "Tracer":
        order = list(range(self.ndim))
        order[first], order[second] = order[second], order[first]
        return self.transpose(order)

    def dot(self, other: Any) -> "Tracer":
        if self.ndim > 2 or np.ndim(_plain(other)) > 2:
            raise self.notebook.refuse("np.dot of more than two dimensions is not recorded: use @")
        return self @ other if self.ndim and np.ndim(_plain(other)) else self * other

    def clip(self, *bounds: Any, **named: Any) -> "Tracer":
        ends = [*bounds, *(named.get(f"a_{end}", named.get(end)) for end in ("min", "max")[len(bounds) :])]
        low = -np.inf if ends[0] is None else float(ends[0])
        high = np.inf if ends[1] is None else float(ends[1])
        return self.notebook.apply("clip", self, low=low, high=high)

    def copy(self) -> "Tracer":
        return Tracer(self.notebook, self.key)

    def astype(self, dtype: Any, **_: Any) -> "Tracer":
        if not np.issubdtype(dtype, np.floating):
            raise self.notebook.refuse(f"astype({dtype}) would lose the gradient")
        return self.copy()


def _reduction(axis: Any, keepdims: bool) -> dict[str, Any]:
    return {"axis": _as_axis(axis)} | ({"keepdims": True} if keepdims else {})


def _as_axis(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _plain(value: Any) -> Any:
    """Return the value with every Tracer in it replaced by its array."""
    if isinstance(value, Tracer | Truth):
        return value.value
    if isinstance(value, tuple | list):
        return tuple(_plain(each) for each in value) if isinstance(value, tuple) else list(map(_plain, value))
    return value


def _ufunc(notebook: Notebook, ufunc: np.ufunc, operands: tuple[Any, ...]) -> Any:
    if ufunc in _COMPARISONS:
        return Truth(np.asarray(ufunc(*map(_plain, operands))), notebook.apply(ufunc.__name__, *operands))
    if ufunc in _TESTS:
        return ufunc(*map(_plain, operands))
    if ufunc is np.power:
        return _power(notebook, *operands)
    if ufunc is np.matmul:
        return _matmul(notebook, *map(notebook.lifted, operands))
    if ufunc is np.divide and isinstance(operands[0], int | float) and operands[0] == 1:
        return notebook.apply("reciprocal", operands[1])
    if ufunc is np.positive:
        return notebook.lifted(operands[0]).copy()
    name = _UFUNCS.get(ufunc)
    if name is None:
        raise notebook.refuse(f"np.{ufunc.__name__} is not an operation that can be recorded")
    return notebook.apply(name, *operands)


def _power(notebook: Notebook, base: Any, exponent: Any) -> Tracer:
    if isinstance(exponent, Tracer):
        exponent = float(exponent)
    if np.ndim(exponent):
        raise notebook.refuse("an exponent must be one number")
    number = exponent.item() if isinstance(exponent, np.generic | np.ndarray) else exponent
    if number == 2:
        return notebook.apply("square", base)
    return notebook.apply("power", base, exponent=number)


def _matmul(notebook: Notebook, left: Tracer, right: Tracer) -> Tracer:
    """Matrices as they are; a vector becomes one row or one column, which is dropped again afterwards."""
    row, column = left.ndim == 1, right.ndim == 1
    a = left.reshape((1, left.size)) if row else left
    b = right.reshape((right.size, 1)) if column else right
    product = notebook.apply("matmul", a, b)
    if not row and not column:
        return product
    shape = list(product.shape)
    if column:
        del shape[-1]
    if row:
        del shape[-1 if column else -2]
    return product.reshape(tuple(shape))


def _where(condition: Any, a: Any, b: Any) -> Tracer:
    notebook = next(each.notebook for each in (condition, a, b) if isinstance(each, Tracer))
    return notebook.apply("where", condition, a, b)


def _concatenate(parts: Any, axis: int = 0) -> Tracer:
    notebook = next(each.notebook for each in parts if isinstance(each, Tracer))
    return notebook.apply("concatenate", *parts, axis=axis)


def _stack(parts: Any, axis: int = 0) -> Tracer:
    return _concatenate([_expand(each, axis) for each in parts], axis)


def _expand(array: Any, axis: Any) -> Any:
    if not isinstance(array, Tracer):
        return np.expand_dims(array, axis)
    return array.reshape(np.expand_dims(array.value, axis).shape)


def _transpose(array: Tracer, axes: Any = None) -> Tracer:
    return array.transpose(*(() if axes is None else axes))


def _broadcast_to(array: Tracer, shape: Any) -> Tracer:
    return array.notebook.apply("broadcast_to", array, shape=shape)


_COMPARISONS = frozenset({np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal})
_TESTS = frozenset({np.isnan, np.isfinite})
_SAME_NAME = (
    *("add", "subtract", "multiply", "divide", "negative", "square", "sqrt", "reciprocal"),
    *("exp", "log", "tanh", "maximum", "minimum"),
)
_UFUNCS: Mapping[np.ufunc, str] = {np.absolute: "abs", **{getattr(np, name): name for name in _SAME_NAME}}
# Functions that only look at a shape or a value, and pass no gradient.
_ON_VALUES = frozenset(
    {
        np.shape,
        np.ndim,
        np.size,
        np.zeros_like,
        np.ones_like,
        np.full_like,
        np.empty_like,
        np.argmax,
        np.argmin,
    }
)
_WITHOUT_SELF: frozenset[Any] = frozenset({_where, _concatenate, _stack})
_FUNCTIONS: Mapping[Any, Callable[..., Any]] = {
    np.sum: Tracer.sum,
    np.mean: Tracer.mean,
    np.max: Tracer.max,
    np.amax: Tracer.max,
    np.min: Tracer.min,
    np.amin: Tracer.min,
    np.var: Tracer.var,
    np.std: Tracer.std,
    np.reshape: Tracer.reshape,
    np.ravel: Tracer.ravel,
    np.squeeze: Tracer.squeeze,
    np.transpose: _transpose,
    np.swapaxes: Tracer.swapaxes,
    np.dot: Tracer.dot,
    np.clip: Tracer.clip,
    np.copy: Tracer.copy,
    np.where: _where,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.expand_dims: _expand,
    np.broadcast_to: _broadcast_to,
}
