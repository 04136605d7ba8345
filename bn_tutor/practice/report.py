"""All that ``bn-tutor progress`` tells, derived from the answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from bn_tutor.practice.answer import Answer
from bn_tutor.practice.askings import Asking, Result, askings
from bn_tutor.practice.progress import (
    Habit,
    Mastery,
    Stabilities,
    Streak,
    day_streak,
    habits,
    mastery_by_lesson,
    mastery_by_node,
    right_streak,
)
from bn_tutor.practice.schedule import Review, in_order, reviews


@dataclass(frozen=True)
class LessonProgress:
    """How much of a lesson is known: altogether, and node by node in order; None where nothing was asked."""

    lesson: str
    mastery: Mastery
    nodes: Mapping[str, Mastery | None]


@dataclass(frozen=True)
class Report:
    """A learner's progress as it is ``today``.

    ``times`` counts how often a question was answered or shown, ``skipped`` how often one was passed over.
    """

    today: date
    times: int
    skipped: int
    days: Streak
    right: Streak
    lessons: tuple[LessonProgress, ...]
    habits: tuple[Habit, ...]
    reviews: tuple[Review, ...]

    @property
    def due(self) -> tuple[Review, ...]:
        """What is to be asked again now, what has waited longest first."""
        return tuple(review for review in self.reviews if review.due <= self.today)

    @property
    def coming(self) -> Mapping[date, int]:
        """How many questions are to be asked again on each day after today."""
        return Counter(review.due for review in self.reviews if review.due > self.today)


def report(
    answers: Sequence[Answer],
    now: datetime,
    node_order: Mapping[str, Sequence[str]],
    seed: int | None = None,
    zone: tzinfo | None = None,
) -> Report:
    """Return the progress; ``node_order`` has the nodes of those lessons whose graph could be found.

    No zone stands for the learner's own. With a seed the review dates are FSRS's own.
    """
    asked = askings(answers)
    found = reviews(asked, seed, zone)
    skipped = sum(each.result is Result.SKIPPED for each in asked)
    return Report(
        now.astimezone(zone).date(),
        len(asked) - skipped,
        skipped,
        day_streak(asked, now, zone),
        right_streak(asked),
        _lessons(asked, {item: review.stability for item, review in found.items()}, node_order),
        habits(asked, zone),
        in_order(found.values()),
    )


def _lessons(
    asked: Sequence[Asking], stabilities: Stabilities, node_order: Mapping[str, Sequence[str]]
) -> tuple[LessonProgress, ...]:
    by_node = mastery_by_node(asked, stabilities)
    return tuple(
        LessonProgress(lesson, mastery, _in_order(by_node.get(lesson, {}), node_order.get(lesson, ())))
        for lesson, mastery in mastery_by_lesson(asked, stabilities).items()
    )


def _in_order(known: Mapping[str, Mastery], nodes: Sequence[str]) -> dict[str, Mastery | None]:
    """Put the graph's nodes in its order; before them what else was asked about, which is its inputs."""
    others = (node for node in known if node not in nodes)
    return {node: known.get(node) for node in (*others, *nodes)}
