"""What the quiz command does once its options are read: it finds questions, and a desk to ask them at."""

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import typer
from rich.console import Console

from bn_tutor.cli.output import console_for, fail, output_look, tell, terminal_size, until_reader_leaves
from bn_tutor.cli.quiz_desk import NONE_DERIVES, Desk, new_seed
from bn_tutor.cli.quiz_input import Listen, listener
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError, load
from bn_tutor.course.state_folder import state_folder
from bn_tutor.practice.answer_log import answers
from bn_tutor.practice.choosing import questions
from bn_tutor.views.look import Look

INTERRUPTED = 130
USUAL = "batchnorm"


@dataclass(frozen=True)
class Options:
    """The options of a quiz; without ``lessons`` it is the usual one, or those in which something is due."""

    lessons: tuple[str, ...]
    choices: Mapping[str, str]
    count: int
    kinds: tuple[str, ...]
    seed: int | None
    due: bool
    answers: Path | None
    as_json: bool
    is_plain: bool
    no_color: bool


def run(options: Options) -> None:
    """Ask, and listen until the questions or the answers end."""
    with np.errstate(all="ignore"), until_reader_leaves():
        due = _due(options) if options.due else ()
        names = options.lessons or tuple(dict.fromkeys(lesson for lesson, _ in due)) or (USUAL,)
        lessons = {name: _loaded(name, options.choices) for name in names}
        seed = new_seed() if options.seed is None else options.seed
        found = questions(list(lessons.values()), seed, options.kinds, due)
        with listener(options.answers) as listen:
            desk = _desk(options, seed, listen)
            try:
                desk.ask(found, options.count, options.kinds)
                _close(desk, options, lessons)
            except SystemExit:  # rich's word for a reader that went away
                raise typer.Exit(0) from None
    if desk.interrupted:
        raise typer.Exit(INTERRUPTED)


def _desk(options: Options, seed: int, listen: Listen) -> Desk:
    def look() -> Look:
        return output_look(is_plain=options.is_plain)

    console = Console(quiet=True) if options.as_json else console_for(no_color=options.no_color)
    rows = None if options.answers else lambda: terminal_size().lines
    return Desk(console, listen, look, seed, state_folder(), tell, rows)


def _close(desk: Desk, options: Options, lessons: Mapping[str, Lesson]) -> None:
    """Sum up, for a person or for a program."""
    if not desk.asked and not desk.interrupted:
        fail(NONE_DERIVES)
    if options.as_json:
        from bn_tutor.export.quiz_session import session_json

        sys.stdout.write(session_json(desk.asked, desk.session, desk.replies, desk.seed) + "\n")
        return
    # What sums up is only paid for at the end.
    from bn_tutor.cli.quiz_ending import ending

    switches = "".join(f" --set {name}={choice}" for name, choice in options.choices.items())
    called = {lesson.name: f"{shlex.quote(name)}{switches}" for name, lesson in lessons.items()}
    tries = desk.session.kept
    desk.sum_up(ending(tries, list(lessons.values()), state_folder(), options.seed, called))


def _loaded(name: str, choices: Mapping[str, str]) -> Lesson:
    try:
        return load(name, choices)
    except LessonError as error:
        fail(str(error))


def _due(options: Options) -> tuple[tuple[str, str], ...]:
    """Return what is due in the lessons that are asked for, or in all that are still there."""
    # The package for review dates is only paid for where it is asked for.
    from bn_tutor.practice.schedule import due

    kept, _ = answers(state_folder())
    items = [review.item for review in due(kept, datetime.now(UTC), options.seed)]
    wanted = options.lessons or tuple(filter(_is_there, dict.fromkeys(item.lesson for item in items)))
    found = tuple((item.lesson, item.question) for item in items if item.lesson in wanted)
    if not found:
        tell("nothing is due today; these are new questions")
    return found


def _is_there(name: str) -> bool:
    try:
        load(name)
    except LessonError:
        return False
    return True
