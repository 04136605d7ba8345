"""Check a file: find its functions, run them beside the reference, and say what is wrong with them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bn_tutor.checker.accusing import accusations
from bn_tutor.checker.dropout_trials import MEANINGS, dropout_trials
from bn_tutor.checker.finding import found_pairs, lesson_named, why_unpaired
from bn_tutor.checker.layer_trials import layer_trials
from bn_tutor.checker.loading_file import load_into
from bn_tutor.checker.looking import Attempt, line_of, look_at
from bn_tutor.checker.process import Child, StoppedError, child
from bn_tutor.checker.reordering import reordered
from bn_tutor.checker.report import Accused, FileReport, FunctionReport, Looked, Tier, Verdict
from bn_tutor.checker.source import Source, problem, read_source
from bn_tutor.checker.trial import Trial
from bn_tutor.checker.trials import ArgumentError, Pair, Reading, trials
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError, load
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem

LIMIT = 10.0


@dataclass(frozen=True)
class Wish:
    """What the user asks for beside the file."""

    functions: Sequence[str] = ()
    lesson: Lesson | None = None
    seconds: float = LIMIT


@dataclass
class _Found:
    """What has been found of a file so far."""

    reports: list[FunctionReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    printed: str = ""


@dataclass(frozen=True)
class _Meant:
    """One way in which a file may be meant, in words, and its trials."""

    words: str
    make: Callable[[], Iterator[Trial]]
    # Whether it is tried, too, if the file raises an error as it is read first.
    after_crash: bool = False


def check(path: Path, wish: Wish) -> FileReport:
    """Check a file; whatever it does is contained, and told in the report."""
    source = read_source(path)
    if isinstance(source, Problem):
        return FileReport(source.path, problems=(source,))
    name = one_line(str(path), 200)
    lesson = wish.lesson or _lesson_of(source)
    pairs = lesson if isinstance(lesson, Problem) else found_pairs(source, wish.functions, lesson)
    if isinstance(pairs, Problem):
        return FileReport(name, problems=(pairs,), lines=source.lines)
    found = _Found()
    left = list(pairs)
    # What stops the file in one layer does not keep the others from being checked.
    while left and _goes_on(source, left, wish.seconds, found):
        pass
    return FileReport(name, tuple(found.reports), tuple(found.problems), found.printed, source.lines)


def _lesson_of(source: Source) -> Lesson | Problem | None:
    """Return the lesson that the file itself asks to be checked against, if it does."""
    name = lesson_named(source)
    try:
        return load(name) if name else None
    except LessonError as error:
        return problem(source.path, 1, f"its docstring names a lesson: {error}")


def _goes_on(source: Source, left: list[Pair], seconds: float, found: _Found) -> bool:
    """Check the pairs that are left in one process; return whether another may go on after it."""
    count = len(left)
    try:
        with child(source.path.resolve(), seconds) as started:
            try:
                _check_pairs(started, source, left, found)
            finally:
                found.printed += started.printed.decode("utf-8", "replace")
    except StoppedError as stopped:
        if len(left) == count:  # it ended while the file was loaded
            found.problems.append(problem(source.path, line_of(source, stopped), stopped.why))
        return not stopped.is_over and len(left) < count
    except OSError as error:
        found.problems.append(
            problem(source.path, 0, f"no process can be started for it: {error.strerror or error}")
        )
        return False
    return False


def _check_pairs(started: Child, source: Source, left: list[Pair], found: _Found) -> None:
    """Check pair after pair, and take each from those that are left. Raises StoppedError."""
    # The first are made while the child process starts, which takes as long.
    made = [_first_trials(source, left[0])]
    failed = load_into(started, source)
    while left:
        pair = left.pop(0)
        these = made.pop() if made else _first_trials(source, pair)
        if isinstance(these, Problem):
            found.problems.append(these)
        else:
            stopped = _check_pair(started, source, pair, failed, these, found)
            if stopped is not None:
                raise stopped


def _first_trials(source: Source, pair: Pair) -> list[Trial] | Problem:
    """Return the trials of a pair as it is most likely meant, or why there can be none."""
    if why := why_unpaired(source, pair):
        return why
    try:
        return list(next(_readings(source, pair)).make())
    except ArgumentError as error:
        return problem(source.path, error.function.line, str(error))


def _check_pair(
    started: Child,
    source: Source,
    pair: Pair,
    failed: Sequence[Mapping[str, Any]],
    first: Sequence[Trial],
    found: _Found,
) -> StoppedError | None:
    """Report on a pair's functions under the reading that suits them best; return what stopped them."""
    best, equal = look_at(started, source, first, failed), list[Attempt]()
    for meant in islice(_readings(source, pair), 1, None):
        if best.stopped is not None or _is_settled(best, meant):
            continue
        other = look_at(started, source, list(meant.make()), failed)
        if other.is_right:
            other.looked = [replace(each, notes=(*each.notes, meant.words)) for each in other.looked]
        equal = [*equal, other] if other.worth == best.worth else equal if other.worth < best.worth else []
        best = other if other.stopped or other.worth > best.worth else best
    accused, best = _accused(started, source, best, equal if pair.family.id == "dropout" else ())
    found.reports += _reports(pair, best.looked, accused)
    return best.stopped


def _accused(
    started: Child, source: Source, best: Attempt, equal: Sequence[Attempt]
) -> tuple[Mapping[str, tuple[Accused, ...]], Attempt]:
    """Return who is accused, and the reading of the file under which a line is proved to be wrong.

    Where a file is as wrong under one reading as under another, only the diagnosis can tell which is meant.
    """
    accused = _under(started, source, best)
    for other in equal:
        if _is_proved(accused):
            break
        new = _under(started, source, other)
        if _is_proved(new):
            return new, other
    return accused, best


def _is_proved(accused: Mapping[str, Sequence[Accused]]) -> bool:
    return any(each.tier is Tier.PROVED for lines in accused.values() for each in lines)


def _under(started: Child, source: Source, attempt: Attempt) -> Mapping[str, tuple[Accused, ...]]:
    """Return who is accused under one reading."""
    accused = dict(reordered(source, attempt.looked))
    wrong = {each.function for each in attempt.looked if each.verdict is Verdict.WRONG}
    if wrong - accused.keys() and not attempt.stopped:
        with np.errstate(all="ignore"):  # what is wrong may be inf or nan
            return {**accusations(started, source, attempt.trials, attempt.looked), **accused}
    return accused


def _reports(
    pair: Pair, looked: Sequence[Looked], accused: Mapping[str, tuple[Accused, ...]]
) -> Iterator[FunctionReport]:
    """Yield what each function came to that could be looked at."""
    for function in (pair.forward, *pair.backwards):
        name = pair.name_of(function) if function is not None else ""
        mine = [each for each in looked if each.function == name]
        notes = dict.fromkeys(note for each in mine for note in each.notes)
        notes |= dict.fromkeys(note for each in mine for result in each.results for note in result.notes)
        if function is not None and mine:
            yield FunctionReport(name, function.line, tuple(mine), accused.get(name, ()), tuple(notes))


def _is_settled(best: Attempt, other: _Meant) -> bool:
    """Whether another reading of the file is not looked at: all is right, or something cannot be run."""
    if any(each.crash for each in best.looked):
        return not other.after_crash
    return best.is_right


def _readings(source: Source, pair: Pair) -> Iterator[_Meant]:
    """Yield the ways in which a file may be meant, the likeliest first: with an eps of its own, say."""
    if pair.family.id == "dropout":
        for at, meaning in enumerate(MEANINGS):
            yield _Meant(meaning.words if at else "", partial(dropout_trials, pair, meaning))
        return
    make = partial(layer_trials, source, pair) if pair.owner else partial(trials, pair)
    yield _Meant("", partial(make, Reading()))
    if pair.family.flat is not None:
        flat = partial(trials, replace(pair, family=replace(pair.family, inputs=pair.family.flat)))
        words = "gamma and beta are taken in the shape (C,), not (1, C, 1, 1)"
        yield _Meant(words, partial(flat, Reading()), after_crash=True)
    if not pair.family.table:
        return
    for text in dict.fromkeys(re.findall(r"\b\d+\.?\d*(?:e-?\d+)?", source.text, re.I)):
        value = float(text)
        if (0 <= value <= 0.1 and "e" in text.lower()) or 0 < value <= 0.01:
            words = f"this code always takes eps = {text}, whatever it is given"
            yield _Meant(words, partial(make, Reading(words, value)))
