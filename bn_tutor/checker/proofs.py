"""Which edit of a statement makes everything right? And which of several is the likeliest?"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bn_tutor.checker.bench import Bench, Outcomes, Patches, Seen
from bn_tutor.checker.edits import Edit, edits, unpacking_edits
from bn_tutor.checker.exchanges import agreeing
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.known_names import is_named
from bn_tutor.engine.gradients import Array

# Of the edits that make one statement's function right, so many are compared.
MOST_COMPARED = 6
# Nobody means another order by these.
_USUAL_SHAPES = ("n, d", "n, c", "n, c, h, w")
# More values than this are odd in no function: it stands for an edit that fails.
FAILED = 10_000


@dataclass(frozen=True, eq=False)
class Proof:
    """An edit of a site after which what was looked for is right.

    ``right`` counts the results of all functions of the layer that then are; ``odd`` the values that are
    still none of the right quantities, and ``nodes`` the lesson's own that are seen: of two lines that do
    not fit each other, the wrong one mends more.
    """

    site: Site
    edit: Edit
    right: int = 0
    odd: int = 0
    nodes: int = 0
    # How many of them stand in names that people give them.
    named: int = 0
    # Whether it stands in another function than the one that is looked at.
    is_elsewhere: bool = False
    # How many more names agree, after an exchange, between what is kept and what it is unpacked into.
    agreeing: int = 0
    # What the statement makes once it is edited.
    made: Seen | None = None

    @property
    def is_indirect(self) -> bool:
        """Whether the statement computes nothing: it keeps, unpacks, returns, or runs over something."""
        kept = isinstance(self.site.expression, ast.Tuple | ast.List | ast.Dict)
        is_name = self.site.kind is Kind.RETURNED and isinstance(self.site.expression, ast.Name)
        return kept or is_name or self.site.kind in (Kind.UNPACKED, Kind.LOOP)

    @property
    def patches(self) -> Patches:
        """What makes the edit."""
        return {str(self.site.number): {"code": self.edit.code}}

    @property
    def weight(self) -> tuple[int, int, bool, int, int, int, int]:
        """The smaller, the likelier; two of the same weight cannot be told apart."""
        indirect = self.is_indirect and not self.agreeing
        return -self.right, -self.agreeing, indirect, self.odd, -self.nodes, self.edit.effort, -self.named


def sorted_proofs(proofs: Sequence[Proof]) -> list[Proof]:
    """Return proofs, the likeliest first; of equal ones those of the function itself, and the earlier."""
    return sorted(proofs, key=lambda each: (each.weight, each.is_elsewhere, each.site.number))


def edits_of(site: Site) -> list[Edit]:
    """Return the edits of a site's formula."""
    if site.kind is Kind.UNPACKED and not isinstance(site.expression, ast.Tuple):
        is_usual = site.name.lower().strip("()") in _USUAL_SHAPES
        exchanged = [] if is_usual else unpacking_edits(site.expression, site.name.count(",") + 1)
        called = edits(site.expression, site.scope, is_call=True)
        return [*exchanged, *called]
    is_kept = isinstance(site.expression, ast.Tuple | ast.List | ast.Dict)
    is_stored = site.kind is Kind.VALUE or isinstance(site.statement, ast.Assign)
    return edits(site.expression, site.scope, site.name if is_stored and not is_kept else "")


def best_at(bench: Bench, site: Site) -> Proof | None:
    """Return the edit of a site that makes most right; of several the likeliest."""
    return min(_proofs_at(bench, site), key=lambda proof: proof.weight, default=None)


def _proofs_at(bench: Bench, site: Site) -> Iterator[Proof]:
    """Yield edits of a site that make what is looked for right on every batch."""
    count = 0
    for lot in _outcomes(bench, site):
        for edit, right in lot:
            if bench.is_enough(right) and (proof := _proven(bench, Proof(site, edit))) is not None:
                yield proof
                count += 1
            if count >= MOST_COMPARED:
                return
        if count or bench.is_late:
            return


def _outcomes(bench: Bench, site: Site) -> Iterator[Outcomes]:
    """Yield the edits of a site, lot by lot, each with the results of the first trial that are right then."""
    known = bench.memory.outcomes.setdefault(site.number, [])
    yield from known
    for lot in bench.memory.waiting.setdefault(site.number, _run(bench, site)):
        known.append(lot)
        yield lot


def _changed_at(before: Sequence[Seen], after: Sequence[Seen], site: Site) -> Seen | None:
    """Return what a statement makes once it is edited, if that is another value than before."""
    old = {(each.site.number, each.time): each.value for each in before}
    here = [each for each in after if each.site.line == site.line and each.site.function == site.function]
    here = [each for each in here if each.site.kind is not Kind.PART]
    here.sort(key=lambda each: each.site.number != site.number)
    return next((each for each in here if _is_other(each, old.get((each.site.number, each.time)))), None)


def _is_other(seen: Seen, value: Array | None) -> bool:
    return value is None or not np.array_equal(seen.value, value, equal_nan=True)


def _run(bench: Bench, site: Site) -> Iterator[Outcomes]:
    trial = bench.trials[0]
    for tried in _promising(bench, site, edits_of(site)):
        runs = bench.runs(trial, [{str(site.number): {"code": each.code}} for each in tried])
        right = [bench.right_results(trial, run) for run in runs]
        yield list(zip(tried, right, strict=False))


def _proven(bench: Bench, proof: Proof) -> Proof | None:
    """Return an edit with what it mends; None where it holds on some batches only, or breaks something."""
    names = agreeing(bench.sites, proof.site, proof.edit)
    if names < 0 or not bench.proves(proof.patches):
        return None
    right = bench.count_right(proof.patches)
    if right < bench.right_before + bench.wrong_before:
        return None
    elsewhere = proof.site.function != bench.trials[0].function
    return weighed(bench, replace(proof, right=right, is_elsewhere=elsewhere, agreeing=names))


def weighed(bench: Bench, proof: Proof) -> Proof:
    """Return an edit with what is seen after it."""
    after = bench.seen(proof.patches)
    nodes = len({each.stands_for for each in after if bench.is_node(each.stands_for)})
    odd = len({each.site.line for each in bench.odd(after)}) if after else FAILED
    named = len({each.site.holder for each in after if is_named(each.site.holder, each.stands_for)})
    made = _changed_at(bench.seen_before, after, proof.site)
    return replace(proof, odd=odd, nodes=nodes, named=named, made=made)


def _is_constant(value: Array) -> bool:
    return not value.size or not np.ptp(value)


def _promising(bench: Bench, site: Site, tried: Sequence[Edit]) -> Iterator[Sequence[Edit]]:
    """Yield lots of edits that are worth a run: those whose value is a right quantity.

    In right code nearly every array is one. In loops, where parts of quantities are made that nobody has
    a name for, and where a random mask may be another one, the others follow after them; of what is no
    array nothing is known before.
    """
    if not bench.libraries or site.number not in bench.array_sites:
        yield sorted(tried, key=lambda each: each.effort > 0)
        return
    tried = sorted(tried, key=lambda each: each.effort > 0)  # the plain ones first
    values = bench.tried(site, [each.code for each in tried])
    pairs = [(edit, value) for edit, value in zip(tried, values, strict=False) if value is not None]
    names = bench.libraries[0].names_of([value for _, value in pairs], in_loop=bool(site.loops))
    # What is the same all over may be a helper that no lesson has, as a vector of ones.
    found = [edit for (edit, value), name in zip(pairs, names, strict=True) if name or _is_constant(value)]
    yield found
    if site.in_loop or bench.trials[0].quantities:
        yield [edit for edit, _ in pairs if edit not in found]
