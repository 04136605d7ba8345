"""Edits of arithmetic: an operator, a sign, parentheses, a power, a number, a factor, a term, eps."""

import ast
from collections.abc import Sequence

from bn_tutor.checker.syntax import (
    REDUCING,
    Changes,
    constant,
    function_name,
    is_module,
    named,
    of,
    parsed,
    with_name,
)

_POWERS = (2.0, 0.5, -0.5, -1.0, -1.5, -2.0, -3.0, 3.0, 1.0)
# An eps that is written out is smaller.
SMALL = 0.01
_NUMBERS = (1, 2, 0.5, -1, -0.5, -2, -1.5, -3, 3, 0)


def operators(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take another operator, or the operands in the other order."""
    if not isinstance(part, ast.BinOp):
        return
    left, right = part.left, part.right
    match part.op:
        case ast.Add():
            yield "minus-missing", of(left, ast.Sub(), right)
            yield "minus-missing", of(right, ast.Sub(), left)
        case ast.Sub():
            yield "minus-added", of(left, ast.Add(), right)
            yield "minus-added", of(right, ast.Sub(), left)
        case ast.Mult():
            yield "divided", of(left, ast.Div(), right)
            yield "divided", of(right, ast.Div(), left)
        case ast.Div():
            yield "divided", of(left, ast.Mult(), right)
            yield "quotient-mixed", of(right, ast.Div(), left)
        case ast.MatMult():
            yield "sides-swapped", of(right, ast.MatMult(), left)


def regrouped(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Set the parentheses otherwise: a - b / c as (a - b) / c, and back."""
    if not isinstance(part, ast.BinOp):
        return
    left, right = part.left, part.right
    if isinstance(right, ast.BinOp):
        yield "parentheses", of(of(left, part.op, right.left), right.op, right.right)
    if isinstance(left, ast.BinOp):
        yield "parentheses", of(left.left, left.op, of(left.right, part.op, right))
    if isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub):
        yield "parentheses", ast.UnaryOp(ast.USub(), of(left.operand, part.op, right))


def signs(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Add a minus, or take one away."""
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
        yield "minus-added", part.operand
    elif isinstance(part, ast.Name | ast.BinOp | ast.Call):
        yield "minus-missing", ast.UnaryOp(ast.USub(), part)


def dropped(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Leave a factor, a term or a function out."""
    if isinstance(part, ast.BinOp):
        rule = "term-added" if isinstance(part.op, ast.Add | ast.Sub) else "factor-added"
        yield rule, part.left
        yield rule, part.right
    if isinstance(part, ast.Call) and part.args:
        yield "mean-for-sum" if function_name(part) in REDUCING else "function-added", part.args[0]
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and not is_module(part.func.value):
        yield "mean-for-sum", part.func.value


def powers(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take another power, or add one: a root, a square, a reciprocal."""
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow):
        for power in _POWERS:
            yield "power-off", of(part.left, ast.Pow(), constant(power))
        yield "power-off", part.left
    elif isinstance(part, ast.Name | ast.BinOp | ast.Subscript) or function_name(part) == "sqrt":
        for power in (2.0, 0.5, 3.0):
            yield "power-of-variance", of(part, ast.Pow(), constant(power))
        yield "two-slopes", of(part, ast.Pow(), constant(-1.0))


def numbers(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take another number, or put a 2 or a ½ before a part."""
    value = part.value if isinstance(part, ast.Constant) else None
    if type(value) is int or type(value) is float:
        for number in (*_NUMBERS, value * 2, value / 2, -value, value + 1, value - 1):
            yield "number-missing", constant(number)
        for name in scope if 0 < value < SMALL else ():
            if "eps" in name.lower():
                yield "eps-forgotten", named(name)
    elif isinstance(part, ast.BinOp | ast.Name | ast.Call):
        for number in (2, 0.5):
            yield "number-missing", of(constant(number), ast.Mult(), part)


def factors(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Multiply by a name, or divide by it: what was forgotten."""
    if isinstance(part, ast.BinOp | ast.Name | ast.Call | ast.UnaryOp):
        for name in scope:
            yield "local-missing", of(part, ast.Mult(), named(name))
            yield "other-share", of(part, ast.Div(), named(name))
            yield "local-missing", of(part, ast.Div(), of(named(name), ast.Pow(), constant(2)))


def terms(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Add a name, or take it away: a branch that was dropped, or eps."""
    if isinstance(part, ast.BinOp | ast.Name | ast.Call | ast.Subscript):
        for name in scope:
            yield "road-dropped", of(part, ast.Add(), named(name))
            yield "road-dropped", of(part, ast.Sub(), named(name))


def eps(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Move what is added outside of a function inside: sqrt(var) + eps, std + eps; or change its sign."""
    if not isinstance(part, ast.BinOp) or not isinstance(part.op, ast.Add | ast.Sub):
        return
    inner = part.left
    if isinstance(inner, ast.Call) and len(inner.args) == 1:
        yield (
            "eps-forgotten",
            ast.Call(inner.func, [of(inner.args[0], ast.Add(), part.right)], inner.keywords),
        )
    if isinstance(inner, ast.Call) and function_name(inner) == "std" and (var := with_name(inner, "var")):
        yield "eps-forgotten", parsed(f"({ast.unparse(of(var, ast.Add(), part.right))}) ** 0.5")
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow):
        yield "eps-forgotten", of(of(inner.left, ast.Add(), part.right), ast.Pow(), inner.right)
    if isinstance(part.op, ast.Sub):
        yield "eps-forgotten", of(part.left, ast.Add(), part.right)
