"""The order in which lessons are listed: a learner's, who meets no lesson before those that it requires."""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby

from bn_tutor.course.heading import Heading, heading
from bn_tutor.course.places import Entry

Headings = Mapping[Entry, Heading]


def in_order(entries: Iterable[Entry]) -> list[tuple[Entry, Heading]]:
    """Return the lessons with their headings, place by place, and within each place in a learner's order."""
    headings = {entry: heading(entry.path) for entry in entries}
    places = groupby(headings, key=lambda entry: entry.source)
    return [(entry, headings[entry]) for _, place in places for entry in _ordered(list(place), headings)]


def _ordered(place: Sequence[Entry], headings: Headings) -> list[Entry]:
    """Sort topologically; of those that could come next, the one that most others build on, then by name.

    Where lessons require each other in a circle, one of them comes first all the same.
    """
    unmet = {entry.name for entry in place}
    needs = {entry: headings[entry].requires & unmet - {entry.name} for entry in place}
    builders = _builders(needs)
    waiting = sorted(place, key=lambda entry: (-len(_all_after(entry.name, builders)), entry.name))
    ordered = []
    while waiting:
        following = next((entry for entry in waiting if not needs[entry] & unmet), waiting[0])
        waiting.remove(following)
        unmet.discard(following.name)
        ordered.append(following)
    return ordered


def _builders(needs: Mapping[Entry, Set[str]]) -> dict[str, set[str]]:
    """Return the names of the lessons that require a lesson, for each that is required."""
    builders: dict[str, set[str]] = {}
    for entry, names in needs.items():
        for name in names:
            builders.setdefault(name, set()).add(entry.name)
    return builders


def _all_after(name: str, builders: Mapping[str, Set[str]]) -> set[str]:
    """Return the names of all lessons that build on a lesson, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = builders.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return found
