"""What the preview command does once its options are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer

from bn_tutor.cli.file_stamp import LOOK_AGAIN, Stamp, stamp_of
from bn_tutor.cli.stage import Walked
from bn_tutor.cli.stepper import step_through
from bn_tutor.cli.targets import Request
from bn_tutor.cli.walking import INTERRUPTED
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.lint import lint
from bn_tutor.course.problem import Problem
from bn_tutor.course.reader import read_lesson
from bn_tutor.views.look import Look
from bn_tutor.walk.state import State
from bn_tutor.walk.story import Tour
from bn_tutor.walk.switching import fitting


def preview(file: Path, look: Look, *, width: int | None, no_color: bool) -> None:
    """Step through the file until the learner leaves; no place is kept, since the file changes."""
    with np.errstate(all="ignore"):
        stage = Edited(file, Request(str(file), {}))
        act = step_through(stage, None, State(), look, width=width, no_color=no_color)
    if act.state.interrupted:
        raise typer.Exit(INTERRUPTED)


@dataclass
class Edited:
    """A lesson file that is being edited: told anew whenever it changes."""

    path: Path
    request: Request
    wait: float | None = LOOK_AGAIN
    _stamp: Stamp | None = None
    _walked: Walked | None = None
    _lesson: Lesson | tuple[Problem, ...] = ()
    _note: str = ""

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour of the file as it is now."""
        stamp = stamp_of(self.path)
        if self._walked is None or stamp != self._stamp:
            self._stamp, self._walked = stamp, Walked(self.request)
            self._lesson = read_lesson(self.path)
            self._note = _told(lint(self.path, str(self.path)))
        # A switch may have got another name meanwhile, or lost the choice that it stood at.
        known = fitting(self._lesson, choices) if isinstance(self._lesson, Lesson) else choices
        return self._walked.tour(known)

    def note(self) -> str:
        """Return what lint found in the file."""
        return self._note


def _told(problems: tuple[Problem, ...]) -> str:
    if not problems:
        return "lint: proven right"
    count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
    # A warning does not hide an error.
    first = min(problems, key=lambda each: each.severity != "error")
    return f"lint: {count}, first in line {first.line}: {first.message}"
