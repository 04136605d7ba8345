"""The catalogue of mistakes for one run of a lesson: what each would make of a gradient that is asked for.

Mistakes that come to the same are one, under several names. That they do is proven on a run with other
sizes and other numbers, too, and so is that a mistake is one: what comes to the right gradient there, as the
vanishing road of the mean through the variance does, is none and is never offered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import record, sizes_of, upstreams_of
from bn_tutor.course.misconceptions import ROWS, title_of
from bn_tutor.course.mistake_run import RIGHT, Asked, Run, Values, parted, run_of, shows
from bn_tutor.course.proof_runs import proof_run
from bn_tutor.engine.closeness import TOLERANCE
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import Upstream
from bn_tutor.engine.zoom import Level

# What differs by less on the learner's numbers may do so by rounding alone: other numbers decide.
LOOKS_ALIKE = 1e-6
# Of a very long lesson only so many mistakes are tried, those nearest to the inputs; and none on large data.
MOST_PASSES = 600
MOST_NUMBERS = 50_000
_ORDER: Mapping[str, int] = {row.id: at for at, row in enumerate(ROWS)}


@dataclass(frozen=True, eq=False)
class Known:
    """A mistake, and what it makes of the gradients that were asked for.

    ``kind`` is the row of the catalogue, by which habits are counted, or the id of a lesson's own mistake.
    ``node`` is the line in which it is made; ``line`` writes the wrong way back from there, where it can be
    written. ``also`` names other mistakes that come to the very same.
    """

    id: str
    kind: str
    title: str
    node: str
    say: str
    hint: str
    line: str
    also: tuple[str, ...]
    # By name; without those that can no longer be computed.
    values: Mapping[str, Array]

    @property
    def value(self) -> Array:
        """The first of the gradients; mostly there is no other."""
        return next(iter(self.values.values()))


@dataclass(frozen=True, eq=False)
class Mistakes:
    """What can go wrong in one run of a lesson; made by ``mistakes_of`` or ``mistakes_in``."""

    run: Run

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
        asked = Asked(names, frozenset(given))
        showing = self._showing(asked)
        order = {mistake: at for at, mistake in enumerate([RIGHT, *sorted(showing, key=self._rank)])}
        lots = [list(order)]
        # What differs is distinct; only what looks alike is looked at again, on numbers that hide nothing.
        for run, tolerance in ((self.run, LOOKS_ALIKE), (self._proof, TOLERANCE)):
            lots = [part for lot in lots for part in parted(run, lot, asked, tolerance)]
        distinct = sorted((lot for lot in lots if RIGHT not in lot), key=lambda lot: order[lot[0]])
        return tuple(self._known(lot, names, showing[lot[0]]) for lot in distinct)

    def _showing(self, asked: Asked) -> dict[str, Values]:
        """Return the mistakes that change what is asked for on this run, with what they make of it."""
        right = self.run.values(RIGHT, asked)
        found = {mistake: self.run.values(mistake, asked) for mistake in self._made_after(asked)}
        return {mistake: values for mistake, values in found.items() if shows(values, right)}

    def _made_after(self, asked: Asked) -> Iterator[str]:
        """Yield every mistake that may have been made, seen from what is given."""
        for name, own in self.run.own.items():
            if not asked.given or own.is_backward:
                yield name
        if sum(value.size for value in self.run.flow.recording.values.values()) <= MOST_NUMBERS:
            yield from sorted(self._derived(asked), key=self._rank_by_distance)[:MOST_PASSES]

    def _derived(self, asked: Asked) -> Iterator[str]:
        """Yield the mistakes that change an edge on the way to what is asked for."""
        between = self.run.between(asked)
        sizes = list(self.run.sizes.values())
        # Where sizes agree so do shapes that have nothing to do with each other: that is nobody's habit.
        known = self._proof.passes if len(set(sizes)) < len(sizes) else self.run.passes
        for name, found in self.run.passes.items():
            on_the_way = found.is_within(between) if asked.given else found.touches(between)
            if on_the_way and name in known:
                yield name

    @cached_property
    def _proof(self) -> Run:
        return proof_run(self.run.lesson)

    def _rank(self, mistake: str) -> tuple[int, int, int]:
        """The lesson's own first, then in the order of the rows; then what is nearest to the inputs.

        Of several edges to blame, one that passes its upstream on unchanged is the least likely.
        """
        if mistake in self.run.own:
            return -1, 0, list(self.run.own).index(mistake)
        found = self.run.passes[mistake]
        return _ORDER[found.row.id], not found.change.spot.links, -found.change.spot.at

    def _rank_by_distance(self, mistake: str) -> int:
        return -self.run.passes[mistake].change.spot.at

    def _known(self, lot: Sequence[str], names: Sequence[str], values: Values) -> Known:
        """Put a lot of mistakes that come to the same into words: those of the first."""
        first, *others = lot
        derived = [self.run.passes[each] for each in lot if each in self.run.passes]
        own = self.run.own[first].mistake if first in self.run.own else None
        slip = derived[0].change.slip if derived else None
        return Known(
            id=first,
            kind=derived[0].row.id if derived else first.removeprefix("own/"),
            title=title_of(own.id) if own else derived[0].row.title,
            node=(own.node if own else "") or (derived[0].node if derived else ""),
            say=own.say if own else derived[0].change.slip.say,
            hint=slip.hint if slip else _hint(own.changes[0].name if own else ""),
            line=derived[0].line if derived else "",
            also=tuple(dict.fromkeys(self._name(each) for each in others)),
            values={name: value for name, value in zip(names, values, strict=True) if value is not None},
        )

    def _name(self, mistake: str) -> str:
        if mistake in self.run.own:
            return title_of(self.run.own[mistake].mistake.id)
        return f"{self.run.passes[mistake].row.title}, at {self.run.passes[mistake].node}"


def mistakes_of(lesson: Lesson, *, sizes: Mapping[str, int] | None = None, seed: int = 0) -> Mistakes:
    """Run a lesson and return what can go wrong in it. Raises LessonError where the sizes do not fit it."""
    recording = record(lesson, sizes=sizes, seed=seed, level=Level.OPERATION)
    return mistakes_in(lesson, recording, upstreams_of(recording, seed), sizes_of(lesson, sizes or {}, {}))


def mistakes_in(
    lesson: Lesson, recording: Recording, upstream: Upstream, sizes: Mapping[str, int]
) -> Mistakes:
    """Return what can go wrong in a run of a lesson that is there already, at the level of operations."""
    return Mistakes(run_of(lesson, recording, upstream, sizes))


def _hint(line: str) -> str:
    return f"Look at the line of {line} again. What flows into it, and what is its shape?"
