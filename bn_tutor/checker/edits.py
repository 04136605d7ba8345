"""Changes of one formula that may repair it: an operator, a sign, a power, an axis, a factor, a term, a name.

Each edit has the id of the misconception that it undoes, so that the catalogue's name can be given to it.
"""

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, TypeGuard

from bn_tutor.checker.arithmetic_edits import (
    dropped,
    eps,
    factors,
    numbers,
    operators,
    powers,
    regrouped,
    signs,
    terms,
)
from bn_tutor.checker.array_edits import (
    compared,
    counts,
    ranges,
    reductions,
    summed,
    swapped,
    transposed,
    tuples,
)
from bn_tutor.checker.name_edits import averages, draws, names, probabilities
from bn_tutor.checker.syntax import Changes, is_shape

MOST_EDITS = 1500
# What all edits of a formula together may have: a very long one has few.
LONGEST = 250_000
MOST_NAMES = 24
_HOLE = "_bn_hole"

# (a part of the formula, the names that may be used) -> what may stand in its place
Change = Callable[[ast.expr, Sequence[str]], Changes]
# The likeliest first: of several edits that repair a line, the first is shown.
_CHANGES: Sequence[Change] = (
    reductions, draws, probabilities, averages, operators, regrouped, signs, dropped, compared, powers,
    numbers, eps, names, counts, factors, terms, summed, transposed, tuples, swapped, ranges,
)  # fmt: skip
# Of what is only put together, the parts may be others, or in another order.
_OF_KEPT: Sequence[Change] = (names, swapped, tuples, transposed)
# A call whose results are unpacked may have been given something else.
_OF_CALL: Sequence[Change] = (names, swapped, factors, transposed)


@dataclass(frozen=True)
class Edit:
    """One change: the whole formula as it then is, the rule that makes it, and the part that it replaces."""

    rule: str
    code: str
    part: ast.expr | None = field(default=None, compare=False)
    instead: ast.expr | None = field(default=None, compare=False)

    @property
    def old(self) -> str:
        """The part that it replaces, as code."""
        return ast.unparse(self.part) if self.part else ""

    @cached_property
    def effort(self) -> int:
        """How much longer the formula gets: of two edits the plainer is likelier to be what was meant."""
        if self.part is None or self.instead is None:
            return 0
        if self.rule in ("minus-missing", "minus-added"):
            return int(_is_turned(self.part, self.instead))
        return max(0, _size(self.instead) - _size(self.part))

    @property
    def mistake(self) -> str:
        """The id of the mistake that it undoes; where the words that change are about eps, by that."""
        new = ast.unparse(self.instead) if self.instead else ""
        changed = set(re.findall(r"\w+", self.old)) ^ set(re.findall(r"\w+", new))
        if any(word.lower().startswith("eps") for word in changed):
            return "eps-forgotten"
        return "eps-forgotten" if self.rule == "minus-added" and "eps" in self.old.lower() else self.rule


def _is_turned(old: ast.expr, new: ast.expr) -> bool:
    """Whether the operands stand the other way round."""
    return isinstance(old, ast.BinOp) and isinstance(new, ast.BinOp) and new.left is old.right


def _size(tree: ast.AST) -> int:
    """Count the names, numbers and operations of a formula."""
    return sum(isinstance(each, ast.expr) for each in ast.walk(tree))


def edits(
    expression: ast.expr, scope: Sequence[str], target: str = "", *, is_call: bool = False
) -> list[Edit]:
    """Return the edits of a formula, the likeliest first; ``scope`` holds the names that may be used.

    ``target`` is the name that its value is stored in, where there is one; with ``is_call`` the results of
    a call are unpacked, and only what it is given is edited.
    """
    usable = list(scope)[:MOST_NAMES]
    found: dict[str, Edit] = {}
    written = ast.unparse(expression)
    is_kept = isinstance(expression, ast.Tuple | ast.List | ast.Dict) and not target
    places = [_Place(expression, path, part, [*inner, *usable]) for path, part, inner in _parts(expression)]
    written_so_far = 0
    for change in _OF_CALL if is_call else _OF_KEPT if is_kept else _CHANGES:
        for edit in _everywhere(expression, change, places):
            if edit.code != written and edit.code not in found:
                found[edit.code] = edit
            written_so_far += len(edit.code)
            if written_so_far > LONGEST or len(found) >= MOST_EDITS:
                return list(found.values())
    if target in scope or "[" in target:
        code = f"{target} + ({written})"
        found.setdefault(code, Edit("overwritten", code, expression))
    return list(found.values())


def _everywhere(expression: ast.expr, change: Change, places: Sequence["_Place"]) -> Iterator[Edit]:
    """Yield the formula with each of its parts changed."""
    for place in places:
        for mistake, new in change(place.part, place.scope):
            yield Edit(mistake, place.filled(new), place.part, new)


@dataclass(frozen=True, eq=False)
class _Place:
    """A part of a formula, the names that may be used there, and what is written around it."""

    whole: ast.expr
    path: "Path"
    part: ast.expr
    scope: Sequence[str]
    # Whether what stands here needs parentheses, by what it is; None where nothing so simple can be said.
    parentheses: dict[tuple[type, ...], bool | None] = field(default_factory=dict)

    @cached_property
    def _around(self) -> tuple[str, str]:
        before, _, after = _replaced(self.whole, self.path, ast.Name(_HOLE)).partition(_HOLE)
        return before, after

    def filled(self, new: ast.expr) -> str:
        """Return the formula with something else here. To write all of it anew each time takes long."""
        kind = (type(new), type(getattr(new, "op", None)))
        (before, after), inner = self._around, ast.unparse(new)
        candidates = {False: f"{before}{inner}{after}", True: f"{before}({inner}){after}"}
        if kind not in self.parentheses:
            written = _replaced(self.whole, self.path, new)
            fitting = [needed for needed, text in candidates.items() if text == written]
            self.parentheses[kind] = fitting[0] if fitting else None
        needed = self.parentheses[kind]
        return _replaced(self.whole, self.path, new) if needed is None else candidates[needed]


Path = tuple[tuple[str, int | None], ...]


def _parts(
    tree: ast.AST, path: Path = (), inner: Sequence[str] = ()
) -> Iterator[tuple[Path, ast.expr, Sequence[str]]]:
    """Yield every expression inside one, itself first, with the way to it and the names known only there."""
    if isinstance(getattr(tree, "ctx", None), ast.Store):
        return
    if isinstance(tree, ast.expr) and not isinstance(tree, ast.Starred) and not _is_slice(tree):
        yield path, tree, inner
    if isinstance(tree, ast.Lambda | ast.DictComp) or is_shape(tree):
        return  # their names are not those of the statement; and of a shape only another entry is meant
    if isinstance(tree, ast.ListComp | ast.GeneratorExp):
        targets = (each for part in tree.generators for each in ast.walk(part.target))
        inner = [*(each.id for each in targets if _is_name(each)), *inner]
    for name, value in ast.iter_fields(tree):
        if isinstance(value, ast.AST):
            yield from _parts(value, (*path, (name, None)), inner)
        elif isinstance(value, list):
            for at, each in enumerate(value):
                if isinstance(each, ast.AST):
                    yield from _parts(each, (*path, (name, at)), inner)


def _is_slice(tree: ast.expr) -> bool:
    """Whether it is a range of an index, which is no formula by itself."""
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    return any(isinstance(part, ast.Slice) for part in parts)


def _is_name(tree: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(tree, ast.Name)


def _replaced(tree: ast.expr, path: Path, new: ast.expr) -> str:
    """Return a formula as code, with another part at the end of a way."""
    if not path:
        return ast.unparse(new)
    # Only what lies on the way is copied: a formula has very many edits.
    inner = whole = copy.copy(tree)
    for name, at in path[:-1]:
        inner = _set(inner, name, at, copy.copy(_get(inner, name, at)))
    _set(inner, path[-1][0], path[-1][1], new)
    return ast.unparse(whole)


def _get(tree: ast.AST, name: str, at: int | None) -> Any:
    return getattr(tree, name) if at is None else getattr(tree, name)[at]


def _set(tree: ast.AST, name: str, at: int | None, new: Any) -> Any:
    if at is None:
        setattr(tree, name, new)
    else:
        parts = [*getattr(tree, name)]
        parts[at] = new
        setattr(tree, name, parts)
    return new


def unpacking_edits(expression: ast.expr, count: int) -> list[Edit]:
    """Return the edits of what is unpacked into so many names: two of its values exchanged."""
    written, found = ast.unparse(expression), []
    for one, other in combinations(range(count), 2):
        order = [*range(count)]
        order[one], order[other] = other, one
        picked = ", ".join(f"_t[{at}]" for at in order)
        found.append(Edit("order-mixed", f"(lambda _t: ({picked}))({written})", expression))
    return found
