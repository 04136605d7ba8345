"""One run of a lesson with every mistake in it, and the comparison of what they come to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bn_tutor.course.flow import Edge, Flow, Spot, flow_of
from bn_tutor.course.gradient_names import Target, targets
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import names_of
from bn_tutor.course.own_mistakes import OwnMistake
from bn_tutor.course.wrong_passes import WrongPass, passes_of, same
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import Upstream
from bn_tutor.engine.shapes import Shape

# A value for each gradient that is asked for; None where there is none.
Values = tuple[Array | None, ...]
# Stands among the mistakes for what is right.
RIGHT = ""


@dataclass(frozen=True)
class Asked:
    """The gradients that are asked for, and those that are right whatever went wrong before them."""

    names: tuple[str, ...]
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Run:
    """One run of a lesson; its mistakes go by ids, ``own/...`` for those of the lesson itself."""

    lesson: Lesson
    flow: Flow
    sizes: Mapping[str, int]
    # Sizes and constants, as formulas name them.
    names: Mapping[str, Any]

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """What the names of gradients stand for."""
        return targets(self.flow)

    @cached_property
    def right(self) -> Mapping[str, Array]:
        """Every value and every right gradient, by name."""
        gradients = {name: target.right(self.flow) for name, target in self.targets.items()}
        return gradients | dict(self.flow.recording.values)

    @cached_property
    def passes(self) -> Mapping[str, WrongPass]:
        """The derived mistakes."""
        return passes_of(self.flow)

    @cached_property
    def own(self) -> Mapping[str, OwnMistake]:
        """The lesson's own mistakes."""
        return {
            f"own/{mistake.id}": OwnMistake(self.lesson, mistake, self.right, self.names)
            for mistake in self.lesson.mistakes
        }

    def values(self, mistake: str, asked: Asked) -> Values:
        """Return what a mistake, or RIGHT, makes of the gradients that are asked for."""
        if mistake == RIGHT:
            return tuple(self.right[name] for name in asked.names)
        if mistake in self.own:
            found_own = self.own[mistake]
            own = found_own.values_given(asked.given) if asked.given else found_own.values
            return tuple(own.get(name, self.right[name]) for name in asked.names)
        found = self.passes.get(mistake)
        return tuple(found.value(self.targets[name]) if found else None for name in asked.names)

    def between(self, asked: Asked) -> frozenset[Edge]:
        """Return the edges on the roads from what is given to what is asked for."""
        given = [self.targets[name] for name in asked.given]
        known = {edge for target in given for edge in target.edges}
        known |= {spot.edge for target in given if not target.edges for spot in self._arriving(target.node)}
        waiting = [edge for name in asked.names for edge in self._edges(self.targets[name])]
        found: set[Edge] = set()
        while waiting:
            edge = waiting.pop()
            if edge not in found and edge not in known:
                found.add(edge)
                waiting += [spot.edge for spot in self._arriving(edge[0])]
        return frozenset(found)

    def _arriving(self, node: str) -> Sequence[Spot]:
        return self.flow.arriving.get(node, ())

    def _edges(self, target: Target) -> Sequence[Edge]:
        return target.edges or [spot.edge for spot in self._arriving(target.node)]


def run_of(lesson: Lesson, recording: Recording, upstream: Upstream, sizes: Mapping[str, int]) -> Run:
    """Return a run of a lesson whose mistakes are to be looked at; ``recording`` is of single operations."""
    return Run(lesson, flow_of(recording, upstream), sizes, names_of(lesson, sizes))


def shows(values: Values, right: Values) -> bool:
    """Whether a mistake leads to what somebody might answer: finite, not right, and not zero throughout."""
    there = [pair for pair in zip(values, right, strict=True) if pair[0] is not None]
    changed = [np.asarray(value) for value, ok in there if not same(value, ok)]
    return any(np.any(value) for value in changed) and all(np.all(np.isfinite(value)) for value in changed)


def parted(run: Run, lot: Sequence[str], asked: Asked, tolerance: float) -> Iterator[list[str]]:
    """Part mistakes by what they come to on one run; their order stays."""
    if len(lot) == 1:
        yield list(lot)
        return
    alike: dict[tuple[Shape | None, ...], list[tuple[str, Values]]] = {}
    for mistake in lot:
        values = run.values(mistake, asked)
        shapes = tuple(None if value is None else value.shape for value in values)
        alike.setdefault(shapes, []).append((mistake, values))
    for shapes, found in alike.items():
        if None in shapes:  # nothing is proven of what was not computed
            yield from ([mistake] for mistake, _ in found)
        else:
            yield from _parted_by_value(found, tolerance)


def _parted_by_value(found: Sequence[tuple[str, Values]], tolerance: float) -> Iterator[list[str]]:
    """Part mistakes that come to the same shapes."""
    rows = np.array(
        [np.concatenate([np.ravel(value) for value in values if value is not None]) for _, values in found]
    )
    left = np.arange(len(rows))
    while left.size:
        first = rows[left[0]]
        with np.errstate(all="ignore"):
            distance = np.max(np.abs(rows[left] - first), axis=1, initial=0.0)
        near = distance <= tolerance * max(np.max(np.abs(first), initial=0.0), 1.0)
        near[0] = True  # what is no number is still itself
        yield [found[at][0] for at in left[near]]
        left = left[~near]
