"""Edits of names: another value, a running average, another random draw, the other probability."""

import ast
from collections.abc import Sequence

from bn_tutor.checker.syntax import Changes, function_name, is_module, named, of, parsed, with_name

_DRAWS = ("rand", "random", "random_sample", "randn", "uniform", "normal", "standard_normal")
_PROBABILITIES = ("p", "p_drop", "keep", "keep_prob", "drop", "rate", "prob", "q", "dropout_rate", "p_keep")
_SHARES = ("decay", "alpha", "rho")


def names(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take another name."""
    if isinstance(part, ast.Name) and not is_module(part):
        for name in scope:
            if name != part.id:
                yield "wrong-operand", named(name)


def averages(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Make a running average of what is not one, or not quite."""
    shares = [name for name in scope if "momentum" in name.lower() or name.lower() in _SHARES]
    old = [name for name in scope if "run" in name.lower() or "moving" in name.lower()]
    for share in shares:
        new = of(of(ast.Constant(1), ast.Sub(), named(share)), ast.Mult(), part)
        yield "average-wrong", new
        for name in old:
            kept = of(named(share), ast.Mult(), named(name))
            yield "average-wrong", of(kept, ast.Add(), part)
            yield "average-wrong", of(kept, ast.Add(), new)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add) and (turned := _turned(part, share)):
            yield "average-wrong", turned
    if function_name(part) in ("mean", "var"):
        for name in old:
            yield "average-missing", named(name)


def _turned(part: ast.expr, share: str) -> ast.expr | None:
    """Return a formula with momentum and 1 - momentum exchanged; None where it does not have both."""
    written = ast.unparse(part)
    other = f"1 - {share}"
    if other not in written or written.count(share) < 2:
        return None
    kept = written.replace(f"({other})", "_bn_old").replace(share, f"({other})").replace("_bn_old", share)
    return parsed(kept)


def draws(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Draw from another distribution; or do not draw again, where there is a mask."""
    if any(function_name(each) in _DRAWS for each in ast.walk(part) if isinstance(each, ast.Call)):
        for name in scope:
            if "mask" in name.lower():
                yield "drawn-again", named(name)
    if isinstance(part, ast.Call) and function_name(part) in _DRAWS:
        for name in _DRAWS:
            if other := with_name(part, name):
                yield "wrong-draw", other


def probabilities(part: ast.expr, scope: Sequence[str]) -> Changes:
    """Take the other probability, or divide by one of them."""
    one = ast.Constant(1)
    if isinstance(part, ast.Name | ast.Subscript):
        yield "complement", of(one, ast.Sub(), part)
        yield "scale-missing", of(one, ast.Div(), part)
    if (
        isinstance(part, ast.BinOp)
        and isinstance(part.op, ast.Sub)
        and _is_probability(ast.unparse(part.right))
    ):
        yield "complement", part.right
    is_one = isinstance(part, ast.Constant) and part.value == 1
    if is_one or isinstance(part, ast.Name | ast.BinOp | ast.Call | ast.Compare):
        for name in filter(_is_probability, scope):
            yield "scale-missing", of(part, ast.Div(), named(name))
            yield "scale-missing", of(part, ast.Div(), of(one, ast.Sub(), named(name)))


def _is_probability(name: str) -> bool:
    return name.lower() in _PROBABILITIES or name.endswith("['p']")
