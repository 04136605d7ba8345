"""Slips with names, places, keys and whole statements: one taken for another, out of order, overwritten."""

import ast
import difflib
from collections.abc import Iterator, Sequence
from random import Random

from seed_callings import RULES as CALLINGS
from seed_callings import called
from seed_operators import RULES as OPERATORS
from seed_operators import Change, Rule, exchanged, is_count
from seed_text import Place, Slip, Source, places

# How many wrong names are tried where one stands: the two most alike, and two of any.
_ALIKE, _ANY = 2, 2


def slips(source: Source, rng: Random) -> list[Slip]:
    """Return every slip that the rules know for a source; most are wrong, some change nothing."""
    found = []
    for place in places(source):
        changes = [change for node in place.nodes for rule in _RULES for change in rule(node, place)]
        changes += [*_statement_slips(place), *_wrong_names(place, rng)]
        if _leaves_gaps(place):
            changes = [change for change in changes if change[0] != "index"]
        line = place.statement.lineno
        found += [Slip(kind, line, start, end, text) for kind, start, end, text in changes]
    distinct = {(slip.start, slip.end, slip.text): slip for slip in reversed(found)}
    return [slip for slip in distinct.values() if slip.text != source.between(slip.start, slip.end)]


def _leaves_gaps(place: Place) -> bool:
    """Whether the function fills an empty array: what no index reaches is anything, and another each time."""
    return place.function is not None and "empty" in place.source.written(place.function)


# --- names ------------------------------------------------------------------------------------------------


def _wrong_names(place: Place, rng: Random) -> Iterator[Change]:
    known = _known(place)
    for node in place.nodes:
        if isinstance(node, ast.Name) and node.id in known and isinstance(node.ctx, ast.Load):
            counts = is_count(node, place)
            for other in _others(node.id, known, rng):
                kind = "N" if counts and len(other) == 1 else "wrong-variable"
                yield exchanged(kind, node, other, place)


def _known(place: Place) -> list[str]:
    """The names that the function gives values to, in the order of the alphabet."""
    if place.function is None:
        return []
    stored = {
        node.id
        for node in ast.walk(place.function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    given = {node.arg for node in ast.walk(place.function.args) if isinstance(node, ast.arg)}
    return sorted((stored | given) - {"self"})


def _others(name: str, known: Sequence[str], rng: Random) -> list[str]:
    rest = [each for each in known if each != name]
    alike = difflib.get_close_matches(name, rest, n=_ALIKE, cutoff=0.5)
    far = [each for each in rest if each not in alike]
    return [*alike, *rng.sample(far, min(_ANY, len(far)))]


def wrong_attributes(node: ast.expr, place: Place) -> Iterator[Change]:
    """Another attribute of the same thing, such as self.std for self.var."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return
    if node.value.id in ("np", "numpy", "math") or node.attr in ("T", "shape"):
        return
    every = [each for each in ast.walk(place.source.tree) if isinstance(each, ast.Attribute)]
    alike = {each.attr for each in every if ast.dump(each.value) == ast.dump(node.value)}
    end = place.source.span(node)[1]
    for other in sorted(alike - {node.attr, "T", "shape"})[:4]:
        yield "wrong-variable", end - len(node.attr.encode()), end, other


def wrong_keys(node: ast.expr, place: Place) -> Iterator[Change]:
    """Another key of a dictionary; another place of a list; places in the wrong order."""
    if not isinstance(node, ast.Subscript):
        return
    inner = node.slice
    if isinstance(inner, ast.Tuple) and len(inner.elts) == 2:
        first, second = (place.source.written(each) for each in inner.elts)
        yield exchanged("index", inner, f"{second}, {first}", place)
    if not isinstance(inner, ast.Constant):
        return
    if isinstance(inner.value, str):
        for other in _keys(place, inner.value):
            yield exchanged("wrong-variable", inner, repr(other), place)
    elif isinstance(inner.value, int):
        shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        kind = "N" if shape else "index"
        for value in {0: (1,), 1: (0, 2)}.get(inner.value, (inner.value - 1, inner.value + 1)):
            yield exchanged(kind, inner, str(value), place)


def _keys(place: Place, key: str) -> list[str]:
    every = [node for node in ast.walk(place.source.tree) if isinstance(node, ast.Subscript)]
    constants = [each.slice.value for each in every if isinstance(each.slice, ast.Constant)]
    keys = sorted({each for each in constants if isinstance(each, str)} - {key})
    return difflib.get_close_matches(key, keys, n=2, cutoff=0.3) + keys[:2]


def wrong_counts(node: ast.expr, place: Place) -> Iterator[Change]:
    """Features for rows, everything for rows, one row too few."""
    source = place.source
    if called(node) == "len":
        yield exchanged("N", node, f"{source.bound(node.args[0])}.shape[1]", place)
        yield exchanged("N", node, f"{source.bound(node.args[0])}.size", place)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and is_count(node.right, place):
        kind = "ddof" if "var" in _assigned(place) and "d" not in _assigned(place)[:1] else "N"
        yield exchanged(kind, node.right, f"({source.written(node.right)} - 1)", place)
    if called(node) == "range" and len(node.args) == 1:
        yield exchanged("index", node, f"range({source.written(node.args[0])} - 1)", place)
        yield exchanged("index", node, f"range(1, {source.written(node.args[0])})", place)


def _assigned(place: Place) -> str:
    statement = place.statement
    return place.source.written(statement.targets[0]) if isinstance(statement, ast.Assign) else ""


# --- whole statements -------------------------------------------------------------------------------------


def _statement_slips(place: Place) -> Iterator[Change]:
    statement = place.statement
    if isinstance(statement, ast.AugAssign):
        yield from _wrong_augment(statement, place)
    if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple):
        yield from _turned(statement.value, "return-order", place)
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        unpacks = isinstance(target, ast.Tuple) and not isinstance(statement.value, ast.Tuple)
        if unpacks:
            counts = isinstance(statement.value, ast.Attribute) and statement.value.attr == "shape"
            yield from _turned(target, "N" if counts else "unpack-order", place)
        elif isinstance(statement.value, ast.Tuple):
            yield from _turned(statement.value, "argument-order", place)


def _wrong_augment(statement: ast.AugAssign, place: Place) -> Iterator[Change]:
    start, end = place.source.span(statement.target)[1], place.source.span(statement.value)[0]
    gap = place.source.between(start, end)
    if isinstance(statement.op, ast.Add | ast.Sub | ast.Mult):
        yield "overwritten", start, end, gap.replace("+=", "=").replace("-=", "= -").replace("*=", "=")
    if isinstance(statement.op, ast.Add | ast.Sub):
        yield "sign", start, end, gap.translate(str.maketrans("+-", "-+"))


def _turned(node: ast.Tuple, kind: str, place: Place) -> Iterator[Change]:
    """Two neighbours of a tuple change places."""
    texts = [place.source.written(each) for each in node.elts]
    for first, second in zip(node.elts, node.elts[1:], strict=False):
        start, end = place.source.span(first)[0], place.source.span(second)[1]
        at = node.elts.index(first)
        yield kind, start, end, f"{texts[at + 1]}, {texts[at]}"


_RULES: tuple[Rule, ...] = (*OPERATORS, *CALLINGS, wrong_attributes, wrong_keys, wrong_counts)
