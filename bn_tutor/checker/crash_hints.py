"""What most likely lies behind an error, read off the source: a misspelt name, a cache, an axis."""

import ast
import difflib
import re
from collections.abc import Iterator, Sequence

from bn_tutor.checker.source import Source
from bn_tutor.course.numbers import shape_text

# How alike two names have to be before one is asked for in place of the other.
ALIKE = 0.7
_TWO_SHAPES = re.compile(r"broadcast together with shapes \(([\d, ]*)\) \(([\d, ]*)\)\s*$")
_PRODUCT = re.compile(r"shapes \(([\d, ]*)\) and \(([\d, ]*)\) not aligned")
_UNPACKED = re.compile(r"unpack \(expected (?:at least )?(\d+)(?:, got (\d+))?\)")
_BY_ROWS = re.compile(r"layer|ln_|_ln|\bLN|group|rms", re.I)
_MAKES = (ast.BinOp, ast.Call, ast.ListComp)
Shape = tuple[int, ...]


def function_at(source: Source, line: int) -> ast.FunctionDef | None:
    """Return the innermost function that a line is in."""
    found = [
        each
        for each in ast.walk(source.tree)
        if isinstance(each, ast.FunctionDef) and each.lineno <= line <= (each.end_lineno or 0)
    ]
    return max(found, key=lambda each: each.lineno, default=None)


# --- names ----------------------------------------------------------------------------------------------


def likely_name(source: Source, line: int, name: str) -> str:
    """Return the name that one was meant to be, if one with a value at this line is like it."""
    function = function_at(source, line)
    known = {each.lower(): each for each in _names(source.tree, function, line) if _may_be(each, name)}
    found = difflib.get_close_matches(name.lower(), known, 1, ALIKE)
    return known[found[0]] if found else ""


def _names(tree: ast.Module, function: ast.FunctionDef | None, line: int) -> Iterator[str]:
    """Yield what is defined at the top of the file, and then what a function has named up to a line."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from ((each.asname or each.name).partition(".")[0] for each in statement.names)
        else:
            yield from _stored(statement)
    if function is not None:
        yield from (each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg))
        yield from (name for each in function.body if each.lineno < line for name in _stored(each, line))


def _stored(node: ast.AST, line: float = float("inf")) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.lineno < line:
            yield each.id


def _may_be(known: str, name: str) -> bool:
    """Whether a name may be a slip of the pen for another. A gradient, dx, is no slip for x."""
    return known not in (name, f"d{name}") and name != f"d{known}"


# --- caches ---------------------------------------------------------------------------------------------


def unpacking(source: Source, line: int, message: str) -> str:
    """Say how many values are put together, and how many names take them; empty if that is not plain."""
    counts, taken = _UNPACKED.search(message), _unpacked_at(source, line)
    if counts is None or taken is None or len(taken[0]) != int(counts[1]):
        return ""
    names, value = taken
    made = [each for each in _literals(source, value, line) if _fits(len(each.elts), counts, message)]
    if len(made) != 1:
        return ""
    parts = [ast.unparse(each) for each in made[0].elts]
    say = f"{value} is put together with {_counted(len(parts), 'value')} in line {made[0].lineno}"
    return f"{say}, and {_counted(len(names), 'name')} {_take(names)} them here{_missing(names, parts)}"


def _fits(count: int, counts: re.Match[str], message: str) -> bool:
    """Whether an error is what comes of so many values."""
    if counts[2]:
        return count == int(counts[2])
    return count > int(counts[1]) if "too many" in message else count < int(counts[1])


def _unpacked_at(source: Source, line: int) -> tuple[list[str], str] | None:
    """Return the names that a line unpacks a value to, and the value as code."""
    for each in ast.walk(source.tree):
        if not isinstance(each, ast.Assign) or not each.lineno <= line <= (each.end_lineno or 0):
            continue
        target, value = each.targets[0], each.value
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Name | ast.Attribute):
            if any(isinstance(part, ast.Starred) for part in target.elts):
                return None
            return [ast.unparse(part) for part in target.elts], ast.unparse(value)
    return None


def _literals(source: Source, value: str, line: int) -> list[ast.Tuple | ast.List]:
    """Return where a value is put together: where it gets its name, or else where a function returns it."""
    named, returned = [], []
    here = function_at(source, line)
    for each in ast.walk(source.tree):
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Tuple | ast.List):
            if value in [ast.unparse(target) for target in each.targets]:
                named.append(each.value)
        elif isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple):
            inner = [part for part in each.value.elts if isinstance(part, ast.Tuple | ast.List)]
            returned += inner if function_at(source, each.lineno) is not here else []
    return named or returned


def _missing(names: Sequence[str], parts: Sequence[str]) -> str:
    """Name what one side has and the other has not, where the names on both sides are the same but for it."""
    if set(names) < set(parts):
        return f": none of them takes {_and([each for each in parts if each not in names])}"
    if set(parts) < set(names):
        return f": nothing is put in for {_and([each for each in names if each not in parts])}"
    return ""


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _take(names: Sequence[str]) -> str:
    return "takes" if len(names) == 1 else "take"


# --- shapes ---------------------------------------------------------------------------------------------


def shapes(source: Source, line: int, message: str) -> str:
    """Say what may be behind two shapes that do not fit each other; empty if that is not plain."""
    if found := _PRODUCT.search(message):
        one, other = _shape(found[1]), _shape(found[2])
        say = f"{_pair(one, other)} cannot be multiplied as matrices"
        return f"{say}: the inner sizes, {one[-1]} and {other[0]}, have to be equal. Is a .T missing?"
    if not (found := _TWO_SHAPES.search(message)):
        return ""
    one, other = _shape(found[1]), _shape(found[2])
    large, small = sorted((one, other), key=len, reverse=True)
    function = function_at(source, line)
    return _broadcast(_pair(one, other), large, small, function.name if function else "")


def _broadcast(pair: str, large: Shape, small: Shape, name: str) -> str:
    if len(large) == len(small) == 2 and large == small[::-1]:
        return f"{pair} do not fit: one is the other transposed. Is a .T missing, or too many?"
    if len(large) == 2 and small == large[:1]:
        rows = f"{pair} do not fit: {shape_text(small)} has one number for each row"
        if _BY_ROWS.search(name):
            column = shape_text((*small, 1))
            return f"{rows}, and has to be {column} for that. Is keepdims=True missing, or the axis wrong?"
        return (
            f"{rows}, where one for each feature belongs. Over which axis was it summed: should that be "
            "axis=0? (Or is keepdims=True missing?)"
        )
    if len(large) == 4 and small == large[1:2]:
        channels = shape_text((1, *small, 1, 1))
        say = f"{pair} do not fit: one number for each channel has to have the shape {channels} here"
        return f"{say}. Is keepdims=True missing, or a reshape?"
    return ""


def _shape(text: str) -> Shape:
    return tuple(int(each) for each in text.split(",") if each.strip())


def _pair(one: Shape, other: Shape) -> str:
    return f"the shapes {shape_text(one)} and {shape_text(other)}"


# --- returns --------------------------------------------------------------------------------------------


def forgets_return(function: ast.FunctionDef) -> bool:
    """Whether a function computes something, and then returns nothing at all."""
    own = list(_own(function))
    if any(isinstance(each, ast.Return) and each.value is not None for each in own):
        return False
    if any(isinstance(each, ast.Raise | ast.Yield | ast.YieldFrom) for each in own):
        return False
    return any(
        isinstance(each, ast.Assign | ast.AugAssign | ast.AnnAssign)
        and any(isinstance(part, _MAKES) for part in ast.walk(each))
        for each in own
    )


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield what stands in a function, but not in a function inside it."""
    left: list[ast.AST] = list(function.body)
    while left:
        each = left.pop()
        yield each
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            left += ast.iter_child_nodes(each)
