"""Walruses taken out of a statement: ``y = (c := a) / c`` becomes ``c = a`` and ``y = c / c``.

A probe evaluates a formula inside a function of its own, where a walrus would bind another name.
"""

import ast
from collections.abc import Iterator

# What is in these may never be computed, or in another scope: it stays where it is.
_KEPT = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)


def hoisted(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield what gives the names of a statement's walruses their values, and then the statement."""
    if isinstance(statement, _SIMPLE):
        for name, value in _taken(statement):
            target = ast.Name(name, ast.Store())
            yield ast.copy_location(ast.Assign([ast.copy_location(target, value)], value), statement)
    yield statement


def _taken(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Put names in the place of the walruses inside a tree; yield what they stood for, as it is evaluated."""
    for name, value in ast.iter_fields(tree):
        parts = value if isinstance(value, list) else [value]
        for at, part in enumerate(parts):
            if not isinstance(part, ast.AST) or isinstance(part, _KEPT):
                continue
            yield from _taken(part)
            if isinstance(part, ast.NamedExpr):
                yield part.target.id, part.value
                plain = ast.copy_location(ast.Name(part.target.id, ast.Load()), part)
                if isinstance(value, list):
                    value[at] = plain
                else:
                    setattr(tree, name, plain)
