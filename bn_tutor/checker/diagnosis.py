"""Which line of a wrong function is the first wrong one? Proved by what mends it, put in its place.

The rules, and how often each finds the line, were measured on strangers' code: that a patch repairs the
result alone proves nothing, as one downstream of the mistake does, too. The repair after which most right
quantities are seen downstream is the right one 96 times in 100; an edit of one line after which everything
is right, 99.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bn_tutor.checker.bench import Bench, Patches, Seen
from bn_tutor.checker.edits import Edit
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.proofs import Proof, best_at, edits_of, feeding, last_resort, to_edit
from bn_tutor.checker.repairs import Repair, repairs, repairs_at
from bn_tutor.checker.trial import Aspect
from bn_tutor.engine.gradients import Array

# So many statements are looked at whose value is no right one, before all others are.
FIRST_ODD = 5
# So many statements that feed an odd one are looked at, and so many that can be repaired.
MOST_FEEDING, MOST_ACCUSED = 14, 4
# So many edits that make a right quantity are compared.
MOST_STEPS = 12


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What is known of a wrong function: what its lines made, the repairs and the proofs, the best first."""

    seen: Sequence[Seen]
    repairs: Sequence[Repair] = ()
    proofs: Sequence[Proof] = ()

    @property
    def odd(self) -> list[Seen]:
        """What is none of the right quantities, in the order in which it was made."""
        return [each for each in self.seen if each.is_odd]


def diagnosed(bench: Bench) -> Diagnosis:
    """Look for the wrong line: first where a value is no right one, then wherever a right one repairs."""
    seen = bench.seen({})
    found = Diagnosis(seen)
    for each in found.odd[:FIRST_ODD]:
        mending = repairs_at(bench, each, any_shape=True)
        proofs = _proofs(bench, to_edit(bench, [each.site]), mending)
        found = _joined(found, Diagnosis(seen, mending, proofs))
        if proofs and proofs[0].right == len(bench.all_trials):
            break
    if found.odd:
        first = next(
            (each for each in found.odd if found.proofs and each.site.line == found.proofs[0].site.line), None
        )
        found = _with_feeding(bench, found, first or found.odd[0])
    if found.proofs or bench.is_late:
        return found
    mending = repairs(bench, seen)
    sites = to_edit(bench, list(dict.fromkeys(each.site for each in mending))[:MOST_ACCUSED])
    found = Diagnosis(seen, mending, _proofs(bench, sites, mending))
    if found.proofs:
        here = [each for each in seen if each.site.line == found.proofs[0].site.line]
        return _with_feeding(bench, found, here[0]) if here else found
    return Diagnosis(seen, mending, _proofs(bench, last_resort(bench), ()))


def _joined(one: Diagnosis, other: Diagnosis) -> Diagnosis:
    proofs = sorted((*one.proofs, *other.proofs), key=_worth)
    return Diagnosis(one.seen, (*one.repairs, *other.repairs), proofs)


def _proofs(bench: Bench, sites: Sequence[Site], mending: Sequence[Repair]) -> list[Proof]:
    """Return the best edit of each site, those first after which most is right."""
    found = []
    for site in sites:
        if bench.is_late:
            break
        if (proof := best_at(bench, site, mending)) is not None:
            found.append(proof)
    return sorted(found, key=_worth)


def _worth(proof: Proof) -> tuple[int, int, bool, int, bool, int]:
    """What sorts proofs: what they mend, then whether names agree, then what is seen after them."""
    indirect = proof.is_indirect and not proof.agreeing
    return -proof.right, -proof.agreeing, indirect, -proof.nodes, proof.is_elsewhere, proof.site.number


def _with_feeding(bench: Bench, found: Diagnosis, odd: Seen) -> Diagnosis:
    """Return a diagnosis with proofs at the statements that an odd one is made from, where they mend more.

    Two lines that do not fit each other can both be mended; after the right one more is right, and more
    of the lesson's own quantities are seen.
    """
    if found.proofs and found.proofs[0].right == len(bench.all_trials) and not _is_doubtful(bench, found):
        return found
    by_site = {each.site.number: each for each in found.seen if each.time == 1}
    after = {(each.site.line, each.site.name): each for each in found.seen if each.site.kind is Kind.AFTER}
    proofs, mending = list(found.proofs), list(found.repairs)
    for site in feeding(bench, odd)[:MOST_FEEDING]:
        if bench.is_late:
            break
        here = after.get((site.line, site.name)) if site.kind is Kind.PART else by_site.get(site.number)
        new = repairs_at(bench, here, any_shape=True) if here is not None else []
        if here is not None and here.value.ndim and bench.libraries and not new:
            continue  # no right quantity in its place mends anything, so no edit of it does
        proof = best_at(bench, site, new)
        if proof is not None:
            proofs.append(proof)
            mending += new
    return Diagnosis(found.seen, mending, sorted(proofs, key=_worth))


def _is_doubtful(bench: Bench, found: Diagnosis) -> bool:
    """Whether something before a proven line is no quantity of the lesson's own: it may be the mistake."""
    line = found.proofs[0].site.line
    return any(
        each.site.line < line and each.value.ndim and not bench.is_node(each.stands_for)
        for each in found.seen
        if each.site.function == found.proofs[0].site.function
    )


# --- several mistakes -------------------------------------------------------------------------------------


def step(bench: Bench, found: Diagnosis) -> Proof | None:
    """Return an edit that brings a function with several mistakes nearer to what is right; None for none.

    It makes a further result right, or turns the first value that is none of the right ones into one of them.
    """
    trial = bench.trials[0]
    before = bench.right_results(trial, bench.run(trial, {}))
    for each in found.odd[:FIRST_ODD]:
        for site in to_edit(bench, [each.site]):
            if bench.is_late:
                return None
            tried = edits_of(site)
            runs = bench.runs(trial, [_edited(site, edit) for edit in tried])
            gained = next(
                (at for at, run in enumerate(runs) if bench.right_results(trial, run) > before), None
            )
            if gained is not None:
                return Proof(site, tried[gained])
        if (proof := _made_right(bench, each)) is not None:
            return proof
    return None


def _made_right(bench: Bench, seen: Seen) -> Proof | None:
    """Return the edit of a statement after which it makes a right quantity, and most after it are right."""
    if seen.site.kind is not Kind.VALUE or seen.site.in_loop or not bench.libraries:
        return None
    tried = edits_of(seen.site)
    values = bench.tried(seen.site, [each.code for each in tried])
    there = {each.stands_for for each in bench.seen({})} | bench.given
    pairs = zip(tried, values, strict=False)
    named = [(edit, name) for edit, value in pairs if (name := _node_of(bench, value)) and name not in there]
    found = [
        (len({each.stands_for for each in bench.seen(_edited(seen.site, edit))} | bench.given), edit, name)
        for edit, name in named[:MOST_STEPS]
    ]
    is_backward = bench.trials[0].aspect is Aspect.BACKWARD
    better = [each for each in found if each[0] > len(there)]
    # On the way back a gradient is made; and names break ties.
    best = max(
        better,
        key=lambda each: (each[0], each[2].startswith("d") is is_backward, each[2] == seen.site.name),
        default=None,
    )
    return Proof(seen.site, best[1]) if best else None


def _edited(site: Site, edit: Edit) -> Patches:
    return {str(site.number): {"code": edit.code}}


def _node_of(bench: Bench, value: Array | None) -> str:
    """Return which of the lesson's own quantities an array is; empty for none, and for constants."""
    if value is None or not value.ndim or not value.size or not np.ptp(value):
        return ""
    name = bench.libraries[0].name_of(value)
    return name if bench.is_node(name) else ""
