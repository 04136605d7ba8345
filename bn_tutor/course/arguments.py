"""What each argument of an operation may be, and how it is read; so are indices in square brackets."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.lowering import Lowering, Operand
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.problem import SlipError, did_you_mean
from bn_tutor.course.spelling import spelled
from bn_tutor.course.values import is_number, is_whole, is_whole_numbers
from bn_tutor.engine.operation import Operation
from bn_tutor.engine.shapes import Shape

# How a part of the line becomes a node or a number; arguments and formulas can stand in each other.
Read = Callable[[Lowering, ast.expr], Operand]

MOST_TAKEN_AXIS = 9
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "none": None}


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_shape(value: Any) -> bool:
    return is_whole(value) or is_whole_numbers(value)


def _is_axis(value: Any) -> bool:
    return value is None or _is_shape(value)


def _is_axes(value: Any) -> bool:
    return value is None or is_whole_numbers(value)


_Kind = tuple[Callable[[Any], bool], str]
_KINDS: Mapping[str, _Kind] = {
    "axis": (_is_axis, "a whole number, some in brackets, or none"),
    "concatenate.axis": (is_whole, "a whole number"),
    "axes": (_is_axes, "whole numbers in brackets, or none"),
    "keepdims": (_is_truth, "true or false"),
    "shape": (_is_shape, "a whole number, or some in brackets"),
    "exponent": (is_number, "a number"),
    "low": (is_number, "a number"),
    "high": (is_number, "a number"),
    "stride": (is_whole, "a whole number"),
    "padding": (is_whole, "a whole number"),
    "size": (is_whole, "a whole number"),
}
_NEEDED = frozenset({"exponent", "shape", "low", "high", "size"})


def parameters(
    lowering: Lowering, tree: ast.Call, operation: Operation, count: int, read: Read
) -> dict[str, Any]:
    """Read what follows the ``count`` inputs: by position in the row's order, then by keyword."""
    extra = tree.args[count:]
    if len(extra) > len(operation.parameters):
        place = extra[len(operation.parameters)]
        message = f"{operation.name} takes no further argument"
        hint = "write a shape in brackets: (4, 3)" if "shape" in operation.parameters else ""
        raise SlipError(Code.WRONG_ARGUMENT, message, place.col_offset, hint)
    places = zip(operation.parameters, extra, strict=False)
    found = {name: _argument(lowering, operation.name, name, each, read) for name, each in places}
    for keyword in tree.keywords:
        name = keyword.arg or "**"
        if name not in operation.parameters or name in found:
            hint = did_you_mean(name, operation.parameters)
            message = f"{operation.name} takes no (second) {name}"
            raise SlipError(Code.WRONG_ARGUMENT, message, keyword.col_offset, hint)
        found[name] = _argument(lowering, operation.name, name, keyword.value, read)
    missing = _NEEDED & set(operation.parameters) - set(found)
    if missing:
        message = f"{operation.name} needs {', '.join(sorted(missing))}"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    return found


def taken(lowering: Lowering, tree: ast.Call, read: Read) -> tuple[Any, ...]:
    """Read what take(x, indices, axis=0) picks along one axis, as np.take does, as an index."""
    if len(tree.args) != 2:
        hint = "take(x, (0, 2), axis=1)"
        raise SlipError(Code.WRONG_ARGUMENT, "take takes an input and indices", tree.col_offset, hint)
    axis = 0
    for place, keyword in enumerate(tree.keywords):
        if place or keyword.arg != "axis":
            hint = did_you_mean(keyword.arg or "", ["axis"])
            message = f"take takes no (second) {keyword.arg or '**'}"
            raise SlipError(Code.WRONG_ARGUMENT, message, keyword.col_offset, hint)
        axis = _constant(lowering, keyword.value, read)
    if not is_whole(axis) or not 0 <= axis <= MOST_TAKEN_AXIS:
        raise SlipError(Code.WRONG_ARGUMENT, "take needs an axis from 0 up", tree.col_offset)
    return (*(slice(None),) * axis, _indices(lowering, tree.args[1], read))


def _indices(lowering: Lowering, tree: ast.expr, read: Read) -> int | list[int]:
    indices: int | tuple[int, ...] = _constant(lowering, tree, read)
    if isinstance(indices, tuple) and is_whole_numbers(indices):
        return list(indices)
    if not isinstance(indices, int) or not is_whole(indices):
        message = "indices must be a whole number, or some in brackets"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    return indices


def _argument(lowering: Lowering, operation: str, parameter: str, tree: ast.expr, read: Read) -> Any:
    value = _constant(lowering, tree, read)
    fits, kind = _KINDS.get(f"{operation}.{parameter}") or _KINDS[parameter]
    if not fits(value):
        raise SlipError(Code.WRONG_ARGUMENT, f"{parameter} must be {kind}", tree.col_offset)
    return value


def _constant(lowering: Lowering, tree: ast.expr, read: Read) -> Any:
    """Read an argument: a number, a size, arithmetic on sizes, true or false, or a tuple of those."""
    tree = spelled(tree, lowering.defines)
    match tree:
        case ast.Tuple() | ast.List():
            return tuple(_constant(lowering, each, read) for each in tree.elts)
        case ast.Name(id=name) if name.lower() in _WORDS:
            return _WORDS[name.lower()]
        case ast.Constant(value=bool() | None):
            return tree.value
        case ast.Name(id=name) if isinstance(lowering.sizes.get(name), tuple):
            return lowering.sizes[name]
        case ast.Call(func=ast.Name(id="trailing")):
            return _trailing(lowering, tree, read)
    if is_measure(tree):
        return measure(lowering, tree, read)
    value = read(lowering, tree)
    if isinstance(value, str):
        raise SlipError(Code.WRONG_ARGUMENT, "this argument must be a number, not a node", tree.col_offset)
    return value


def _trailing(lowering: Lowering, tree: ast.Call, read: Read) -> tuple[int, ...]:
    """Read trailing(x, shape): the axes at the end of x that have this shape, as LayerNorm counts them."""
    named = tree.args[0].id if tree.args and isinstance(tree.args[0], ast.Name) else ""
    if len(tree.args) != 2 or tree.keywords or named not in lowering.known:
        hint = "trailing(x, (C, D))"
        message = "trailing takes a node of this graph and a shape"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset, hint)
    wanted = _argument(lowering, "reshape", "shape", tree.args[1], read)
    wanted = (wanted,) if isinstance(wanted, int) else wanted
    shape = lowering.shape(named, tree)
    if shape is None:
        return ()  # that node has a problem of its own, which is reported there
    if not wanted or shape[-len(wanted) :] != wanted:
        message = f"{named} has the shape {shape_text(shape)}, which does not end with {shape_text(wanted)}"
        raise SlipError(Code.SHAPES_DISAGREE, message, tree.args[1].col_offset, _endings(shape))
    return tuple(range(len(shape) - len(wanted), len(shape)))


def _endings(shape: Shape) -> str:
    return "it ends with " + ", ".join(shape_text(shape[at:]) for at in reversed(range(len(shape))))


# --- the shape of a part, as numbers ----------------------------------------------------------------------


def is_measure(tree: ast.expr) -> bool:
    """Return whether it speaks of a shape alone: x.shape, x.shape[0], x.size or x.ndim."""
    whole = tree.value if isinstance(tree, ast.Subscript) else tree
    names = ("shape",) if isinstance(tree, ast.Subscript) else ("shape", "size", "ndim")
    return isinstance(whole, ast.Attribute) and whole.attr in names


def measure(lowering: Lowering, tree: ast.expr, read: Read) -> Any:
    """Work out x.shape, a part of it, x.size or x.ndim; x itself may be a formula, which leaves no node."""
    match tree:
        case ast.Subscript(value=ast.Attribute(value=inner), slice=key):
            return _part(_shape_at(lowering, inner, read), read_key(lowering, key, read), tree)
        case ast.Attribute(value=inner, attr=name):
            shape = _shape_at(lowering, inner, read)
            return shape if name == "shape" else prod(shape) if name == "size" else len(shape)
    raise TypeError(f"{ast.dump(tree)} is no measure")


def _shape_at(lowering: Lowering, tree: ast.expr, read: Read) -> Shape:
    aside = replace(lowering, nodes=[])
    shape = aside.shape(read(aside, tree), tree)
    if shape is None:
        message, hint = "the shape of this is not known", "a line above is wrong"
        raise SlipError(Code.SHAPES_DISAGREE, message, tree.col_offset, hint)
    return shape


def _part(shape: Shape, key: Any, tree: ast.expr) -> Any:
    if not isinstance(key, int | slice):
        raise SlipError(Code.WRONG_ARGUMENT, "a shape has one index", tree.col_offset)
    if isinstance(key, int) and not -len(shape) <= key < len(shape):
        message = f"the shape is {shape_text(shape)}, which has no place {key}"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    if isinstance(key, slice) and key.step == 0:
        raise SlipError(Code.WRONG_ARGUMENT, "the step of a slice is not 0", tree.col_offset)
    return shape[key]


# --- square brackets --------------------------------------------------------------------------------------


def read_key(lowering: Lowering, tree: ast.expr, read: Read) -> Any:
    """Read what stands in square brackets: whole numbers, slices of them, none, or a tuple of those."""
    if isinstance(tree, ast.Tuple):
        return tuple(_key_part(lowering, each, read) for each in tree.elts)
    return _key_part(lowering, tree, read)


def _key_part(lowering: Lowering, tree: ast.expr, read: Read) -> int | slice | None:
    if isinstance(tree, ast.Slice):
        parts = (tree.lower, tree.upper, tree.step)
        return slice(*(None if part is None else _index(lowering, part, read) for part in parts))
    match spelled(tree, lowering.defines):
        case ast.Constant(value=None):
            return None  # a new axis
    return _index(lowering, tree, read)


def _index(lowering: Lowering, tree: ast.expr, read: Read) -> int:
    value = _constant(lowering, tree, read)
    if type(value) is not int:
        raise SlipError(Code.WRONG_ARGUMENT, "an index must be a whole number", tree.col_offset)
    return value
