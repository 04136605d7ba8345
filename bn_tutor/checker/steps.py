"""Several mistakes in one function: which edit brings it nearer to what is right?"""

from collections.abc import Iterator, Sequence, Set
from typing import TypeGuard

import numpy as np

from bn_tutor.checker.bench import Bench
from bn_tutor.checker.diagnosis import Diagnosis, to_edit
from bn_tutor.checker.edits import Edit
from bn_tutor.checker.exchanges import agreeing
from bn_tutor.checker.flow import is_kept, nearest
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.known_names import is_named
from bn_tutor.checker.proofs import Proof, edits_of, sorted_proofs, weighed
from bn_tutor.checker.trial import Aspect
from bn_tutor.engine.gradients import Array

# So many values that are no right ones are looked at, and so many statements that each is made from.
FIRST_ODD, MOST_BEFORE = 2, 6
# So many edits of a statement that make a right quantity are compared.
MOST_STEPS = 12


def exchanges(bench: Bench, found: Diagnosis) -> list[Proof]:
    """Return exchanges of two values after which names agree that did not, and less is odd."""
    odd = len({each.site.line for each in found.odd})
    better = sorted_proofs([each for each in _exchanges(bench) if each.odd < odd])
    # The other end of what was exchanged may be meant as well.
    return [each for each in better if (each.odd, each.agreeing) == (better[0].odd, better[0].agreeing)]


def steps(bench: Bench, found: Diagnosis) -> list[Proof]:
    """Return edits after which fewer values are none of the right ones, the best first."""
    odd = len({each.site.line for each in found.odd})
    there = {each.stands_for for each in found.seen} | bench.given
    for each in found.odd[:FIRST_ODD]:
        sites = [*to_edit(bench, [each.site]), *nearest(bench.sites, each.site)[:MOST_BEFORE]]
        new = (step for step in _edited(bench, sites) if _is_new(bench, step, there))
        if better := _better(new, odd):
            return better
    return []


def _is_new(bench: Bench, step: Proof, there: Set[str]) -> bool:
    """Whether a step makes what no other line makes; on the way back no value of the way forward again."""
    name = step.made.stands_for if step.made else ""
    if not name or name in there:
        return False
    is_back = bench.trials[0].aspect is Aspect.BACKWARD
    return not (is_back and name in bench.forward_names) or _is_named(step)


def _better(tried: Iterator[Proof], odd: int) -> list[Proof]:
    """Return the best of the steps after which less is odd than before, and its equals.

    Where a name holds what such a name is given, that counts for more: what comes after it may have been
    something that has a name only by chance.
    """
    found = sorted_proofs([each for each in tried if each.odd < odd + _is_named(each)])
    found.sort(key=lambda each: not _is_named(each))
    return [
        each for each in found if (each.weight, _is_named(each)) == (found[0].weight, _is_named(found[0]))
    ]


def _is_named(proof: Proof) -> bool:
    """Whether a line makes, once it is edited, what its name says."""
    return proof.made is not None and is_named(proof.made.site.holder, proof.made.stands_for)


def _exchanges(bench: Bench) -> Iterator[Proof]:
    """Yield the exchanges of two values after which both go by the same names at either end."""
    own = bench.trials[0].function
    for site in bench.sites:
        if site.kind is not Kind.UNPACKED and not is_kept(site):
            continue
        for edit in edits_of(site):
            if bench.is_late:
                return
            if gained := max(0, agreeing(bench.sites, site, edit)):
                yield weighed(bench, Proof(site, edit, agreeing=gained, is_elsewhere=site.function != own))


def _edited(bench: Bench, sites: Sequence[Site]) -> Iterator[Proof]:
    """Yield edits of these sites that make a right quantity, with what is seen after them."""
    for site in sites:
        for edit in _making(bench, site)[:MOST_STEPS]:
            if bench.is_late:
                return
            yield weighed(bench, Proof(site, edit))


def _making(bench: Bench, site: Site) -> list[Edit]:
    """Return the edits of a site that make a right quantity, first those of the lesson's own."""
    if not bench.libraries or site.number not in bench.array_sites:
        return []
    tried = edits_of(site)
    values = bench.tried(site, [each.code for each in tried])
    pairs = [(edit, value) for edit, value in zip(tried, values, strict=False) if _tells(value)]
    names = bench.libraries[0].names_of([value for _, value in pairs], in_loop=bool(site.loops))
    named = [(edit, name) for (edit, _), name in zip(pairs, names, strict=True) if name]
    return [edit for edit, _ in sorted(named, key=lambda each: not bench.is_node(each[1]))]


def _tells(value: Array | None) -> TypeGuard[Array]:
    """Whether an array is no constant, which would be anything."""
    return value is not None and bool(value.size) and bool(value.ndim) and bool(np.ptp(value))
