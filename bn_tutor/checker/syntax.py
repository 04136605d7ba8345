"""Small tools for syntax trees: what a call calls, and a call with something in it changed."""

import ast
from collections.abc import Iterator

# What a rule yields: the mistake that was made, and what may stand in the place of a part.
Changes = Iterator[tuple[str, ast.expr]]
REDUCING = ("sum", "mean", "var", "std", "max", "min", "average")


def parsed(code: str) -> ast.expr:
    """Return the tree of a formula of ours."""
    return ast.parse(code, mode="eval").body


def function_name(part: ast.expr) -> str:
    """Return what a call calls, without its module; empty for what is no call."""
    if isinstance(part, ast.Call):
        return part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
    return ""


def is_module(part: ast.expr) -> bool:
    """Whether a name stands for a module."""
    return isinstance(part, ast.Name) and part.id in ("np", "numpy", "math")


def is_shape(tree: ast.AST) -> bool:
    """Whether it is an entry of a shape: x.shape[0]."""
    whole = tree.value if isinstance(tree, ast.Subscript) else None
    return isinstance(whole, ast.Attribute) and whole.attr == "shape"


def with_name(call: ast.Call, name: str) -> ast.expr | None:
    """Return a call of another function of the same module or object; None where there is neither."""
    if not isinstance(call.func, ast.Attribute):
        return None
    return ast.Call(ast.Attribute(call.func.value, name, ast.Load()), call.args, call.keywords)


def with_keyword(call: ast.Call, name: str, value: str) -> ast.Call:
    """Return a call with a keyword set; an axis that stands by its place gives way."""
    kept = [each for each in call.keywords if each.arg != name]
    is_function = isinstance(call.func, ast.Attribute) and is_module(call.func.value)
    arguments = call.args[: int(is_function)] if name == "axis" else call.args
    return ast.Call(call.func, arguments, [*kept, ast.keyword(name, parsed(value))])


def without(call: ast.Call, name: str) -> ast.Call:
    """Return a call without a keyword."""
    return ast.Call(call.func, call.args, [each for each in call.keywords if each.arg != name])


def constant(number: float) -> ast.expr:
    """Return a number as code."""
    if number < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-number))
    return ast.Constant(number)


def of(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
    """Return an operation of two parts."""
    return ast.BinOp(left, operator, right)


def named(name: str) -> ast.expr:
    """Return a name as code; an entry of a table, cache['x'], serves as one."""
    return ast.Name(name, ast.Load())
