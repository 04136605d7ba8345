"""The quiz for a notebook, or for whoever has a console of their own: ``bn_tutor.quiz``."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from bn_tutor.cli.quiz_desk import NONE_DERIVES, Desk, new_seed
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
    kinds: str | Sequence[str] = (),
    seed: int | None = None,
    choices: Mapping[str, str] | None = None,
    console: Console | None = None,
    listen: Callable[[str], str | None] = input,
    keep: bool | str | Path = False,
) -> None:
    """Ask questions on lessons, as ``bn-tutor quiz`` does; on batchnorm if none is named.

    ``kinds`` (or one of them), ``seed`` and ``choices`` (of switches) are those of the command. What is said
    goes to ``console``; ``listen`` is called with a prompt and returns the next line, or None to end. Answers
    count for ``bn-tutor progress`` only with ``keep=True``, or are kept in the folder that ``keep`` names.

    Raises LessonError for a lesson that cannot be loaded, and ValueError for a kind that there is not or that
    does not derive from these lessons, a ``count`` below 1, and a ``keep`` that is no folder.
    """
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    _insist_on_known(kinds)
    _insist_on_some(count)
    folder = _folder(keep)
    loaded = [load(name, choices or {}) for name in lessons or ("batchnorm",)]
    shown = console or Console()
    own_seed = new_seed() if seed is None else seed
    desk = Desk(shown, listen, lambda: _look(shown), own_seed, folder)
    desk.ask(questions(loaded, own_seed, kinds), count, kinds)
    if not desk.asked and not desk.interrupted:
        raise ValueError(NONE_DERIVES)
    desk.sum_up(ending(desk.session.kept, loaded, folder, seed))


def _look(console: Console) -> Look:
    return Look(max(console.width, LEAST_WIDTH), ascii=not encodes_symbols(console.encoding))


def _folder(keep: bool | str | Path) -> Path | None:
    """Return where answers are kept, if they are; the folder is made with the first of them."""
    if isinstance(keep, bool):
        return state_folder() if keep else None
    if not isinstance(keep, str | Path) or keep == "":
        raise ValueError(f"keep is True, False or a folder, not {keep!r}")
    folder = Path(keep).expanduser()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"keep names a folder, and {folder} is a file")
    return folder


def _insist_on_some(count: int) -> None:
    if not isinstance(count, int) or count < 1:
        raise ValueError(f"count says how many questions, from 1 up: {count!r} is not")


def _insist_on_known(kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in MAKERS:
            hint = did_you_mean(kind, MAKERS) or f"there are: {', '.join(MAKERS)}"
            raise ValueError(f"there is no kind {kind!r} ({hint})")
