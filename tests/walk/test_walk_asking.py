"""Asking and answering in the walk: what is hidden, what is tried again, what reveals."""

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.keys import Key
from bn_tutor.walk.prediction import Ask
from bn_tutor.walk.state import Prompt, State, press, start

IVAR, GAMMAX, MEETING = 12, 10, 18
BACKWARD = range(9, 18)


@pytest.fixture(scope="module")
def asked(tour):
    """Return a state in which the sign of dsqrtvar[0] is asked for."""
    return press(tour, State(place=IVAR), "p")


@pytest.fixture(scope="module")
def sign(asked):
    return "+" if asked.question.edge.contribution[0] > 0 else "-"


@pytest.mark.parametrize("place", BACKWARD)
def test_p_asks_in_every_backward_frame(tour, place):
    after = press(tour, State(place=place), "p")
    assert after.prompt is Prompt.PREDICT
    assert after.question.step is tour.story(Level.NODE).frames[place].step


@pytest.mark.parametrize("place", range(9))
def test_there_is_nothing_to_predict_on_the_way_forward(tour, place):
    assert press(tour, State(place=place), "p") == State(
        place=place, message="There is nothing to predict here: go to a backward frame."
    )


def test_where_gradients_meet_nobody_is_sent_to_a_backward_frame(tour):
    after = press(tour, State(place=MEETING), "p")
    assert after.question is None
    assert after.message
    assert "go to a backward frame" not in after.message


def test_a_right_answer_reveals(tour, press_all, asked, sign):
    after = press_all(tour, asked, sign, Key.ENTER)
    assert (after.question, after.prompt) == (None, None)
    assert after.judgement.right


def test_a_wrong_answer_may_be_tried_again(tour, press_all, asked, sign):
    wrong = press_all(tour, asked, "-" if sign == "+" else "+", Key.ENTER)
    assert (wrong.question, wrong.prompt, wrong.typed) == (asked.question, Prompt.PREDICT, "")
    assert not wrong.judgement.right
    assert press_all(tour, wrong, sign, Key.ENTER).judgement.right


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_answer_reveals_without_praise(tour, press_all, asked, text):
    after = press_all(tour, asked, *text, Key.ENTER)
    assert (after.question, after.prompt, after.judgement) == (None, None, None)


@pytest.mark.parametrize("word", ["h", "H", "hint", " hint "])
def test_a_hint_can_be_asked_for(tour, press_all, asked, word):
    after = press_all(tour, asked, *word, Key.ENTER)
    assert (after.question, after.prompt) == (asked.question, Prompt.PREDICT)
    assert after.judgement.say.startswith("Hint: ")


def test_escape_reveals_too(tour, asked):
    after = press(tour, asked, Key.ESCAPE)
    assert (after.question, after.prompt) == (None, None)


def test_asking_again_asks_the_next_kind(tour, press_all):
    state, kinds = State(place=GAMMAX), []
    for _ in range(4):
        state = press(tour, state, "p")
        kinds.append(state.question.ask)
        state = press(tour, state, Key.ENTER)
    assert kinds == [Ask.SHAPE, Ask.NUMBER, Ask.SIGN, Ask.SHAPE]


@pytest.mark.parametrize("key", ["n", "b", "<", "G", "z"])
def test_moving_forgets_what_was_said(tour, press_all, asked, sign, key):
    after = press_all(tour, asked, sign, Key.ENTER, key)
    assert (after.judgement, after.question) == (None, None)


# --- asked before every backward frame --------------------------------------------------------------------


def asked_places(tour, state, *keys):
    """Return where something was asked; every question is answered by revealing."""
    places = []
    for key in keys:
        state = press(tour, state, key)
        if state.question is not None:
            places.append(state.place)
            state = press(tour, state, Key.ENTER)
    return places


def test_predicting_asks_once_before_each_backward_frame(tour):
    state = start(tour, predicting=True)
    assert state.question is None
    assert asked_places(tour, state, *"n" * 18) == list(BACKWARD)
    assert asked_places(tour, state, *"n" * 18, *"b" * 18, *"n" * 18) == list(BACKWARD)


def test_predicting_asks_after_a_jump(tour):
    state = start(tour, predicting=True)
    assert asked_places(tour, state, "g", *"divar", Key.ENTER) == [IVAR]


def test_predicting_asks_in_the_first_frame_too(tour):
    assert start(tour, predicting=True, place=IVAR).prompt is Prompt.PREDICT


def test_without_predicting_nothing_is_asked(tour):
    assert asked_places(tour, start(tour), *"n" * 18, "z", "z", *"b" * 5) == []


def test_each_level_asks_for_itself(tour):
    state = start(tour, predicting=True, place=IVAR, level=Level.NODE)
    revealed = press(tour, state, Key.ENTER)
    assert press(tour, revealed, "z").prompt is Prompt.PREDICT
