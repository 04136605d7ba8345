"""What is derived from planted askings: streaks, mastery, habits."""

from datetime import UTC, timedelta, timezone

import pytest

from bn_tutor.practice.askings import Item, askings
from bn_tutor.practice.progress import (
    Mastery,
    Streak,
    day_streak,
    habits,
    mastery_by_lesson,
    mastery_by_node,
    right_streak,
)
from tests.practice.progress_answers import NOON, asked


def log(*parts):
    return askings([each for part in parts for each in part])


# --- streaks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "streak"),
    [
        ([], (0, 0, 0)),
        ([0], (1, 1, 1)),
        ([-1], (1, 1, 1)),
        ([-2], (0, 1, 1)),
        ([0, -1, -2], (3, 3, 3)),
        ([-1, -2, -3], (3, 3, 3)),
        ([0, -2, -3, -4, -9], (1, 3, 5)),
        ([-5, -6], (0, 2, 2)),
        ([0, 0, -1, -1], (2, 2, 2)),
        ([1, 0], (1, 1, 1)),  # a clock that was wrong
    ],
)
def test_days_in_a_row(days, streak):
    parts = [asked("+", day=day, minute=at, session=str(at)) for at, day in enumerate(days)]
    assert day_streak(log(*parts), NOON, UTC) == Streak(*streak)


@pytest.mark.parametrize(("tries", "days"), [("+", 1), ("---", 1), ("r", 1), ("s", 0)])
def test_to_skip_is_no_practice(tries, days):
    assert day_streak(log(asked(tries)), NOON, UTC).now == days


def test_days_are_those_of_the_zone():
    late = log(asked("+", minute=690), asked("+", day=1))  # 23:30 and noon of the next day, in UTC
    assert day_streak(late, NOON + timedelta(days=1), UTC).now == 2
    assert day_streak(late, NOON + timedelta(days=1), timezone(timedelta(hours=2))).now == 1


def test_an_asking_over_midnight_is_practice_on_both_days():
    over = log(asked("-+", minute=24 * 60 - 720 - 1, day=0)[:1] + asked("-+", minute=24 * 60 - 719)[1:])
    assert day_streak(over, NOON + timedelta(days=1), UTC).now == 2


@pytest.mark.parametrize(
    ("tries", "streak"),
    [
        ([], (0, 0, 0)),
        (["+", "+", "+"], (3, 3, 3)),
        (["+", "+", "-+", "+"], (1, 2, 3)),
        (["+", "r"], (0, 1, 1)),
        (["+", "s", "+"], (2, 2, 2)),
        (["-", "+", "s"], (1, 1, 1)),
    ],
)
def test_right_in_a_row(tries, streak):
    parts = [asked(each, minute=at, question=f"shape/dx{at}") for at, each in enumerate(tries)]
    assert right_streak(log(*parts)) == Streak(*streak)


# --- mastery ----------------------------------------------------------------------------------------------


def share(*tries):
    parts = [asked(each, day=at) for at, each in enumerate(tries)]
    return mastery_by_lesson(log(*parts))["batchnorm"].share


def test_of_one_question_the_last_asking_weighs_as_much_as_all_before_it():
    assert share("+") == 1
    assert share("-+") == share("r") == 0
    assert share("r", "+") == pytest.approx(2 / 3)
    assert share("+", "r") == pytest.approx(1 / 3)
    assert share("r", "r", "r", "+", "+") == pytest.approx(24 / 31)
    assert share(*["r"] * 200, "+") == pytest.approx(0.5)
    assert share("+", "s") == 1


def test_what_was_only_skipped_is_not_there():
    assert mastery_by_lesson(log(asked("s"))) == {}
    assert mastery_by_node(log(asked("s"))) == {}


def test_a_question_that_is_drilled_does_not_drown_the_others():
    drilled = [asked("+", day=day) for day in range(9)]
    found = mastery_by_lesson(log(*drilled, asked("r", question="shape/dmu")))
    assert found == {"batchnorm": Mastery(0.5, questions=2, times=10)}


def test_mastery_by_node_is_in_the_order_in_which_nodes_were_met():
    found = mastery_by_node(
        log(
            asked("+", question="shape/dxhat"),
            asked("r", question="shape/dmu", minute=1),
            asked("+", question="local/dmu", minute=2),
            asked("+", question="local/dmu", minute=3, lesson="linear"),
            asked("r", question="next/all", node="", minute=4),
        )
    )
    assert found == {
        "batchnorm": {"xhat": Mastery(1, 1, 1), "mu": Mastery(0.5, 2, 2)},
        "linear": {"mu": Mastery(1, 1, 1)},
    }
    assert list(found["batchnorm"]) == ["xhat", "mu"]


def test_lessons_come_with_the_last_practised_first():
    parts = [
        asked("+", lesson=lesson, day=day, question=f"shape/d{day}")
        for day, lesson in enumerate(["gates", "linear", "gates", "relu", "linear"])
    ]
    assert list(mastery_by_lesson(log(*parts, asked("s", lesson="gates", day=9)))) == [
        "gates",
        "linear",
        "relu",
    ]


def test_stability_is_the_middle_one_of_the_questions():
    asked_all = log(*(asked("+", question=f"shape/d{name}", node="mu") for name in "abc"))
    days = {
        Item("batchnorm", f"shape/d{name}"): day for name, day in zip("abc", (2.0, 30.0, 5.0), strict=True)
    }
    assert mastery_by_lesson(asked_all, days)["batchnorm"].stability == 5
    assert mastery_by_node(asked_all, days)["batchnorm"]["mu"].stability == 5
    assert mastery_by_lesson(asked_all)["batchnorm"].stability is None


# --- habits -----------------------------------------------------------------------------------------------


def slip(mistake="sum-missing", **changes):
    return asked("-+", mistake=mistake, **changes)


def told(found):
    return [(each.mistake, each.times, each.questions, each.chances, each.is_gone) for each in found]


def test_mistakes_are_counted_over_questions():
    found = habits(
        log(
            slip(),
            slip(day=1),
            slip(day=2, question="formula/dbeta"),
            slip(day=3, mistake="mean-for-sum"),
        ),
        UTC,
    )
    assert told(found) == [("sum-missing", 3, 2, 1, False), ("mean-for-sum", 1, 1, 0, False)]
    assert found[0].last == (NOON + timedelta(days=2)).date()


def test_a_mistake_at_every_try_counts_each_time():
    assert told(habits(log(asked("---", mistake="sum-missing")))) == [("sum-missing", 3, 1, 0, False)]


@pytest.mark.parametrize(("chances", "is_gone"), [(9, False), (10, True), (11, True)])
def test_a_mistake_that_was_not_made_at_ten_chances_is_gone(chances, is_gone):
    later = [asked("+", day=day) for day in range(1, chances + 1)]
    assert told(habits(log(slip(), *later))) == [("sum-missing", 1, 1, chances, is_gone)]


def test_a_mistake_that_comes_back_is_a_habit_again():
    later = [asked("+", day=day) for day in range(1, 13)]
    assert told(habits(log(slip(), *later, slip(day=13)))) == [("sum-missing", 2, 1, 0, False)]


def test_chances_are_questions_about_the_nodes_where_it_was_made():
    found = habits(
        log(
            slip(),
            asked("+", day=1, question="formula/dgamma"),  # another question about the same node
            asked("+", day=2, question="shape/dmu"),  # another node
            asked("+", day=3, lesson="linear"),  # another lesson
            asked("s", day=4),  # not answered
            asked("r", day=5),
            asked("---", day=6, mistake="mean-for-sum"),  # another mistake, and so not this one
        )
    )
    assert told(found)[1] == ("sum-missing", 1, 1, 2, False)


def test_a_question_about_the_whole_graph_is_a_spot_of_its_own():
    found = habits(
        log(
            slip(question="order/all", node=""),
            asked("+", day=1, question="order/all", node=""),
            asked("+", day=2, question="next/all", node=""),
        )
    )
    assert told(found) == [("sum-missing", 1, 1, 1, False)]


def test_what_is_gone_comes_last():
    later = [asked("+", day=day) for day in range(4, 15)]
    frequent = [slip(day=day) for day in range(3)]
    rare = slip(day=3, question="shape/dmu", mistake="mean-for-sum")
    assert [each[0] for each in told(habits(log(*frequent, rare, *later)))] == ["mean-for-sum", "sum-missing"]


def test_many_mistakes_and_many_askings_take_no_time():
    parts = [slip(mistake=f"m{at}", day=at // 90, minute=at % 90, session=str(at)) for at in range(6000)]
    assert len(habits(log(*parts), UTC)) == 6000
