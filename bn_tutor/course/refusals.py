"""What is said of the parts of Python and NumPy that the lesson language does not have, and what to write."""

import ast
from collections.abc import Mapping

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.operations import OPERATIONS

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
_COMPARISONS: Mapping[str, tuple[str, str]] = {
    "Eq": ("==", "a equals b where (a >= b) * (a <= b)"),
    "NotEq": ("!=", "a is not b where 1 - (a >= b) * (a <= b)"),
}
_VARIANCE = "mean((x - mean(x, axis=0)) ** 2, axis=0)"
# What NumPy has a name for, and a lesson writes with its operations.
_INSTEAD: Mapping[str, str] = {
    "array": "use the names that there are: numbers cannot be listed",
    "astype": "leave it out: all numbers are floats",
    "einsum": "write * and sum, or @",
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
    "ones": "write ones((N, D))",
    "outer": "write reshape(a, (-1, 1)) * b",
    "sign": "write (x > 0) - (x < 0)",
    "squeeze": "write reshape",
    "std": f"write sqrt({_VARIANCE})",
    "swapaxes": "write transpose(x, axes)",
    "var": f"write {_VARIANCE}",
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
        what, hint = _COMPARISONS.get(type(tree.ops[0]).__name__, ("this comparison", "> >= < <= are"))
        message = f"{what} is not part of the language"
    return SlipError(Code.NOT_IN_LANGUAGE, message, tree.col_offset, hint)
