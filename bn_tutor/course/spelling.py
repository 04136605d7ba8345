"""NumPy as people type it, put into the words of the lesson language: ``x.sum(0)`` becomes ``sum(x, 0)``.

Trees become trees here, one part at a time, and what is none of these forms stays as it is: nothing is looked
up on anything, and nothing is run. A new tree has the place of what was typed.
"""

import ast
from collections.abc import Callable, Mapping
from typing import TypeVar

from bn_tutor.engine.operations import OPERATIONS

MODULES = ("np", "numpy")
# Other names that NumPy has for what the table has.
_ALIASES: Mapping[str, str] = {
    "absolute": "abs",
    "amax": "max",
    "concat": "concatenate",
    "permute_dims": "transpose",
    "pow": "power",
    "true_divide": "divide",
}
_LIKE: Mapping[str, int] = {"zeros": 0, "ones": 1}
_SAME = ("array", "asarray", "copy")
_FLAT = ("ravel", "flatten")
_MEASURES = ("shape", "size", "ndim")
_FLOATS = ("float", "float64", "double")
# Methods that take the parts of a tuple one by one, too: x.reshape(4, 3).
_SEVERAL = ("reshape", "transpose")

Defines = Callable[[str], bool]
_Tree = TypeVar("_Tree", bound=ast.expr | ast.keyword)


def spelled(tree: ast.expr, defines: Defines) -> ast.expr:
    """Return the outermost part of a formula as the language writes it; its inner parts are as they were.

    ``defines`` says which names the formula may use: a node called np is no module.
    """
    match tree:
        case ast.Attribute(value=inner, attr="T"):
            return _call(tree, "transpose", inner)
        case ast.Attribute(value=inner, attr="newaxis") if _is_module(inner, defines):
            return ast.copy_location(ast.Constant(None), tree)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if not _is_module(inner, defines):
            return _method(tree, inner, name, defines)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return _function(tree, name, defines)
        case ast.Subscript(value=ast.Call() as inner):
            # np.shape(x)[0] is x.shape[0].
            whole = spelled(inner, defines)
            return _at(tree, ast.Subscript(whole, tree.slice)) if isinstance(whole, ast.Attribute) else tree
    return tree


def _is_module(tree: ast.expr, defines: Defines) -> bool:
    return isinstance(tree, ast.Name) and tree.id in MODULES and not defines(tree.id)


def _method(tree: ast.Call, inner: ast.expr, name: str, defines: Defines) -> ast.expr:
    """x.sum(axis=0) is sum(x, axis=0); a method that is no operation stays what it is."""
    arguments = tree.args
    if name in _SEVERAL and len(arguments) > 1:
        arguments = [_tuple(arguments)]
    if name == "astype" and len(arguments) == 1 and not tree.keywords:
        return spelled(inner, defines) if _is_float(arguments[0]) else tree
    if name not in OPERATIONS and name not in ("copy", "dot", *_FLAT):
        return tree
    return _function(_call(tree, name, inner, *arguments, keywords=tree.keywords), name, defines)


def _function(tree: ast.Call, name: str, defines: Defines) -> ast.expr:
    """np.sum(x, axis=0) is sum(x, axis=0); some functions are written with others."""
    name, arguments = _ALIASES.get(name, name), tree.args
    keywords = [each for each in tree.keywords if not (each.arg == "dtype" and _is_float(each.value))]
    keywords = [_true_or_false(each) for each in keywords]
    if len(arguments) == 1 and not keywords and not isinstance(arguments[0], ast.Starred):
        found = _with_one(tree, name, arguments[0])
        if found is not None:
            return spelled(found, defines)
    if name == "concatenate" and arguments and isinstance(arguments[0], ast.Tuple | ast.List):
        keywords = [*(_at(each, ast.keyword("axis", each)) for each in arguments[1:]), *keywords]
        arguments = arguments[0].elts
    return _call(tree, name, *arguments, keywords=keywords)


def _with_one(tree: ast.Call, name: str, inner: ast.expr) -> ast.expr | None:
    """Return what a function of one argument is written with; None where it stands for itself."""
    if name in _SAME and not isinstance(inner, ast.List | ast.Tuple):
        return inner
    if name in _FLAT:
        return _call(tree, "reshape", inner, _at(tree, ast.Constant(-1)))
    if name in _MEASURES:
        return _at(tree, ast.Attribute(inner, name))
    if name == "len":
        shape = _at(tree, ast.Attribute(inner, "shape"))
        return _at(tree, ast.Subscript(shape, _at(tree, ast.Constant(0))))
    if name in _LIKE:
        return _call(tree, "broadcast_to", _at(tree, ast.Constant(_LIKE[name])), inner)
    if name.removesuffix("_like") in _LIKE:
        number = _at(tree, ast.Constant(_LIKE[name.removesuffix("_like")]))
        return _call(tree, "broadcast_to", number, _at(tree, ast.Attribute(inner, "shape")))
    return None


def _true_or_false(keyword: ast.keyword) -> ast.keyword:
    """keepdims=1 is keepdims=True."""
    match keyword:
        case ast.keyword(arg="keepdims", value=ast.Constant(value=int(number))) if number in (0, 1):
            value = _at(keyword.value, ast.Constant(bool(number)))
            return ast.copy_location(ast.keyword("keepdims", value), keyword)
    return keyword


def _is_float(tree: ast.expr) -> bool:
    """Whether it is a type that changes nothing, since all numbers are of it: float, np.float64, x.dtype."""
    match tree:
        case ast.Attribute(attr="dtype"):
            return True
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(), attr=name) | ast.Constant(value=str(name)):
            return name in _FLOATS
    return False


def _call(
    tree: ast.expr, name: str, *arguments: ast.expr, keywords: list[ast.keyword] | None = None
) -> ast.Call:
    return _at(tree, ast.Call(_at(tree, ast.Name(name)), [*arguments], keywords or []))


def _tuple(parts: list[ast.expr]) -> ast.expr:
    return _at(parts[0], ast.Tuple([*parts]))


def _at(place: ast.expr, tree: _Tree) -> _Tree:
    return ast.copy_location(tree, place)
