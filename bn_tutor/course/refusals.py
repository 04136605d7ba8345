"""What is said of the parts of Python and NumPy that the lesson language does not have, and what to write."""

import ast
from collections.abc import Mapping
from itertools import pairwise

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.operations import OPERATIONS

LONGEST_IN_HINT = 30
_REFUSED: Mapping[str, str] = {
    "Await": "await",
    "BoolOp": "and, or",
    "Call": "a call of anything but an operation",
    "Dict": "a dictionary",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "IfExp": "if ... else",
    "JoinedStr": "a text",
    "Lambda": "lambda",
    "List": "a list of numbers",
    "ListComp": "a comprehension",
    "NamedExpr": ":=",
    "Set": "a set",
    "SetComp": "a comprehension",
    "Slice": "a slice outside of [ ]",
    "Starred": "a star before an argument",
    "Tuple": "a tuple outside of an argument",
    "UnaryOp": "not, ~",
}
_BOTH = "both is (a > 0) * (b > 0)"
_HINTS: Mapping[str, str] = {
    "IfExp": "where(x > 0, a, b) chooses",
    "BoolOp": f"{_BOTH}, either is maximum(a > 0, b > 0)",
    "UnaryOp": "not is 1 - (x > 0)",
}
_OPERATORS: Mapping[str, str] = {
    "BitXor": "a power is **",
    "BitAnd": _BOTH,
    "BitOr": "either is maximum(a > 0, b > 0)",
}
_VARIANCE = "mean((x - mean(x, axis=0)) ** 2, axis=0)"
_COPIES = "write x * ones((N, D)), or broadcast_to(x, (N, D))"
_JOINED = "write concatenate(a, b, axis=0)"
_NO_LIST = "use the names that there are: numbers cannot be listed"
_NO_DIAGONAL = "write * and sum in the place of a diagonal matrix"
# What NumPy has a name for, and a lesson writes with its operations.
_INSTEAD: Mapping[str, str] = {
    "array": _NO_LIST,
    "all": "write 1 - max(x <= 0)",
    "any": "write max(x > 0)",
    "arange": _NO_LIST,
    "argmax": "the largest are where x == max(x)",
    "argmin": "the smallest are where x == -max(-x)",
    "astype": "leave it out: all numbers are floats",
    "average": "write mean(x, axis=0)",
    "column_stack": _JOINED,
    "cosh": "write (exp(x) + exp(-x)) / 2",
    "cumsum": "there is sum(x, axis=0)",
    "diag": _NO_DIAGONAL,
    "einsum": "write * and sum, or @",
    "expm1": "write exp(x) - 1",
    "eye": _NO_DIAGONAL,
    "heaviside": "write x > 0",
    "hstack": _JOINED,
    "identity": _NO_DIAGONAL,
    "inner": "write sum(a * b), or a @ b.T",
    "inv": "there is no inverse of a matrix, and a gradient needs none",
    "linalg": "there are @, sum and sqrt: the norm is sqrt(sum(x ** 2))",
    "linspace": _NO_LIST,
    "log1p": "write log(1 + x)",
    "log2": "write log(x) / log(2)",
    "logsumexp": "write log(sum(exp(x), axis=1, keepdims=true))",
    "empty_like": "write zeros_like(x)",
    "expand_dims": "write x[:, None], or reshape",
    "float": "leave it out: all numbers are floats",
    "float32": "leave it out: all numbers are floats",
    "float64": "leave it out: all numbers are floats",
    "full": "write c * ones((N, D))",
    "full_like": "write c * ones_like(x)",
    "int": "leave it out: all numbers are floats",
    "logical_and": _BOTH,
    "logical_not": "write 1 - (x > 0)",
    "logical_or": "write maximum(a > 0, b > 0)",
    "min": "write -max(-x)",
    "amin": "write -max(-x)",
    "norm": "write sqrt(sum(x ** 2))",
    "ones": "write ones((N, D))",
    "outer": "write reshape(a, (-1, 1)) * b",
    "prod": "there are * and power",
    "repeat": _COPIES,
    "sign": "write (x > 0) - (x < 0)",
    "sinh": "write (exp(x) - exp(-x)) / 2",
    "softmax": "write exp(x) / sum(exp(x), axis=1, keepdims=true)",
    "squeeze": "write reshape",
    "stack": _JOINED,
    "std": f"write sqrt({_VARIANCE})",
    "swapaxes": "write transpose(x, axes)",
    "tensordot": "write * and sum, or @",
    "tile": _COPIES,
    "trace": "write * and sum",
    "var": f"write {_VARIANCE}",
    "vdot": "write sum(a * b)",
    "vstack": _JOINED,
    "zeros": "write zeros((N, D))",
}


def instead_of(name: str) -> str:
    """Return what to write in the place of a function of NumPy; an empty text where nothing is known."""
    return _INSTEAD.get(name, "")


def refused(tree: ast.expr) -> SlipError:
    """Return what is said of a part of Python that the language does not have."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute):
        return refused(tree.func)
    if isinstance(tree, ast.Attribute):
        return _attribute(tree)
    if isinstance(tree, ast.Compare):
        return _comparison(tree)
    if isinstance(tree, ast.Subscript):
        return _choice(tree)
    if isinstance(tree, ast.Tuple) and (comma := _decimal_comma(tree)) is not None:
        message = "a number with a comma is not part of the language"
        return SlipError(Code.NOT_IN_LANGUAGE, message, comma, "write a point, not a comma: 0.5")
    if isinstance(tree, ast.BinOp):
        hint = _OPERATORS.get(type(tree.op).__name__, "+ - * / ** @ are")
        message = "this operator is not part of the language"
        return SlipError(Code.NOT_IN_LANGUAGE, message, tree.col_offset, hint)
    what = _REFUSED.get(type(tree).__name__, "this")
    hint = _HINTS.get(type(tree).__name__, "")
    return SlipError(Code.NOT_IN_LANGUAGE, f"{what} is not part of the language", tree.col_offset, hint)


def _attribute(tree: ast.Attribute) -> SlipError:
    """Of x.name the column is that of the name."""
    column = (tree.end_col_offset or 0) - len(tree.attr)
    call = f"call it: {tree.attr}(x), or x.{tree.attr}()" if tree.attr in OPERATIONS else ""
    hint = call or instead_of(tree.attr) or "x.T, x.shape and x.sum(axis=0) are"
    message = f".{tree.attr} is not part of the language"
    return SlipError(Code.NOT_IN_LANGUAGE, message, max(column, 0), hint)


def _comparison(tree: ast.Compare) -> SlipError:
    if len(tree.ops) > 1:
        message, hint = "a chain of comparisons is not part of the language", "write (a < x) * (x < b)"
    else:
        message, hint = "this comparison is not part of the language", "> >= < <= == != are"
    return SlipError(Code.NOT_IN_LANGUAGE, message, tree.col_offset, hint)


def _choice(tree: ast.Subscript) -> SlipError:
    """What x[x > 0] would be has a shape that depends on values."""
    whole, kept = _short(tree.value, "x"), _short(tree.slice, "x > 0")
    message = "to pick by a comparison is not part of the language"
    hint = f"use where({kept}, {whole}, 0) or {whole} * ({kept})"
    return SlipError(Code.NOT_IN_LANGUAGE, message, tree.slice.col_offset, hint)


def _short(tree: ast.expr, instead: str) -> str:
    """Return what was typed, put as Python does, if a hint has room for it."""
    text = ast.unparse(tree)
    return text if len(text) <= LONGEST_IN_HINT else instead


def _decimal_comma(tree: ast.Tuple) -> int | None:
    """Return the column of a comma between two numbers without a space, as in 0,5 * x; None without one."""
    for first, second in pairwise(tree.elts):
        comma = first.end_col_offset or 0
        while isinstance(first, ast.BinOp):
            first = first.right
        while isinstance(second, ast.BinOp):
            second = second.left
        are_numbers = isinstance(first, ast.Constant) and isinstance(second, ast.Constant)
        if are_numbers and comma + 1 == second.col_offset:
            return comma
    return None
