"""Where the stepper's tours come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from bn_tutor.cli.targets import Request, subject_for
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.story import Tour


class Stage(Protocol):
    """Gives the tour for some choices of switches; ``wait`` is how long it may go unasked, None for ever."""

    @property
    def wait(self) -> float | None: ...

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour as things are now, the same one while nothing changes. Raises LessonError."""
        ...

    def note(self) -> str:
        """Return what there is to say of a tour that is new, once."""
        ...


@dataclass
class Walked:
    """One lesson or function, in as many variants as the learner flips to."""

    request: Request
    order: Order = Order.RIGHT
    wait: float | None = None
    _tours: dict[tuple[tuple[str, str], ...], Tour] = field(default_factory=dict)

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour for these choices; none stand for those that were asked for."""
        key = tuple(sorted((choices or self.request.choices).items()))
        if key not in self._tours:
            tour = Tour(subject_for(replace(self.request, choices=dict(key))), self.order)
            self._tours |= {key: tour, tuple(sorted(tour.choices.items())): tour}
        return self._tours[key]

    def note(self) -> str:
        """There is nothing to say."""
        return ""
