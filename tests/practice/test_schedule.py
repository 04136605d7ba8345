"""Review dates: those that FSRS gives for planted askings, on calendar days."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.practice.askings import Item, askings
from bn_tutor.practice.schedule import due, next_review, reviews
from tests.practice.progress_answers import NOON, asked

GAMMA = Item("batchnorm", "shape/dgamma")
MU = Item("batchnorm", "shape/dmu")
TODAY = NOON.date()


def days_until(answers, **options):
    """Return in how many days after NOON gamma is asked again, by FSRS's own dates."""
    found = next_review(answers, {GAMMA}, **{"seed": 0, "zone": UTC, **options})
    return (found[0] - TODAY).days if found else None


@pytest.mark.parametrize(
    ("tries", "days"), [("+", 2), ("-+", 1), ("--+", 1), ("---", 1), ("r", 1), ("s", None), ("-s", 1)]
)
def test_after_one_session(tries, days):
    assert days_until(asked(tries)) == days


@pytest.mark.parametrize(
    ("sessions", "days"),
    [
        ([(0, "+"), (2, "+")], 2 + 11),
        ([(0, "+"), (2, "+"), (13, "+")], 13 + 46),
        ([(0, "+"), (2, "+"), (13, "--r")], 13 + 2),
        ([(0, "r"), (1, "+"), (3, "+")], 3 + 6),
        ([(0, "-+"), (1, "-+"), (4, "-+")], 4 + 7),
        ([(0, "+"), (2, "s")], 2),
    ],
)
def test_after_several_sessions(sessions, days):
    answers = [each for day, tries in sessions for each in asked(tries, day=day)]
    assert days_until(answers) == days


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["+", "-+", "r"])), min_size=1, max_size=8))
def test_dates_are_those_of_the_package(sessions):
    sessions = sorted(sessions)
    answers = [
        each for at, (day, tries) in enumerate(sessions) for each in asked(tries, day, at, session=f"{at}")
    ]
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card(card_id=1)
    ratings = {"+": Rating.Good, "-+": Rating.Hard, "r": Rating.Again}
    for day, tries in sessions:
        card, _ = scheduler.review_card(card, ratings[tries], NOON + timedelta(days=day))
    review = reviews(askings(answers), seed=0, zone=UTC)[GAMMA]
    assert review.due == card.due.date()
    assert review.stability == card.stability
    assert review.last == TODAY + timedelta(days=sessions[-1][0])


def test_the_order_of_the_answers_does_not_matter():
    answers = [
        *asked("-+"),
        *asked("+", day=1),
        *asked("r", day=4),
        *asked("+", day=5),
        *asked("+", day=2, question="shape/dmu"),
    ]
    expected = reviews(askings(answers), zone=UTC)
    for seed in range(20):
        random.Random(seed).shuffle(answers)
        assert reviews(askings(answers), zone=UTC) == expected


def test_what_is_practised_a_little_earlier_each_day_was_practised_every_day():
    daily = [each for day in range(4) for each in asked("-+", day=day, minute=-30 * day)]
    same_hour = [each for day in range(4) for each in asked("-+", day=day)]
    assert days_until(daily) == days_until(same_hour) > 4


def test_a_question_is_due_from_the_morning_of_its_day():
    answers = asked("+")
    for hours, is_due in ((35, False), (36, True), (59, True), (500, True)):
        found = due(answers, NOON + timedelta(hours=hours), seed=0, zone=UTC)
        assert [each.item for each in found] == [GAMMA] * is_due


def test_days_are_those_of_the_zone():
    late = asked("+", minute=690)  # 23:30 in UTC
    east = timezone(timedelta(hours=2))
    assert next_review(late, {GAMMA}, 0, UTC) == (TODAY + timedelta(days=2), 1)
    assert next_review(late, {GAMMA}, 0, east) == (TODAY + timedelta(days=3), 1)


def test_no_zone_is_the_zone_of_the_system_with_its_summer_time(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # 0:30 there, and 23:30 by winter time
        answers = [each for each in asked("+") if not each.hinted]
        moved = [type(each)(**{**vars(each), "at": at}) for each in answers]
        assert next_review(moved, {GAMMA}, 0) == (date(2026, 7, 4), 1)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_has_waited_longest_comes_first():
    answers = asked("+", day=-3, question="shape/dmu") + asked("+", day=-9) + asked("+", lesson="linear")
    found = due(answers, NOON, seed=0, zone=UTC)
    assert [(each.item, each.due - TODAY) for each in found] == [
        (GAMMA, timedelta(days=-7)),
        (MU, timedelta(days=-1)),
    ]


def test_what_was_never_answered_has_no_date():
    assert next_review([], {GAMMA}) is None
    assert next_review(asked("s"), {GAMMA}) is None
    assert next_review(asked("+"), {MU}) is None
    assert due([], NOON) == ()


def test_of_several_questions_the_first_day_is_told_and_how_many_come_then():
    parts = [asked("+", question="shape/dmu"), asked("r"), asked("r", question="shape/dx")]
    answers = [each for part in parts for each in part]
    x = Item("batchnorm", "shape/dx")
    tomorrow, day_after = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    assert next_review(answers, {GAMMA, MU, x}, 0, UTC) == (tomorrow, 2)
    assert next_review(answers, {GAMMA, MU}, 0, UTC) == (tomorrow, 1)
    assert next_review(answers, {MU}, 0, UTC) == (day_after, 1)


# --- without a seed ---------------------------------------------------------------------------------------


def spread(count):
    answers = [
        each
        for number in range(count)
        for day in (0, 2, 13)
        for each in asked("+", day=day, question=f"shape/dx{number}")
    ]
    found = reviews(askings(answers), zone=UTC)
    return [(each.due - TODAY).days - 13 for each in found.values()]


def test_without_a_seed_dates_are_spread_about_those_of_the_package():
    days = spread(60)
    assert len(set(days)) > 5
    assert 46 * 0.9 - 1 < min(days) < 46 < max(days) < 46 * 1.1 + 1


def test_a_date_that_was_told_stays():
    assert spread(20) == spread(20)
    random.seed(4)
    assert spread(20) == spread(20)


def test_short_intervals_are_not_moved():
    answers = [each for number in range(40) for each in asked("+", question=f"shape/dx{number}")]
    found = reviews(askings(answers), zone=UTC).values()
    assert {(each.due - TODAY).days for each in found} == {2}


def test_any_name_can_be_spread():
    answers = [each for day in (0, 2, 13) for each in asked("+", day=day, lesson="\udce9\x00", question="∂")]
    assert len(reviews(askings(answers), zone=UTC)) == 1


def test_a_log_of_many_years_has_dates():
    first, last = (datetime(year, month, 1, tzinfo=UTC) for year, month in ((2000, 1), (2999, 12)))
    answers = asked("+", session="a") + asked("+", session="b")
    moved = [type(each)(**{**vars(each), "at": at}) for each, at in zip(answers, (first, last), strict=True)]
    assert next_review(moved, {GAMMA}, 0, UTC)[0].year >= 3000
