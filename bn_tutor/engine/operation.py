"""What one row of the table of operations holds, and how most of its local gradients are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from bn_tutor.engine import shapes
from bn_tutor.engine.gradients import Array, Chain, LinearMap, PassOn, Scale, SumOver
from bn_tutor.engine.shapes import Shape

Parameters = Mapping[str, Any]
# (which input, the inputs' values, the output's value, the parameters) -> the local gradient
Local = Callable[[int, tuple[Array, ...], Array, Parameters], LinearMap]


@dataclass(frozen=True, eq=False)
class Operation:
    """One row of the table.

    ``formula`` writes the operation as NumPy does, with ``{a}``, ``{b}`` and so on for the inputs.
    ``locals`` has one entry an input; None means that the input receives no gradient; a single entry serves
    any number of inputs where ``variadic``. ``smooth`` allows proof by complex step; the others are
    piecewise linear, and central differences are exact for them but for rounding.
    """

    name: str
    formula: str
    forward: Callable[..., Any]
    shape: Callable[..., Shape]
    locals: tuple[Local | None, ...]
    parameters: tuple[str, ...] = ()
    smooth: bool = True
    variadic: bool = False
    # The gradient is declared and not derived (stop_gradient), so there is nothing to prove.
    declared: bool = False
    # The shapes of the arrays that are made on the way, where they may be larger than inputs and output.
    scratch: Callable[..., tuple[Shape, ...]] | None = None

    def local(self, index: int) -> Local | None:
        """Return the local gradient's maker for the input at ``index``."""
        return self.locals[0] if self.variadic else self.locals[index]


# One object a pair of shapes: what depends on shapes alone is not made anew at every step.
_sum_over = lru_cache(maxsize=1024)(SumOver)


def scaled(formula: str, compute: Callable[..., Any]) -> Local:
    """Make the local gradient of an elementwise operation: a factor, then a sum where it broadcast."""

    def local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
        scale = Scale(formula, compute, (*inputs, output), parameters)
        shape = inputs[index].shape
        return scale if shape == output.shape else Chain((scale, _sum_over(shape, output.shape)))

    return local


def passed_on(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient 1, followed by a sum where the input was broadcast."""
    shape = inputs[index].shape
    return PassOn() if shape == output.shape else _sum_over(shape, output.shape)


_MINUS = Scale("-1", float, (-1.0,))


@lru_cache(maxsize=1024)
def _minus_sum(shape_in: Shape, shape_out: Shape) -> Chain:
    return Chain((_sum_over(shape_in, shape_out), _MINUS))


def turned_round(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    """Make the local gradient -1; the sign turns after the sum, where the array is small."""
    shape = inputs[index].shape
    return _MINUS if shape == output.shape else _minus_sum(shape, output.shape)


def _given(value: Any) -> Any:
    return value


# What a graph starts from. They are no operations: they compute nothing and have no inputs.
_source = partial(Operation, forward=_given, shape=shapes.same, locals=())
INPUT = _source("input", "{out}")
CONSTANT = _source("constant", "{out}")
LITERAL = _source("literal", "{value}", parameters=("value",))
