"""What serves as a name in a function though it is none: entries of tables, and what objects keep.

What a mistake left out is not spoken of where it was left out. So of a table, or a named tuple, all is
known that is put into it anywhere in the file.
"""

import ast
from collections.abc import Iterator, Sequence

# What stands in the settings of the course, whether a function asks for it or not.
_SETTINGS = ("eps", "momentum", "running_mean", "running_var")


def attributes_of(tree: ast.ClassDef) -> list[str]:
    """Return what an object of a class keeps, as code: self.gamma."""
    attributes = (each for each in ast.walk(tree) if isinstance(each, ast.Attribute))
    kept = [each for each in attributes if isinstance(each.ctx, ast.Store)]
    return list(dict.fromkeys(ast.unparse(each) for each in kept if ast.unparse(each.value) == "self"))


def kept_together(tree: ast.AST) -> list[list[str]]:
    """Return the keys of each table that a file makes at once, and the names of each call's arguments."""
    return [names for each in ast.walk(tree) if len(names := list(_names_in(each))) > 1]


def _names_in(tree: ast.AST) -> Iterator[str]:
    if isinstance(tree, ast.Dict):
        yield from filter(None, map(_text, tree.keys))
    if isinstance(tree, ast.Call):
        yield from (each.arg for each in tree.keywords if each.arg)


def entries_of(tree: ast.FunctionDef, together: Sequence[Sequence[str]]) -> list[str]:
    """Return the entries of tables and objects that a function may speak of, as code: cache['x'], cache.x.

    Those that it does speak of come first.
    """
    spoken = [each for each in ast.walk(tree) if isinstance(each, ast.Subscript | ast.Attribute)]
    spoken = [each for each in spoken if isinstance(each.ctx, ast.Load) and isinstance(each.value, ast.Name)]
    found = dict.fromkeys(ast.unparse(each) for each in spoken if is_key(each))
    for each in spoken:
        found |= dict.fromkeys(_beside(each, together))
    for argument in tree.args.args:
        if "param" in argument.arg:
            settings = _SETTINGS if "running" in ast.unparse(tree) else _SETTINGS[:1]
            found |= dict.fromkeys(f"{argument.arg}['{name}']" for name in settings)
    return list(found)


def _beside(tree: ast.Subscript | ast.Attribute, together: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield what is kept beside an entry, where it is one of those that are kept together."""
    root = ast.unparse(tree.value)
    if isinstance(tree, ast.Attribute):
        yield from (f"{root}.{name}" for names in together if tree.attr in names for name in names)
    elif key := _text(tree.slice):
        yield from (f"{root}[{name!r}]" for names in together if key in names for name in names)


def is_key(tree: ast.AST) -> bool:
    """Whether it is an entry of a table, and no part of an array."""
    return isinstance(tree, ast.Subscript) and bool(_text(tree.slice))


def _text(tree: ast.AST | None) -> str:
    """Return the text that stands somewhere; empty where there is none."""
    return tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else ""
