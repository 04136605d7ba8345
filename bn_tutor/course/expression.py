"""The lesson language: one line of it becomes operations of the engine's table.

A line is data. Python's parser reads it into a syntax tree and nothing is ever evaluated by Python; only the
forms below are let through, and only names in the table. Bounds come first: the line's length and the tree's
depth before anything walks it, shapes before anything is computed (``graph.build`` infers them).
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bn_tutor.course.arguments import is_measure, measure, parameters, read_key, taken
from bn_tutor.course.codes import Code
from bn_tutor.course.lowering import Lowering, Operand
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.parsing import parsed
from bn_tutor.course.problem import SlipError, did_you_mean
from bn_tutor.course.refusals import instead_of, refused
from bn_tutor.course.spelling import spelled
from bn_tutor.course.values import LARGEST_NUMBER, is_number
from bn_tutor.engine.graph import Node, placeholders
from bn_tutor.engine.operation import Operation
from bn_tutor.engine.operations import OPERATIONS

__all__ = ["Lowering", "lower", "named_nodes"]

_BINARY: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.MatMult: "matmul",
}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
_ON_NUMBERS: Mapping[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "less": operator.lt,
    "less_equal": operator.le,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
_NO_NUMBERS: Mapping[str, str] = {
    "bool": "true, false",
    "NoneType": "none",
    "str": "a text",
    "bytes": "a text",
    "complex": "a complex number",
}


def lower(lowering: Lowering) -> Operand:
    """Turn the line's text into nodes, in ``lowering.nodes``, and return what it stands for.

    That is the name of the last operation, of an earlier node, or a plain number. Raises SlipError, with the
    column, for anything that the language does not have.
    """
    return _operand(lowering, parsed(lowering.text))


def named_nodes(lowering: Lowering, caption: str = "") -> tuple[Node, ...]:
    """Lower a line of a graph; its last operation takes the line's own name.

    Raises SlipError as ``lower`` does, and where the line computes nothing.
    """
    result = lower(lowering)
    last = lowering.nodes[-1] if lowering.nodes else None
    if last is None or last.name != result or last.is_source:
        hint = "write an operation, as in y = 2 * x"
        raise SlipError(Code.COMPUTES_NOTHING, "a node must compute something", 0, hint)
    final = replace(last, name=lowering.name, written=lowering.text, caption=caption)
    formula = final.operation.formula.format_map(placeholders(final))
    return (*lowering.nodes[:-1], replace(final, formula=formula))


def _operand(lowering: Lowering, tree: ast.expr) -> Operand:
    tree = spelled(tree, lowering.defines)
    if is_measure(tree):
        return _measured(lowering, tree)
    match tree:
        case ast.Name(id=name):
            return _name(lowering, name, tree)
        case ast.Constant(value=value):
            return _number(value, tree)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return _signed(lowering, tree)
        case ast.BinOp(op=ast.Pow()):
            return _power(lowering, tree)
        case ast.BinOp(op=ast.FloorDiv()):
            return _floor_division(lowering, tree)
        case ast.BinOp(op=sign) if type(sign) in _BINARY:
            return _binary(lowering, tree, _BINARY[type(sign)], tree.left, tree.right)
        case ast.Compare(ops=[sign], comparators=[right]) if type(sign) in _COMPARISONS:
            return _binary(lowering, tree, _COMPARISONS[type(sign)], tree.left, right)
        case ast.Call(func=ast.Name(id=name)):
            return _call(lowering, tree, name)
        case ast.Subscript(slice=ast.Compare()):
            raise refused(tree)
        case ast.Subscript():
            key = read_key(lowering, tree.slice, _operand)
            return lowering.apply("take", [_operand(lowering, tree.value)], tree, key=key)
    raise refused(tree)


def _name(lowering: Lowering, name: str, tree: ast.expr) -> Operand:
    if name in lowering.known:
        return name
    if name in lowering.sizes:
        return _named_number(name, lowering.sizes[name], tree)
    if name in OPERATIONS:
        message, hint = f"{name} is an operation", f"call it: {name}(...)"
        raise SlipError(Code.UNKNOWN_NAME, message, tree.col_offset, hint)
    hint = did_you_mean(name, [*lowering.known, *lowering.sizes])
    raise SlipError(Code.UNKNOWN_NAME, f"{name} is not defined before this line", tree.col_offset, hint)


def _named_number(name: str, value: Any, tree: ast.expr) -> int | float:
    if isinstance(value, int | float):
        return value
    message = f"{name} stands for {shape_text(value)}, which can only be an argument"
    raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset, "axis=..., or a shape")


def _measured(lowering: Lowering, tree: ast.expr) -> int | float:
    value = _named_number("this", measure(lowering, tree, _operand), tree)
    return _number(value, tree)


def _number(value: Any, tree: ast.expr) -> int | float:
    # True is an int to Python, and an int may have too many digits for a float.
    if type(value) not in (int, float):
        what = _NO_NUMBERS.get(type(value).__name__, "this")
        raise SlipError(Code.WRONG_NUMBER, f"{what} is not a number", tree.col_offset)
    if not is_number(value):
        raise SlipError(Code.WRONG_NUMBER, f"numbers go up to {LARGEST_NUMBER:.0e}", tree.col_offset)
    number: int | float = value
    return number


def _signed(lowering: Lowering, tree: ast.UnaryOp) -> Operand:
    operand = _operand(lowering, tree.operand)
    if isinstance(tree.op, ast.UAdd):
        return operand
    return lowering.apply("negative", [operand], tree) if isinstance(operand, str) else -operand


def _binary(lowering: Lowering, tree: ast.expr, name: str, *sides: ast.expr) -> Operand:
    left, right = (_operand(lowering, side) for side in sides)
    if not isinstance(left, str) and not isinstance(right, str):
        return _folded(name, left, right, tree)
    if name == "divide" and left == 1:
        return lowering.apply("reciprocal", [right], tree)
    return lowering.apply(name, [left, right], tree)


def _folded(name: str, left: int | float, right: int | float, tree: ast.expr) -> int | float:
    """Work out arithmetic on numbers alone: sizes, mostly."""
    if name == "divide" and right == 0:
        raise SlipError(Code.WRONG_NUMBER, "division by zero", tree.col_offset)
    compute = _ON_NUMBERS.get(name)
    if compute is None:
        raise SlipError(Code.SHAPES_DISAGREE, "@ takes matrices, not numbers", tree.col_offset)
    value = compute(left, right)
    return _number(float(value) if isinstance(value, bool) else value, tree)


def _power(lowering: Lowering, tree: ast.BinOp) -> Operand:
    base, exponent = _operand(lowering, tree.left), _operand(lowering, tree.right)
    if isinstance(exponent, str):
        raise SlipError(Code.WRONG_ARGUMENT, "an exponent must be a number", tree.right.col_offset)
    if not isinstance(base, str):
        message = "write the number out: powers of numbers are not computed"
        raise SlipError(Code.WRONG_NUMBER, message, tree.col_offset)
    if exponent == 2:
        return lowering.apply("square", [base], tree)
    return lowering.apply("power", [base], tree, exponent=exponent)


def _call(lowering: Lowering, tree: ast.Call, name: str) -> Operand:
    if name == "dot":
        return _dot(lowering, tree)
    if name not in OPERATIONS:
        hint = instead_of(name) or did_you_mean(name, OPERATIONS)
        raise SlipError(Code.UNKNOWN_OPERATION, f"there is no operation {name}", tree.col_offset, hint)
    if name == "take":
        key = taken(lowering, tree, _operand)
        return lowering.apply("take", [_operand(lowering, tree.args[0])], tree, key=key)
    operation = OPERATIONS[name]
    count = len(tree.args) if operation.variadic else len(operation.locals)
    if len(tree.args) < count or not tree.args:
        message = f"{name} takes {_counted(operation)}, not {len(tree.args)}"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    operands = [_operand(lowering, argument) for argument in tree.args[:count]]
    return lowering.apply(name, operands, tree, **parameters(lowering, tree, operation, count, _operand))


def _counted(operation: Operation) -> str:
    count = len(operation.locals)
    return "at least one input" if operation.variadic else f"{count} input{'s' if count > 1 else ''}"


def _dot(lowering: Lowering, tree: ast.Call) -> Operand:
    """dot(a, b) is a @ b for matrices; for all else NumPy has other rules, which are not in the language."""
    if len(tree.args) != 2 or tree.keywords:
        raise SlipError(Code.WRONG_ARGUMENT, "dot takes two matrices", tree.col_offset, "write a @ b")
    operands = [_operand(lowering, argument) for argument in tree.args]
    shapes = [lowering.shape(each, part) for each, part in zip(operands, tree.args, strict=True)]
    for shape, part in zip(shapes, tree.args, strict=True):
        if shape is not None and len(shape) != 2:
            message = f"dot takes two matrices: this has the shape {shape_text(shape)}"
            hint = "write sum(a * b) for vectors, a * b for numbers, a @ b for stacks"
            raise SlipError(Code.SHAPES_DISAGREE, message, part.col_offset, hint)
    return lowering.apply("matmul", operands, tree)


def _floor_division(lowering: Lowering, tree: ast.BinOp) -> int:
    """Work out // on sizes; there is none for nodes."""
    left, right = _operand(lowering, tree.left), _operand(lowering, tree.right)
    if isinstance(left, str) or isinstance(right, str):
        raise refused(tree)
    if not isinstance(left, int) or not isinstance(right, int) or right == 0:
        raise SlipError(Code.WRONG_NUMBER, "// divides whole sizes", tree.col_offset)
    return left // right
