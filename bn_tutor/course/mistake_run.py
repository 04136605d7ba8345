"""One run of a lesson with every mistake in it, and the comparison of what they come to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bn_tutor.course.flow import Edge, Flow, flow_of
from bn_tutor.course.gradient_names import Target, targets
from bn_tutor.course.lesson import Lesson, Mistake
from bn_tutor.course.loading import names_of
from bn_tutor.course.own_mistakes import values_with
from bn_tutor.course.wrong_passes import TOLERANCE, WrongPass, passes_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import Upstream

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
    def own(self) -> Mapping[str, Mistake]:
        """The lesson's own mistakes."""
        return {f"own/{mistake.id}": mistake for mistake in self.lesson.mistakes}

    def values(self, mistake: str, asked: Asked) -> Values:
        """Return what a mistake, or RIGHT, makes of the gradients that are asked for."""
        if mistake == RIGHT:
            return tuple(self.right[name] for name in asked.names)
        if mistake in self.own:
            own = values_with(self.lesson, self.own[mistake], self.right, self.names, asked.given)
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
