"""When to ask a question again: FSRS, with one card for each question of a lesson.

Nothing is kept but the answers: a card is made by reviewing all askings of its question anew. Only those who
need a date import this file, since the package ``fsrs`` takes as long to import as a third of NumPy.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random

from fsrs import Card, Rating, Scheduler

from bn_tutor.practice.answer import Answer
from bn_tutor.practice.askings import Asking, Item, Result, askings

# Nobody says that a question was easy, so Easy is never given. What was skipped says nothing.
RATINGS: Mapping[Result, Rating] = {
    Result.KNOWN: Rating.Good,
    Result.HELPED: Rating.Hard,
    Result.MISSED: Rating.Again,
}
# By how much of itself an interval of so many days, or more, may be moved.
SPREAD = 0.1
LEAST_SPREAD = 3


@dataclass(frozen=True)
class Review:
    """When a question is to be asked again, and when it was asked last: calendar days of the learner's.

    ``stability`` is FSRS's: after so many days it will be known with a chance of nine in ten.
    """

    item: Item
    due: date
    last: date
    stability: float


def reviews(
    asked: Iterable[Asking], seed: int | None = None, zone: tzinfo | None = None
) -> dict[Item, Review]:
    """Return the review of every question that was answered or revealed.

    With a seed the dates are FSRS's own; without one they are spread a little. No zone stands for the
    learner's own, with its summer time.
    """
    rated: dict[Item, list[tuple[date, Rating]]] = {}
    for each in asked:
        if each.result in RATINGS:
            day = each.at.astimezone(zone).date()
            rated.setdefault(each.item, []).append((day, RATINGS[each.result]))
    scheduler = _scheduler()
    found = {item: _reviewed(scheduler, item, ratings) for item, ratings in rated.items()}
    if seed is not None:
        return found
    return {item: _spread(review, len(rated[item])) for item, review in found.items()}


def due(
    answers: Iterable[Answer], now: datetime, seed: int | None = None, zone: tzinfo | None = None
) -> tuple[Review, ...]:
    """Return what is to be asked again today or was to be before, what has waited longest first."""
    today = now.astimezone(zone).date()
    found = reviews(askings(answers), seed, zone).values()
    return in_order(review for review in found if review.due <= today)


def next_review(
    answers: Iterable[Answer], items: Collection[Item], seed: int | None = None, zone: tzinfo | None = None
) -> tuple[date, int] | None:
    """Return the first day on which one of these questions is to be asked again, and how many are then.

    None where none of them was ever answered.
    """
    asked = (each for each in askings(answers) if each.item in items)
    days = sorted(review.due for review in reviews(asked, seed, zone).values())
    return (days[0], days.count(days[0])) if days else None


def in_order(found: Iterable[Review]) -> tuple[Review, ...]:
    """Return reviews by the day on which they are due."""
    return tuple(sorted(found, key=lambda review: (review.due, review.item)))


def _scheduler() -> Scheduler:
    """Return FSRS without its steps of minutes, which are for cards that are turned over and over.

    A quiz has its second and third try at once; after them a night's sleep does more than another minute.
    """
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _reviewed(scheduler: Scheduler, item: Item, ratings: Iterable[tuple[date, Rating]]) -> Review:
    """Review a card at all these days.

    FSRS counts whole days of 24 hours. Who practises every morning, a little earlier each time, would have
    practised twice within a day by its count; so every review is told as one at noon of its calendar day.
    """
    last = date.min
    card = Card(card_id=0, due=_noon(last))  # a card without a number of its own waits a millisecond for one
    for last, rating in ratings:
        card, _ = scheduler.review_card(card, rating, _noon(last))
    return Review(item, card.due.date(), last, card.stability or 0.0)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _spread(review: Review, times: int) -> Review:
    """Move a date by a part of the interval, so that what was learnt together need not come back together.

    FSRS's own fuzz draws anew whenever it is asked; here dates are derived whenever they are shown, and one
    that was told must stay. So the draw is the question's own.
    """
    interval = (review.due - review.last).days
    if interval < LEAST_SPREAD:
        return review
    share = Random(f"{review.item} {times}").uniform(-SPREAD, SPREAD)
    moved = review.last + timedelta(days=round(interval * (1 + share)))
    return Review(review.item, moved, review.last, review.stability)
