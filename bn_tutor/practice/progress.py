"""What the askings say of a learner: streaks, what is known, habits. Pure: no clock, no file, no screen."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import TypeVar

from bn_tutor.practice.answer import Outcome
from bn_tutor.practice.askings import Asking, Item, Result

# A mistake that was not made at so many chances is a habit no more.
ENOUGH_CHANCES = 10
ONE_DAY = timedelta(days=1)


# --- streaks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Streak:
    """How long a row is now, how long the longest one was, and how many there are altogether."""

    now: int
    longest: int
    total: int


def day_streak(asked: Iterable[Asking], now: datetime, zone: tzinfo | None = None) -> Streak:
    """Return the streak of days with an answer, or a reveal; no zone stands for the learner's own.

    Today need not have one yet: the row breaks only when a whole day has passed without.
    """
    today = now.astimezone(zone).date()
    tries = (each for asking in asked for each in asking.tries if each.verdict is not Outcome.SKIPPED)
    days = sorted({day for each in tries if (day := each.at.astimezone(zone).date()) <= today})
    rows = _rows(days)
    is_on = bool(days) and today - days[-1] <= ONE_DAY
    return Streak(rows[-1] if is_on else 0, max(rows, default=0), len(days))


def _rows(days: Sequence[date]) -> list[int]:
    """Return the length of each row of days without a gap."""
    rows: list[int] = []
    for at, day in enumerate(days):
        if at and day - days[at - 1] == ONE_DAY:
            rows[-1] += 1
        else:
            rows.append(1)
    return rows


def right_streak(asked: Iterable[Asking]) -> Streak:
    """Return the streak of questions that were known: right at the first try, without a hint."""
    now = longest = total = 0
    for each in asked:
        if each.result is Result.SKIPPED:
            continue
        now = now + 1 if each.result is Result.KNOWN else 0
        total += each.result is Result.KNOWN
        longest = max(longest, now)
    return Streak(now, longest, total)


# --- what is known ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mastery:
    """How much is known of some questions: ``share`` from 0 to 1, over so many questions and askings.

    ``stability`` is the middle one of the questions' stabilities, in days; None where nobody asked for it.
    """

    share: float
    questions: int
    times: int
    stability: float | None = None


Stabilities = Mapping[Item, float]
_Group = TypeVar("_Group")


def mastery_by_lesson(asked: Sequence[Asking], stabilities: Stabilities | None = None) -> dict[str, Mastery]:
    """Return the mastery of each lesson, the one that was practised last first."""
    groups = _grouped(asked, lambda each: each.item.lesson)
    latest = dict.fromkeys(each.item.lesson for each in reversed(asked))
    return {lesson: _of(groups[lesson], stabilities) for lesson in latest if lesson in groups}


def mastery_by_node(
    asked: Iterable[Asking], stabilities: Stabilities | None = None
) -> dict[str, dict[str, Mastery]]:
    """Return, for each lesson, the mastery of each node that a question was about, as they were first met."""
    groups = _grouped((each for each in asked if each.node), lambda each: (each.item.lesson, each.node))
    found: dict[str, dict[str, Mastery]] = {}
    for (lesson, node), group in groups.items():
        found.setdefault(lesson, {})[node] = _of(group, stabilities)
    return found


def _grouped(
    asked: Iterable[Asking], group_of: Callable[[Asking], _Group]
) -> dict[_Group, dict[Item, list[bool]]]:
    """Return, for each group and each of its questions, whether it was known at each asking."""
    groups: dict[_Group, dict[Item, list[bool]]] = {}
    for each in asked:
        if each.result is not Result.SKIPPED:
            group = groups.setdefault(group_of(each), {})
            group.setdefault(each.item, []).append(each.result is Result.KNOWN)
    return groups


def _of(group: Mapping[Item, Sequence[bool]], stabilities: Stabilities | None) -> Mastery:
    """Return the mean over the questions, so that one that is drilled does not drown the others."""
    share = sum(map(_share, group.values())) / len(group)
    known = [stabilities[item] for item in group if item in stabilities] if stabilities else []
    times = sum(map(len, group.values()))
    return Mastery(share, len(group), times, median(known) if known else None)


def _share(known: Sequence[bool]) -> float:
    """Return the share of askings at which a question was known; each weighs half of the one after it.

    A mistake of the first week says little once the question was known twice since; what was known once
    and missed now is not known. And it counts askings, not days: what time does is FSRS's part.
    """
    weights = [0.5**age for age in range(min(len(known), 50))]
    hits = [weight for weight, was_known in zip(weights, reversed(known), strict=False) if was_known]
    return sum(hits) / sum(weights)


# --- habits -----------------------------------------------------------------------------------------------


# Where a mistake can be made: a lesson's node, or a question about the whole of it.
_Spot = tuple[str, str, str]


@dataclass(frozen=True)
class Habit:
    """A mistake that was named: how often, over how many different questions, and on which day last.

    ``chances`` counts the askings since then at which it could have been made again, and was not.
    """

    mistake: str
    times: int
    questions: int
    last: date
    chances: int

    @property
    def is_gone(self) -> bool:
        """Whether it was not made at enough chances."""
        return self.chances >= ENOUGH_CHANCES


def habits(asked: Iterable[Asking], zone: tzinfo | None = None) -> tuple[Habit, ...]:
    """Return every mistake that was named, those that are not gone first, then the most frequent.

    The log does not say at which questions a mistake could have been made. It surely could at those about a
    node at which it was made once, so these are its chances.
    """
    made: dict[str, list[tuple[int, Asking]]] = {}
    chances: dict[_Spot, list[int]] = {}
    for at, asking in enumerate(asked):
        for each in asking.tries:
            if each.mistake:
                made.setdefault(each.mistake, []).append((at, asking))
        if asking.is_answered:
            chances.setdefault(_spot(asking), []).append(at)
    found = [_habit(mistake, those, chances, zone) for mistake, those in made.items()]
    return tuple(sorted(found, key=lambda habit: (habit.is_gone, -habit.times, habit.mistake)))


def _habit(
    mistake: str,
    made: Sequence[tuple[int, Asking]],
    chances: Mapping[_Spot, Sequence[int]],
    zone: tzinfo | None,
) -> Habit:
    place, last = made[-1]
    those = [chances.get(spot, ()) for spot in {_spot(asking) for _, asking in made}]
    since = sum(len(places) - bisect_right(places, place) for places in those)
    questions = {asking.item for _, asking in made}
    return Habit(mistake, len(made), len(questions), last.at.astimezone(zone).date(), since)


def _spot(asking: Asking) -> _Spot:
    return asking.item.lesson, asking.node, "" if asking.node else asking.item.question
