"""The table of operations: one row an operation.

A row holds the forward computation, the shape it gives, and for each input the local gradient with its
formula. Everything else (replay, proof, tracing, the lesson language, the frames) reads this table, so a new
operation is one new row. The derivatives are the elementary ones of any calculus text; for the matrix product
see Giles 2008, "An extended collection of matrix derivative results", section 2.2.1.

Conventions where a derivative does not exist: ``abs`` and ``relu`` have 0 at 0; ``clip`` passes the gradient
at its bounds; ``maximum``, ``minimum``, ``max`` and ``max_pool2d`` share it equally among those that tie.
Comparisons are 1.0 where they hold and 0.0 elsewhere: their slope is 0 wherever there is one, so no gradient
passes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from bn_tutor.engine import reductions, shapes, windows
from bn_tutor.engine.gradients import Array, Cut, LinearMap, MatMul, Reshape, Take, Transpose
from bn_tutor.engine.operation import Operation, Parameters, passed_on, scaled, turned_round
from bn_tutor.engine.shapes import Shape

# --- shapes ---------------------------------------------------------------------------------------------


def _matmul_left(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    return MatMul(inputs[1], "{b}", True, inputs[0].shape, output.shape)


def _matmul_right(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    return MatMul(inputs[0], "{a}", False, inputs[1].shape, output.shape)


def _transpose(a: Array, axes: tuple[int, ...] | None = None) -> Array:
    return np.transpose(a, axes)


def _transpose_local(
    index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters
) -> LinearMap:
    return Transpose(shapes.transposed_axes(inputs[0].ndim, parameters.get("axes")))


def _reshape(a: Array, shape: int | Shape) -> Array:
    return np.reshape(a, shape)


def _reshape_local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    return Reshape(inputs[0].shape, output.shape)


def _broadcast_to(a: Array, shape: int | Shape) -> Array:
    return np.broadcast_to(a, shape)


def _concatenate(*parts: Array, axis: int = 0) -> Array:
    return np.concatenate(parts, axis=axis)


def _cut_local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    axis = shapes.positive_axis(parameters.get("axis", 0), output.ndim)
    start = sum(part.shape[axis] for part in inputs[:index])
    return Cut(axis, start, start + inputs[index].shape[axis], output.shape[axis])


def _take(a: Array, key: Any) -> Array:
    return np.asarray(a[key])


def _take_local(index: int, inputs: tuple[Array, ...], output: Array, parameters: Parameters) -> LinearMap:
    return Take(inputs[0].shape, parameters["key"])


# --- functions whose forward needs care -----------------------------------------------------------------


def _sigmoid(a: Array) -> Any:
    # By tanh, which cannot overflow and takes a complex step.
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def _relu(a: Array) -> Any:
    return np.maximum(a, 0)


def _clip(a: Array, low: float, high: float) -> Any:
    return np.clip(a, low, high)


def _power(a: Array, exponent: float) -> Any:
    return a**exponent


def _power_factor(a: Array, out: Array, exponent: float) -> Any:
    # x**0 is constant, at 0 too.
    return exponent * a ** (exponent - 1) if exponent else np.zeros_like(a)


def _where(condition: Array, a: Array, b: Array) -> Any:
    return np.where(condition, a, b)


def _shares(chosen: Array, other: Array) -> Array:
    return np.where(chosen == other, 0.5, (chosen > other).astype(float))


def _kept(a: Array) -> Any:
    return a


def _comparison(name: str, sign: str, holds: Callable[[Array, Array], Any]) -> Operation:
    def forward(a: Array, b: Array) -> Any:
        return np.asarray(holds(a, b), dtype=float)

    return Operation(
        name, f"{{a}} {sign} {{b}}", forward, shapes.elementwise, locals=(None, None), smooth=False
    )


ROWS: tuple[Operation, ...] = (
    Operation("add", "{a} + {b}", np.add, shapes.elementwise, (passed_on, passed_on)),
    Operation(
        "subtract",
        "{a} - {b}",
        np.subtract,
        shapes.elementwise,
        (passed_on, turned_round),
    ),
    Operation(
        "multiply",
        "{a} * {b}",
        np.multiply,
        shapes.elementwise,
        (scaled("{b}", lambda a, b, out: b), scaled("{a}", lambda a, b, out: a)),
    ),
    Operation(
        "divide",
        "{a} / {b}",
        np.divide,
        shapes.elementwise,
        (scaled("1 / {b}", lambda a, b, out: 1.0 / b), scaled("-{a} / {b}**2", lambda a, b, out: -out / b)),
    ),
    Operation("negative", "-{a}", np.negative, shapes.same, (turned_round,)),
    Operation(
        "power",
        "{a}**{exponent}",
        _power,
        shapes.same,
        (scaled("{exponent} * {a}**({exponent} - 1)", _power_factor),),
        parameters=("exponent",),
    ),
    Operation("square", "{a}**2", np.square, shapes.same, (scaled("2 * {a}", lambda a, out: 2.0 * a),)),
    Operation(
        "sqrt", "sqrt({a})", np.sqrt, shapes.same, (scaled("1 / (2 * {out})", lambda a, out: 0.5 / out),)
    ),
    Operation(
        "reciprocal",
        "1 / {a}",
        lambda a: 1.0 / a,
        shapes.same,
        (scaled("-1 / {a}**2", lambda a, out: -out * out),),
    ),
    Operation("exp", "exp({a})", np.exp, shapes.same, (scaled("{out}", lambda a, out: out),)),
    Operation("log", "log({a})", np.log, shapes.same, (scaled("1 / {a}", lambda a, out: 1.0 / a),)),
    Operation(
        "tanh", "tanh({a})", np.tanh, shapes.same, (scaled("1 - {out}**2", lambda a, out: 1.0 - out * out),)
    ),
    Operation(
        "sigmoid",
        "sigmoid({a})",
        _sigmoid,
        shapes.same,
        (scaled("{out} * (1 - {out})", lambda a, out: out * (1.0 - out)),),
    ),
    Operation(
        "relu",
        "relu({a})",
        _relu,
        shapes.same,
        (scaled("({a} > 0)", lambda a, out: (a > 0).astype(float)),),
        smooth=False,
    ),
    Operation(
        "maximum",
        "maximum({a}, {b})",
        np.maximum,
        shapes.elementwise,
        (
            scaled("({a} > {b})", lambda a, b, out: _shares(a, b)),
            scaled("({b} > {a})", lambda a, b, out: _shares(b, a)),
        ),
        smooth=False,
    ),
    Operation(
        "minimum",
        "minimum({a}, {b})",
        np.minimum,
        shapes.elementwise,
        (
            scaled("({a} < {b})", lambda a, b, out: _shares(b, a)),
            scaled("({b} < {a})", lambda a, b, out: _shares(a, b)),
        ),
        smooth=False,
    ),
    Operation(
        "abs",
        "abs({a})",
        np.abs,
        shapes.same,
        (scaled("sign({a})", lambda a, out: np.sign(a)),),
        smooth=False,
    ),
    Operation(
        "clip",
        "clip({a}, {low}, {high})",
        _clip,
        shapes.clipped,
        (
            scaled(
                "(({a} >= {low}) & ({a} <= {high}))",
                lambda a, out, low, high: ((a >= low) & (a <= high)).astype(float),
            ),
        ),
        parameters=("low", "high"),
        smooth=False,
    ),
    Operation(
        "where",
        "where({a}, {b}, {c})",
        _where,
        shapes.elementwise,
        (
            None,
            scaled("({a} != 0)", lambda a, b, c, out: (a != 0).astype(float)),
            scaled("({a} == 0)", lambda a, b, c, out: (a == 0).astype(float)),
        ),
    ),
    _comparison("greater", ">", np.greater),
    _comparison("greater_equal", ">=", np.greater_equal),
    _comparison("less", "<", np.less),
    _comparison("less_equal", "<=", np.less_equal),
    _comparison("equal", "==", np.equal),
    _comparison("not_equal", "!=", np.not_equal),
    Operation(
        "sum",
        "sum({a}, axis={axis}{keepdims})",
        reductions.summed,
        shapes.reduced,
        (reductions.sum_local,),
        parameters=("axis", "keepdims"),
    ),
    Operation(
        "mean",
        "mean({a}, axis={axis}{keepdims})",
        reductions.mean,
        shapes.reduced,
        (reductions.mean_local,),
        parameters=("axis", "keepdims"),
    ),
    Operation(
        "max",
        "max({a}, axis={axis}{keepdims})",
        reductions.largest,
        shapes.max_reduced,
        (reductions.largest_local,),
        parameters=("axis", "keepdims"),
        smooth=False,
    ),
    Operation("matmul", "{a} @ {b}", np.matmul, shapes.matrix_product, (_matmul_left, _matmul_right)),
    Operation(
        "transpose",
        "transpose({a}, axes={axes})",
        _transpose,
        shapes.transposed,
        (_transpose_local,),
        parameters=("axes",),
    ),
    Operation(
        "reshape",
        "reshape({a}, {shape})",
        _reshape,
        shapes.reshaped,
        (_reshape_local,),
        parameters=("shape",),
    ),
    Operation(
        "broadcast_to",
        "broadcast_to({a}, {shape})",
        _broadcast_to,
        shapes.broadcast,
        (passed_on,),
        parameters=("shape",),
    ),
    Operation(
        "concatenate",
        "concatenate({all}, axis={axis})",
        _concatenate,
        shapes.concatenated,
        (_cut_local,),
        parameters=("axis",),
        variadic=True,
    ),
    Operation("take", "{a}[{key}]", _take, shapes.taken, (_take_local,), parameters=("key",)),
    Operation(
        "conv2d",
        "conv2d({a}, {b}{stride}{padding})",
        windows.conv2d,
        shapes.convolved,
        (windows.conv2d_image, windows.conv2d_filters),
        parameters=("stride", "padding"),
        scratch=shapes.convolution_scratch,
    ),
    Operation(
        "max_pool2d",
        "max_pool2d({a}, {size}{stride})",
        windows.max_pool2d,
        shapes.pooled,
        (windows.max_pool2d_local,),
        parameters=("size", "stride"),
        smooth=False,
        scratch=shapes.pooling_scratch,
    ),
    Operation("stop_gradient", "stop_gradient({a})", _kept, shapes.same, (None,), declared=True),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType({row.name: row for row in ROWS})
