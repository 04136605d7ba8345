"""Edits of what makes a shape: sums and their axes, counts, transposition, the order of several values."""

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from bn_tutor.checker.syntax import (
    REDUCING,
    Changes,
    constant,
    function_name,
    is_module,
    is_shape,
    of,
    parsed,
    with_keyword,
    with_name,
    without,
)

_AXES = ("0", "1", "-1", "(0, 1)", "(0, 2, 3)", "(2, 3)", "(1, 2, 3)", "(2, 3, 4)", "(0, 2)", "None")
_ORDERS = ("(0, 2, 3, 1)", "(0, 3, 1, 2)", "(1, 0, 2, 3)")
# What has more entries than these is no list of values, or of axes, that somebody exchanged.
MOST_EXCHANGED, MOST_AXES = 12, 6


def reductions(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Change the axis of a sum, make a mean of it, add or take away keepdims and ddof."""
    name = function_name(part)
    if not isinstance(part, ast.Call) or name not in REDUCING:
        return
    for other in ("sum", "mean", "var", "std"):
        if other != name and (renamed := with_name(part, other)):
            yield "mean-for-sum" if other == "sum" else "share-missing", renamed
    for axis in _AXES:
        yield "wrong-axis", with_keyword(part, "axis", axis)
        yield "wrong-axis", with_keyword(with_keyword(part, "axis", axis), "keepdims", "True")
    yield "keepdims-missing", with_keyword(part, "keepdims", "True")
    yield "keepdims-missing", without(part, "keepdims")
    if any(each.arg == "ddof" for each in part.keywords):
        yield "ddof", without(part, "ddof")


def summed(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Put a sum or a mean around a part, or a root."""
    if not isinstance(part, ast.BinOp | ast.Name | ast.Call | ast.Subscript):
        return
    for axis in _AXES[:5]:
        for function, mistake in (("sum", "sum-missing"), ("mean", "share-missing")):
            called = ast.Call(ast.Attribute(part, function, ast.Load()), [], [])
            yield mistake, with_keyword(called, "axis", axis)
    if not isinstance(part, ast.Call):
        yield "power-of-variance", of(part, ast.Pow(), constant(0.5))


def counts(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take another size: x.shape[0] for x.shape[1], the whole for a part; or divide by one."""
    if isinstance(part, ast.Subscript) and is_shape(part):
        for at in range(4):
            yield "other-share", ast.Subscript(part.value, ast.Constant(at), ast.Load())
    if scope and isinstance(part, ast.Name | ast.BinOp | ast.Call | ast.UnaryOp):
        for at in (0, 1):
            size = parsed(f"np.shape({scope[0]})[{at}]")
            yield "share-missing", of(part, ast.Div(), size)
            yield "share-missing", of(part, ast.Mult(), size)
    if isinstance(part, ast.Name) and {"C", "G"} <= {*scope}:
        yield "other-share", parsed("C // G")
    if isinstance(part, ast.Name) or is_shape(part):
        for name in ("dout", "x", *scope[:2]):
            if name in scope:
                yield "other-share", parsed(f"{name}.size // {name}.shape[1]")
                yield "other-share", parsed(f"{name}.shape[0]")


def transposed(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Transpose, or do not; take the operands of a function, or a comparison, the other way round."""
    if isinstance(part, ast.Attribute) and part.attr == "T":
        yield "product-transposed", part.value
    elif isinstance(part, ast.Name | ast.Call):
        yield "not-transposed", ast.Attribute(part, "T", ast.Load())
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "reshape":
        for order in _ORDERS:
            first = parsed(f"({ast.unparse(part.func.value)}).transpose{order}")
            called = ast.Attribute(first, "reshape", ast.Load())
            yield "transpose-kept", ast.Call(called, part.args, part.keywords)
    if isinstance(part, ast.Call) and len(part.args) == 2:
        yield "sides-swapped", ast.Call(part.func, part.args[::-1], part.keywords)


def compared(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Turn a comparison round."""
    turned = {ast.Lt: ast.GtE(), ast.Gt: ast.LtE(), ast.LtE: ast.Gt(), ast.GtE: ast.Lt()}
    if isinstance(part, ast.Compare) and len(part.ops) == 1 and type(part.ops[0]) in turned:
        yield "mask-turned", ast.Compare(part.left, [turned[type(part.ops[0])]], part.comparators)


def tuples(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take other axes where they stand in a tuple; put those of a transposition in another order."""
    if not isinstance(part, ast.Tuple) or not all(isinstance(each, ast.Constant) for each in part.elts):
        return
    for axis in _AXES:
        yield "wrong-axis", parsed(axis)
    if len(part.elts) < MOST_AXES:
        for order in permutations(part.elts):
            yield "transpose-kept", ast.Tuple(list(order), ast.Load())


def ranges(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Run a loop from the beginning, or to the end."""
    if not isinstance(part, ast.Call) or function_name(part) != "range":
        return
    if len(part.args) > 1:
        yield "index-off", ast.Call(part.func, part.args[1:2], [])
    for name in scope:
        for at in (0, 1):
            yield "index-off", parsed(f"range({name}.shape[{at}])")


def swapped(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Exchange two of several values: in a tuple or a table, or those that a function is given."""
    if isinstance(part, ast.Tuple | ast.List):
        for parts in _exchanged(part.elts):
            yield "order-mixed", ast.Tuple(parts, ast.Load())
    if isinstance(part, ast.Dict):
        for parts in _exchanged(part.values):
            yield "order-mixed", ast.Dict(part.keys, parts)
    if isinstance(part, ast.Call) and (function_name(part) == "where" or not _is_of_module(part.func)):
        for parts in _exchanged(part.args):
            yield "order-mixed", ast.Call(part.func, parts, part.keywords)


def _exchanged(parts: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
    for one, other in combinations(range(len(parts) if len(parts) < MOST_EXCHANGED else 0), 2):
        found = [*parts]
        found[one], found[other] = parts[other], parts[one]
        yield found


def _is_of_module(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and is_module(function.value)
