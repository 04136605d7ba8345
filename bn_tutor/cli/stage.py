"""Where the stepper's tours come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from bn_tutor.cli.targets import Request, subject_for
from bn_tutor.course.loading import LessonError
from bn_tutor.course.problem import Problem
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.story import Tour

_Key = tuple[tuple[str, str], ...]


class Stage(Protocol):
    """Gives the tour for some choices of switches; ``wait`` is how long it may go unasked, None for ever."""

    @property
    def wait(self) -> float | None: ...

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour as things are now, the same one while nothing changes. Raises LessonError."""
        ...

    def note(self) -> str:
        """Return what is to be said of the lesson as a whole; an empty text for nothing."""
        ...


@dataclass
class Walked:
    """One lesson or function, in as many variants as the learner flips to."""

    request: Request
    order: Order = Order.RIGHT
    wait: float | None = None
    _found: dict[_Key, Tour | tuple[Problem, ...]] = field(default_factory=dict)

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour for these choices; none stand for those that were asked for."""
        key = _key(choices or self.request.choices)
        if key not in self._found:
            self._found |= self._told(key)
        found = self._found[key]
        if not isinstance(found, Tour):
            raise LessonError(found)
        return found

    def _told(self, key: _Key) -> Mapping[_Key, Tour | tuple[Problem, ...]]:
        """Return what there is for these choices; what is wrong with them is looked for once, too."""
        try:
            tour = Tour(subject_for(replace(self.request, choices=dict(key))), self.order)
        except LessonError as error:
            return {key: error.problems}
        return {key: tour, _key(tour.choices): tour}

    def note(self) -> str:
        """There is nothing to say."""
        return ""


def _key(choices: Mapping[str, str]) -> _Key:
    return tuple(sorted(choices.items()))
