"""Which line of a wrong function is the first wrong one? Proved by what mends it, put in its place.

The rules, and how often each finds the line, were measured on strangers' code: that a patch repairs the
result alone proves nothing, as one downstream of the mistake does, too. The repair after which most right
quantities are seen downstream is the right one 96 times in 100; an edit of one line after which everything
is right, 99.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bn_tutor.checker.bench import Bench, Seen
from bn_tutor.checker.flow import before, is_written, last_resort, nearest
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.proofs import Proof, best_at, sorted_proofs
from bn_tutor.checker.repairs import Repair, repairs

# So many statements are looked at whose value is no right one, before all others are.
FIRST_ODD = 4
# So many statements that an odd one is made from are looked at, so many of them beside a line that is
# proven already, and so many that can be repaired.
MOST_BEFORE, MOST_BESIDE, MOST_ACCUSED = 14, 8, 4
# From a line that is proven so many steps are taken to lines that may be meant instead.
MOST_BACK = 4


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What is known of a wrong function: what its lines made, the repairs and the proofs, the best first."""

    seen: Sequence[Seen]
    odd: Sequence[Seen]
    repairs: Sequence[Repair] = ()
    proofs: Sequence[Proof] = ()


def further(bench: Bench, found: Diagnosis) -> Diagnosis:
    """Look on where no edit was found at once: where something repairs, and at one wrong result alone.

    What mends one result must break no other.
    """
    whole = with_repairs(bench, found)
    if whole.proofs or len(bench.wrong) < 2:
        return whole
    alone = [bench.for_result(name) for name in bench.wrong]
    for look in (diagnosed, lambda one: with_repairs(one, diagnosed(one))):
        for one in alone:
            if (other := look(one)).proofs:
                return other
    return whole


def diagnosed(bench: Bench) -> Diagnosis:
    """Look for an edit that mends a function: where a value is no right one, and before the first."""
    seen = bench.seen_before
    odd = bench.odd(seen)
    found = Diagnosis(seen, odd)
    done: set[int] = set()
    for each in odd[:FIRST_ODD]:
        found = _with(bench, found, to_edit(bench, [each.site]), done)
        if found.proofs:
            break
    return _with_those_before(bench, found, done) if odd else found


def with_repairs(bench: Bench, found: Diagnosis) -> Diagnosis:
    """Look at edits where a right quantity, put in the place of a value, repairs what is wrong."""
    if found.proofs or bench.is_late:
        return found
    done: set[int] = set()
    mending = repairs(bench, [each for each in found.seen if each.site.number in bench.reaching])
    found = replace(found, repairs=mending)
    sites = list(dict.fromkeys(each.site for each in mending))[:MOST_ACCUSED]
    found = _with(bench, found, to_edit(bench, sites), done)
    if found.proofs:
        return _with_those_before(bench, found, done)
    others = last_resort(bench.sites, bench.trials[0].function, bench.array_sites)
    found = _with(bench, found, others, done)
    if found.proofs:
        return _with_those_before(bench, found, done)
    if found.odd or mending:
        return found
    mine = [each for each in bench.sites if is_written(each) and each.number in bench.visited]
    return _with(bench, found, mine[:MOST_BEFORE], done)


def _with(bench: Bench, found: Diagnosis, sites: Iterable[Site], done: set[int]) -> Diagnosis:
    """Return a diagnosis with the best edit of each of these sites, where it has not been looked for yet."""
    proofs = list(found.proofs)
    for site in sites:
        if bench.is_late:
            break
        if site.number in done or site.number not in bench.visited:
            continue
        done.add(site.number)
        if (proof := best_at(bench, site)) is not None:
            proofs.append(proof)
    return replace(found, proofs=sorted_proofs(proofs))


def _with_those_before(bench: Bench, found: Diagnosis, done: set[int]) -> Diagnosis:
    """Return a diagnosis with the statements that the accused one is made from.

    Two lines that do not fit each other can both be mended; after the right one more is right, and more
    of the lesson's own quantities are seen.
    """
    for _ in range(MOST_BACK if found.proofs else 0):
        best = found.proofs[0]
        found = _with(bench, found, nearest(bench.sites, best.site)[:MOST_BESIDE], done)
        if found.proofs[0] is best:
            break
    if found.proofs:
        return found
    return _with(bench, found, before(bench.sites, found.odd[0].site)[:MOST_BEFORE], done)


def to_edit(bench: Bench, accused: Sequence[Site]) -> list[Site]:
    """Return the sites whose formulas are edited; for what is changed in place, those on the right side."""
    found: dict[Site, None] = {}
    for site in dict.fromkeys(accused):
        same = [each for each in bench.sites if each.line == site.line and each.function == site.function]
        found |= dict.fromkeys([site] if site.kind is not Kind.AFTER else same)
    return [site for site in found if is_written(site)]
