"""Where the stepper's tours come from: a lesson as it was asked for, or a file that is being edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from bn_tutor.cli.targets import Request, subject_for
from bn_tutor.course.lint import lint
from bn_tutor.course.problem import Problem
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.story import Tour

# How often a file is looked at, in seconds.
LOOK_AGAIN = 0.3


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


@dataclass
class Edited:
    """A lesson file that is being edited: told anew whenever it changes."""

    path: Path
    request: Request
    wait: float | None = LOOK_AGAIN
    _stamp: tuple[int, int] | None = None
    _walked: Walked | None = None
    _note: str = ""

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour of the file as it is now."""
        stamp = self._stamped()
        if self._walked is None or stamp != self._stamp:
            self._stamp, self._walked = stamp, Walked(self.request)
            problems = lint(self.path, str(self.path))
            self._note = _told(problems)
        return self._walked.tour(choices)

    def note(self) -> str:
        """Return what lint found in the file, once after each change."""
        note, self._note = self._note, ""
        return note

    def _stamped(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0  # an editor may take the file away for a moment
        return found.st_mtime_ns, found.st_size


def _told(problems: tuple[Problem, ...]) -> str:
    if not problems:
        return "lint: proven right"
    count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
    first = problems[0]
    return f"lint: {count}, the first in line {first.line}: {first.message}"
