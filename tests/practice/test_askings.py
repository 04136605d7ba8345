"""Answers are put together into askings, in whatever order they stand in the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.practice.askings import Item, Result, askings
from tests.practice.progress_answers import answer, asked
from tests.practice.test_answer import ANSWERS


def results(answers):
    return [each.result.value for each in askings(answers)]


@pytest.mark.parametrize(
    ("tries", "result"),
    [
        ("+", "known"),
        ("-+", "helped"),
        ("--+", "helped"),
        ("---", "missed"),
        ("-", "missed"),
        ("r", "missed"),
        ("--r", "missed"),
        ("-s", "missed"),
        ("s", "skipped"),
    ],
)
def test_what_tries_come_to(tries, result):
    assert results(asked(tries)) == [result]


def test_a_hint_is_help():
    assert results(asked("+", hinted=True)) == ["helped"]
    assert results([asked("-+")[0], *asked("-+", hinted=True)[1:]]) == ["helped"]


def test_a_right_answer_whose_first_tries_are_lost_is_not_known():
    assert results(asked("--+")[2:]) == ["helped"]


def test_a_question_that_is_asked_again_in_a_session_is_asked_twice():
    again = asked("-+") + asked("+", minute=3) + asked("r", minute=5) + asked("s", minute=6)
    assert results(again) == ["helped", "known", "missed", "skipped"]
    assert results(asked("-") + asked("-", minute=1)) == ["missed", "missed"]


def test_questions_lessons_and_sessions_are_told_apart():
    mixed = [
        *asked("-+"),
        *asked("-+", session="other"),
        *asked("-+", lesson="linear"),
        *asked("-+", question="shape/dmu"),
    ]
    found = askings(mixed)
    assert [len(each.tries) for each in found] == [2] * 4
    assert {each.item for each in found} == {
        Item("batchnorm", "shape/dgamma"),
        Item("linear", "shape/dgamma"),
        Item("batchnorm", "shape/dmu"),
    }


def test_askings_come_in_the_order_in_which_they_ended():
    later, sooner = asked("+", minute=5), asked("--+", question="shape/dmu")
    assert [each.node for each in askings(later + sooner)] == ["mu", "gamma"]


def test_an_answer_that_stands_there_twice_counts_once():
    assert askings(asked("-+") * 3) == askings(asked("-+"))


def test_what_is_answered():
    tries = ("+", "-", "-s", "-r", "r", "s")
    assert [askings(asked(each))[0].is_answered for each in tries] == [True] * 4 + [False] * 2


@given(st.lists(ANSWERS, max_size=6).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made))))
def test_the_order_of_the_answers_does_not_matter(orders):
    made, mixed = orders
    found = askings(made)
    assert askings(mixed) == found
    assert sorted(map(repr, {each for asking in found for each in asking.tries})) == sorted(
        map(repr, set(made))
    )


@given(st.permutations(asked("--+") + asked("-r", minute=1, question="shape/dmu") + asked("+", minute=9)))
def test_tries_find_together_from_any_order(mixed):
    assert results(mixed) == ["helped", "missed", "known"]


def test_results_are_the_four_that_the_schedule_knows():
    assert [result.value for result in Result] == ["known", "helped", "missed", "skipped"]
    assert askings([]) == ()
    assert askings([answer(node="")])[0].node == ""
