"""The catalogue of mistakes for one run of a lesson: what each would make of a gradient that is asked for.

Mistakes that come to the same are one, under several names. That they do is proven on runs with other sizes and
other numbers, and so is that a mistake is one: what comes to the right gradient there, as the vanishing road of
the mean through the variance does, is none and is never offered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bn_tutor.course.flow import Edge, Flow, flow_of
from bn_tutor.course.gradient_names import Target, targets
from bn_tutor.course.lesson import Lesson, Mistake
from bn_tutor.course.loading import names_of, record, sizes_of, upstreams_of
from bn_tutor.course.misconceptions import ROWS, title_of
from bn_tutor.course.own_mistakes import is_backward, values_with
from bn_tutor.course.proof_runs import proof_recording, proof_sizes
from bn_tutor.course.wrong_passes import TOLERANCE, WrongPass, passes_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import Upstream
from bn_tutor.engine.zoom import Level

# A value for each name that is asked for; None where there is none.
Values = tuple[Array | None, ...]
PROOF_SEED = 7001
_ORDER: Mapping[str, int] = {row.id: at for at, row in enumerate(ROWS)}


@dataclass(frozen=True, eq=False)
class Known:
    """A mistake, and the gradients that it leads to on the learner's run.

    ``kind`` is the row of the catalogue, by which habits are counted, or the id of a lesson's own mistake.
    ``node`` is the line in which it is made, ``line`` how that may look, where it can be written. ``also``
    names other mistakes that come to the very same.
    """

    id: str
    kind: str
    title: str
    node: str
    say: str
    hint: str
    line: str
    also: tuple[str, ...]
    values: Mapping[str, Array]

    @property
    def value(self) -> Array:
        """The gradient that was asked for first; mostly there is no other."""
        return next(iter(self.values.values()))


@dataclass(frozen=True)
class _Asked:
    """The gradients that are asked for, and those that are right whatever went wrong before them."""

    names: tuple[str, ...]
    given: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Run:
    """One run of the lesson, with every mistake in it: derived ones and the lesson's own, by id."""

    lesson: Lesson
    flow: Flow
    names: Mapping[str, Any]

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        return targets(self.flow)

    @cached_property
    def right(self) -> Mapping[str, Array]:
        gradients = {name: target.right(self.flow) for name, target in self.targets.items()}
        return gradients | dict(self.flow.recording.values)

    @cached_property
    def passes(self) -> Mapping[str, WrongPass]:
        return passes_of(self.flow)

    @cached_property
    def own(self) -> Mapping[str, Mistake]:
        return {f"own/{mistake.id}": mistake for mistake in self.lesson.mistakes}

    def values(self, mistake: str, asked: _Asked) -> Values:
        """Return what a mistake makes of the asked gradients; without a name, the right ones."""
        if not mistake:
            return tuple(self.right[name] for name in asked.names)
        if mistake in self.own:
            own = values_with(self.lesson, self.own[mistake], self.right, self.names, asked.given)
            return tuple(own.get(name, self.right[name]) for name in asked.names)
        found = self.passes.get(mistake)
        return tuple(found.value(self.targets[name]) if found else None for name in asked.names)


@dataclass(frozen=True, eq=False)
class Mistakes:
    """What can go wrong in one run of a lesson; made by ``mistakes_of`` or ``mistakes_in``."""

    run: _Run

    @property
    def right(self) -> Mapping[str, Array]:
        """Every value and every right gradient, by name."""
        return self.run.right

    def of(self, *names: str, given: Collection[str] = ()) -> tuple[Known, ...]:
        """Return the distinct mistakes that show in the gradients ``names``, the likeliest first.

        Names are those of ``evaluation.environment``: dgamma, dxmu1. What is ``given``, further gradients by
        name, is right whatever went wrong before it: then only mistakes made after it count, and none of the
        forward pass. Raises KeyError for what is no gradient of the lesson.
        """
        asked = _Asked(names, frozenset(given))
        showing = self._showing(asked)
        order = {mistake: at for at, mistake in enumerate(["", *sorted(showing, key=self._rank)])}
        lots = [list(order)]
        for run in (self._proofs[0], self.run, self._proofs[1]):
            # What differs anywhere is distinct; only what still looks alike is looked at again.
            lots = [part for lot in lots for part in _parted(run, lot, asked)]
        distinct = sorted((lot for lot in lots if "" not in lot), key=lambda lot: order[lot[0]])
        return tuple(self._known(lot, dict(zip(names, showing[lot[0]], strict=True))) for lot in distinct)

    def _showing(self, asked: _Asked) -> dict[str, Values]:
        """Return the mistakes that change what is asked for on this run, with what they make of it."""
        right = self.run.values("", asked)
        found = {mistake: self.run.values(mistake, asked) for mistake in self._made_after(asked)}
        return {mistake: values for mistake, values in found.items() if _shows(values, right)}

    def _made_after(self, asked: _Asked) -> Iterator[str]:
        """Yield every mistake that may have been made, seen from what is given."""
        for name, mistake in self.run.own.items():
            if not asked.given or is_backward(self.run.lesson, mistake):
                yield name
        known = self._proofs[0].passes
        between = _edges_between(self.run, asked) if asked.given else None
        for name, found in self.run.passes.items():
            # What only there is on these sizes, as two shapes happen to be the same, is nobody's habit.
            if name in known and (between is None or found.is_within(between)):
                yield name

    @cached_property
    def _proofs(self) -> Sequence[_Run]:
        lesson = self.run.lesson
        return [
            _run(lesson, proof_recording(lesson, sizes, PROOF_SEED + at), sizes, PROOF_SEED + at)
            for at, sizes in enumerate(proof_sizes(lesson))
        ]

    def _rank(self, mistake: str) -> tuple[int, int]:
        """The lesson's own first, then in the order of the rows; of one row what is nearest to the inputs."""
        if mistake in self.run.own:
            return (-1, list(self.run.own).index(mistake))
        found = self.run.passes[mistake]
        return (_ORDER[found.row.id], -found.change.spot.at)

    def _known(self, lot: Sequence[str], values: Mapping[str, Any]) -> Known:
        """Put into words a lot of mistakes that come to the same."""
        derived = [self.run.passes[mistake] for mistake in lot if mistake in self.run.passes]
        also = tuple(dict.fromkeys(f"{each.row.title}, at {each.node}" for each in derived[0 if own else 1 :]))
        ...


def _shows(values: Values, right: Values) -> bool:
    """Whether a mistake leads to anything that somebody might answer: finite, not right, and not plain zero."""
    pairs = [(value, ok) for value, ok in zip(values, right, strict=True) if not same(value, ok)]
    there = [value for value, _ in pairs if value is not None]
    return any(np.any(value) for value in there) and all(np.all(np.isfinite(value)) for value in there)
