"""Which right quantity, put in the place of a statement, makes everything right?"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bn_tutor.checker.bench import Bench, Patches, Seen, makes_room
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.known_names import is_named
from bn_tutor.checker.library import Quantity, is_close
from bn_tutor.engine.gradients import Array


@dataclass(frozen=True, eq=False)
class Repair:
    """A right quantity that, put in the place of a site, makes all results right.

    ``known`` counts the lesson's own quantities that are seen after it, ``unknown`` the values that are none.
    """

    site: Site
    time: int
    quantity: Quantity
    value: Array
    was_right: bool = False
    known: int = 0
    unknown: int = 0


def repairs(bench: Bench, seen: Sequence[Seen]) -> list[Repair]:
    """Return the repairs of all sites, ranked; in other shapes than were seen only where there is none."""
    for any_shape in (False, True):
        found: list[Repair] = []
        for each in _latest(seen):
            if bench.is_late:
                break
            if each.is_odd or not any_shape or _hands_on(each.site):
                found += repairs_at(bench, each, any_shape=any_shape)
        if found:
            return _ranked(bench, found)
    return []


def repairs_at(bench: Bench, seen: Seen, *, any_shape: bool) -> list[Repair]:
    """Try every quantity in the place of a site: in the shape that was seen, or in any that people use."""
    if seen.site.kind is Kind.PART or not bench.libraries or makes_room(seen.site.expression):
        return []
    tried = [
        Repair(seen.site, seen.time, quantity, value, was_right=bool(seen.stands_for))
        for quantity in bench.libraries[0].quantities
        if not any_shape or bench.is_node(quantity.name)
        for value in _fitting(bench, quantity, seen.value, any_shape)
        if quantity.name != seen.stands_for or not is_close(quantity.value, seen.value)
    ]
    right = bench.repairing([_patch(each.site, each.time, each.value) for each in tried])
    return [tried[at] for at in right if _holds(bench, tried[at])]


def _hands_on(site: Site) -> bool:
    """Whether a statement returns something, or only gives it another name."""
    return site.kind is Kind.RETURNED or isinstance(site.expression, ast.Name)


def _latest(seen: Sequence[Seen]) -> list[Seen]:
    return list({(each.site.number, each.time): each for each in seen}.values())


def _fitting(bench: Bench, quantity: Quantity, value: Array, any_shape: bool) -> list[Array]:
    shapes: dict[tuple[int, ...], Array] = {}
    for layout in bench.libraries[0].layouts(quantity):
        shapes.setdefault(layout.shape, layout)
    if quantity.value.size == value.size and quantity.value.ndim > 2:
        shapes.setdefault(value.shape, quantity.value.reshape(value.shape))
    if any_shape:
        return list(shapes.values())
    return [shapes[value.shape]] if value.shape in shapes else []


def _patch(site: Site, time: int, value: Array) -> Patches:
    return {str(site.number): {"value": value, "time": time}}


def _holds(bench: Bench, repair: Repair) -> bool:
    """Whether the same quantity repairs the second batch, too."""
    if len(bench.libraries) < 2:
        return True
    library, trial = bench.libraries[1], bench.trials[1]
    quantity = next((each for each in library.quantities if each.name == repair.quantity.name), None)
    if quantity is None:
        return False
    layouts = [each for each in library.layouts(quantity) if each.ndim == repair.value.ndim]
    experiments = [_patch(repair.site, repair.time, each) for each in layouts]
    return any(bench.is_right(trial, run) for run in bench.runs(trial, experiments))


def _ranked(bench: Bench, found: Sequence[Repair]) -> list[Repair]:
    """Put first the repair after which most right quantities, and fewest others, are seen."""
    scored = []
    for repair in found:
        after = [] if bench.is_late else bench.seen(_patch(repair.site, repair.time, repair.value), batches=1)
        downstream = [each for each in after if each.site.number >= repair.site.number]
        known = len({each.stands_for for each in downstream if bench.is_node(each.stands_for)})
        scored.append(replace(repair, known=known, unknown=sum(each.is_odd for each in downstream)))
    return sorted(scored, key=_rank)


def _rank(repair: Repair) -> tuple[bool, bool, int, int, int, bool, int]:
    """What sorts repairs: a value that is right already is the last to be blamed; names only break ties.

    A line that should make something and gives a name another one alone makes nothing.
    """
    rank = repair.quantity.rank
    same_name = repair.site.name == repair.quantity.name
    oddness = rank if repair.was_right else 0
    empty = _makes_nothing(repair)
    return (
        not empty, repair.was_right, oddness, -repair.known, repair.unknown, not same_name,
        repair.site.number,
    )  # fmt: skip


def _makes_nothing(repair: Repair) -> bool:
    """Whether a statement only hands a value on: dx = dxhat, or a return of what has another name."""
    if not isinstance(repair.site.expression, ast.Name):
        return False
    if repair.site.kind is Kind.VALUE and repair.site.expression.id == repair.site.name:
        return True
    if repair.site.kind is Kind.RETURNED:
        return repair.was_right and not is_named(repair.site.expression.id, repair.quantity.name)
    return repair.was_right and repair.site.kind is Kind.VALUE
