"""The quiz for a notebook, or for whoever has a console of their own: ``bn_tutor.quiz``."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from bn_tutor.cli.quiz_desk import Desk, new_seed
from bn_tutor.cli.quiz_ending import ending
from bn_tutor.course.loading import load
from bn_tutor.course.problem import did_you_mean
from bn_tutor.course.state_folder import state_folder
from bn_tutor.practice.choosing import MAKERS, questions
from bn_tutor.views.look import Look, encodes_symbols

LEAST_WIDTH = 10


def quiz(
    *lessons: str,
    count: int = 10,
    kinds: Sequence[str] = (),
    seed: int | None = None,
    choices: Mapping[str, str] | None = None,
    console: Console | None = None,
    listen: Callable[[str], str | None] = input,
    keep: bool | Path = False,
) -> None:
    """Ask questions on lessons, as ``bn-tutor quiz`` does; on batchnorm if none is named.

    ``kinds``, ``seed`` and ``choices`` (of switches) are those of the command. What is said goes to
    ``console``; ``listen`` is called with a prompt and returns the next line, or None to end. Answers count
    for ``bn-tutor progress`` only with ``keep=True``, or are kept in the folder that ``keep`` names.

    Raises LessonError for a lesson that cannot be loaded, ValueError for a kind that there is not.
    """
    _insist_on_known(kinds)
    loaded = [load(name, choices or {}) for name in lessons or ("batchnorm",)]
    shown = console or Console()
    folder = state_folder() if keep is True else keep or None
    own_seed = new_seed() if seed is None else seed
    desk = Desk(shown, listen, lambda: _look(shown), own_seed, folder)
    desk.ask(questions(loaded, own_seed, kinds), count, kinds)
    desk.sum_up(ending(desk.session.kept, loaded, folder, seed))


def _look(console: Console) -> Look:
    return Look(max(console.width, LEAST_WIDTH), ascii=not encodes_symbols(console.encoding))


def _insist_on_known(kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in MAKERS:
            hint = did_you_mean(kind, MAKERS) or f"there are: {', '.join(MAKERS)}"
            raise ValueError(f"there is no kind {kind!r} ({hint})")
