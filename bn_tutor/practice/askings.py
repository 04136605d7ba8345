"""Answers put together: one asking is one time that a question was asked, with all tries at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from bn_tutor.practice.answer import Answer, Outcome


@dataclass(frozen=True, order=True)
class Item:
    """What is learnt and reviewed: a question of a lesson, with whatever numbers it is asked."""

    lesson: str
    question: str


class Result(StrEnum):
    """What an asking came to. A hint, or a second try, makes it HELPED; a wrong end makes it MISSED."""

    KNOWN = "known"
    HELPED = "helped"
    MISSED = "missed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Asking:
    """One time that a question was asked: its tries in order, one at least."""

    tries: tuple[Answer, ...]

    @cached_property
    def item(self) -> Item:
        """The question that was asked."""
        return Item(self.tries[0].lesson, self.tries[0].question)

    @property
    def node(self) -> str:
        """The node that the question is about; empty where it is about the whole graph."""
        return self.tries[0].node

    @property
    def at(self) -> datetime:
        """When it ended."""
        return self.tries[-1].at

    @cached_property
    def result(self) -> Result:
        """What it came to. To skip a question after a wrong answer is to have missed it."""
        verdicts = [each.verdict for each in self.tries]
        if all(verdict is Outcome.SKIPPED for verdict in verdicts):
            return Result.SKIPPED
        if verdicts[-1] is not Outcome.RIGHT:
            return Result.MISSED
        was_helped = len(verdicts) > 1 or self.tries[0].attempt > 1 or any(each.hinted for each in self.tries)
        return Result.HELPED if was_helped else Result.KNOWN

    @property
    def is_answered(self) -> bool:
        """Whether something was answered, right or wrong: a mistake could have been made."""
        return any(each.verdict in (Outcome.RIGHT, Outcome.WRONG) for each in self.tries)


_QUESTION = attrgetter("session", "lesson", "question")
# Down to the last field: two answers of one moment have an order of their own, too.
_ORDER = attrgetter(
    *("session", "lesson", "question", "at", "attempt", "verdict"),
    *("hinted", "mistake", "answer", "seconds", "seed", "kind", "node"),
)


def askings(answers: Iterable[Answer]) -> tuple[Asking, ...]:
    """Return all askings by the time at which they ended.

    The order of the answers does not matter, and an answer that stands there twice, as in a log that was
    merged with its own copy, counts once.
    """
    groups = groupby(sorted(set(answers), key=_ORDER), key=_QUESTION)
    found = [asking for _, group in groups for asking in _split(group)]
    return tuple(sorted(found, key=lambda each: (each.at, each.item, each.tries[0].session)))


def _split(tries: Iterable[Answer]) -> list[Asking]:
    """Split the tries at one question in one session: it may have been asked again, with other numbers."""
    parts: list[list[Answer]] = []
    for each in tries:
        if parts and _goes_on(parts[-1][-1], each):
            parts[-1].append(each)
        else:
            parts.append([each])
    return [Asking(tuple(part)) for part in parts]


def _goes_on(before: Answer, after: Answer) -> bool:
    return before.verdict is Outcome.WRONG and after.attempt > before.attempt
