"""Flipping switches: what a wish makes of the choices, and what the key s does in any lesson."""

from dataclasses import replace

import pytest

from bn_tutor.course.variants import next_choice
from bn_tutor.walk.keys import Key
from bn_tutor.walk.state import LONGEST_INPUT, Prompt, State, press, start
from bn_tutor.walk.switching import fitting, flipped, switches_text

FRONT = """\
+++
format = 1
title = "Scaled"

[sizes]
N = 4
D = 3

[switches]
%s
[inputs]
x = { shape = ["N", "D"] }
+++

"""
MODE = 'mode = ["train", "inference", "frozen"]\n'
FACTOR = "factor = [2, 0.5]\n"
AXIS = 'axis = { rows = [0], all = [0, 1] }\nshape = { row = ["D"], whole = ["N", "D"] }\n'
GRAPH = """\
```graph
mu = mean(x, axis=%s, keepdims=true)
out = %s * (x - mu)
```
"""
SEVERAL = FRONT % (MODE + FACTOR + AXIS) + GRAPH % ("axis", "factor")
ONLY = FRONT % MODE + GRAPH % (0, 2)
NUMBERS = FRONT % FACTOR + GRAPH % (0, "factor")
TUPLES = FRONT % "axis = { rows = [0], all = [0, 1] }\n" + GRAPH % ("axis", 2)
NONE = FRONT.replace("[switches]\n", "") % "" + GRAPH % (0, 2)
FIRST = {"mode": "train", "factor": "2", "axis": "rows", "shape": "row"}


@pytest.fixture
def wish(text_tour):
    """Make a wish of a lesson with several switches, or of another; returns the choices or what is said."""

    def wished(text, lesson=SEVERAL, **choices):
        return flipped(text_tour(lesson, **choices).subject.lesson, text)

    return wished


# --- wishes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "choice"),
    [
        ("mode", "mode", "inference"),
        ("mode=frozen", "mode", "frozen"),
        (" mode  =  frozen ", "mode", "frozen"),
        ("mode=", "mode", "inference"),
        ("mode=train", "mode", "train"),
        ("factor", "factor", "0.5"),
        ("factor=0.5", "factor", "0.5"),
        ("axis=all", "axis", "all"),
        ("axis=1", "axis", "1"),
        ("axis = 0 , 1", "axis", "0,1"),
        ("shape=N", "shape", "N"),
        ("shape=4,D", "shape", "4,D"),
    ],
)
def test_a_wish_changes_one_choice(wish, text, name, choice):
    assert wish(text) == {**FIRST, name: choice}


def test_the_others_stay_as_they_were_flipped(wish):
    assert wish("factor", mode="frozen", axis="0,1") == {
        **FIRST,
        "mode": "frozen",
        "factor": "0.5",
        "axis": "0,1",
    }


@pytest.mark.parametrize(
    ("text", "choice"),
    [("", "inference"), ("mode", "inference"), ("frozen", "frozen"), ("mode=frozen", "frozen")],
)
def test_the_name_of_an_only_switch_may_be_left_out(wish, text, choice):
    assert wish(text, ONLY) == {"mode": choice}


@pytest.mark.parametrize(("text", "choice"), [("all", "all"), ("1", "1"), ("0, 1", "0,1"), ("axis=1", "1")])
def test_an_only_switch_of_tuples_takes_any(wish, text, choice):
    assert wish(text, TUPLES) == {"axis": choice}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mod", "There is no switch mod (did you mean mode?)"),
        ("inference", "There is no switch inference (there are: mode, factor, axis, shape)"),
        ("zz=train", "There is no switch zz (there are: mode, factor, axis, shape)"),
        ("mode=trian", "mode has no choice trian (did you mean train?)"),
        ("mode=a=b", "mode has no choice a=b (there are: train, inference, frozen)"),
        ("mode=train,frozen", "mode has no choice train,frozen (did you mean frozen?)"),
        ("factor=3", "factor has no choice 3 (there are: 2, 0.5)"),
        ("axis=0,M", "axis has no choice M (there are: rows, all)"),
        ("axis=-1", "axis has no choice -1 (there are: rows, all)"),
        ("axis=²", "axis has no choice ² (there are: rows, all)"),
        ("axis=" + "9" * 30, f"axis has no choice {'9' * 30} (there are: rows, all)"),
    ],
)
def test_a_wish_that_cannot_be_is_answered_with_a_hint(wish, text, said):
    assert wish(text) == said


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "mode=\x1b]0;x\x07", "axis=\u202e", "x" * 60, "mode=" + "x" * 55, "="]
)
def test_what_is_said_of_any_wish_is_one_short_plain_line(wish, text):
    said = wish(text)
    assert isinstance(said, str)
    assert len(said) <= 120
    assert said.isprintable()


def test_the_next_choice_after_the_last_is_the_first(text_tour):
    found = []
    for mode in ("train", "inference", "frozen"):
        lesson = text_tour(ONLY, mode=mode).subject.lesson
        found.append(next_choice(lesson, lesson.switches[0]))
    assert found == ["inference", "frozen", "train"]


def test_after_a_tuple_of_ones_own_comes_the_first_choice(wish):
    assert wish("axis", axis="0,1")["axis"] == "rows"


def test_how_the_choices_stand(text_tour):
    lesson = text_tour(SEVERAL, axis="0,1", mode="frozen").subject.lesson
    assert switches_text(lesson) == "mode = frozen, factor = 2, axis = 0,1, shape = row"
    assert switches_text(text_tour(NONE).subject.lesson) == ""


def test_of_choices_only_those_fit_that_the_lesson_has(text_tour):
    lesson = text_tour(SEVERAL).subject.lesson
    choices = {"mode": "frozen", "factor": "3", "gone": "x", "axis": "0,1", "shape": "M"}
    assert fitting(lesson, choices) == {"mode": "frozen", "axis": "0,1"}
    assert fitting(lesson, {}) == {}
    assert fitting(text_tour(NONE).subject.lesson, choices) == {}


# --- the key s --------------------------------------------------------------------------------------------


def test_a_walk_begins_with_the_choices_of_its_tour(text_tour):
    assert start(text_tour(SEVERAL)).choices == FIRST
    assert start(text_tour(SEVERAL, mode="frozen", axis="1")).choices == {
        **FIRST,
        "mode": "frozen",
        "axis": "1",
    }
    assert start(text_tour(NONE)).choices == {}


def test_a_function_has_no_switches(traced_tour, random_arrays):
    tour = traced_tour(lambda x: x * 2.0, *random_arrays(3))
    assert press(tour, start(tour), "s") == replace(start(tour), message="This lesson has no switches.")


def test_a_lesson_without_switches_says_so(text_tour):
    tour = text_tour(NONE)
    assert press(tour, start(tour), "s") == replace(start(tour), message="This lesson has no switches.")


@pytest.mark.parametrize(("text", "flipped_to"), [(ONLY, "inference"), (NUMBERS, "0.5"), (TUPLES, "all")])
def test_an_only_switch_is_flipped_at_once(text_tour, text, flipped_to):
    tour = text_tour(text)
    before = start(tour, place=1)
    (name,) = before.choices
    assert press(tour, before, "s") == replace(before, choices={name: flipped_to})
    assert tour.choices != {name: flipped_to}  # the next tour is for others to make


def test_several_switches_are_asked_for(text_tour, press_all):
    tour = text_tour(SEVERAL)
    before = start(tour)
    assert press(tour, before, "s") == replace(before, prompt=Prompt.SWITCH)
    assert press_all(tour, before, "s", *"axis=1").typed == "axis=1"


@pytest.mark.parametrize(
    ("text", "name", "choice"), [("mode", "mode", "inference"), (" axis = 1 ", "axis", "1")]
)
def test_what_is_entered_flips(text_tour, enter, text, name, choice):
    tour = text_tour(SEVERAL)
    before = start(tour, place=1)
    assert enter(tour, before, "s", text) == replace(before, choices={**FIRST, name: choice})


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_entered_flips_nothing(text_tour, enter, text):
    tour = text_tour(SEVERAL)
    assert enter(tour, start(tour), "s", text) == start(tour)


def test_a_wrong_wish_is_said_and_flips_nothing(text_tour, enter):
    tour = text_tour(SEVERAL)
    before = start(tour, place=1)
    after = enter(tour, before, "s", "mood=train")
    assert after == replace(before, message="There is no switch mood (did you mean mode?)")


def test_the_prompt_can_be_left(text_tour, press_all):
    tour = text_tour(SEVERAL)
    assert press_all(tour, start(tour), "s", *"mode", Key.ESCAPE) == start(tour)


def test_letters_are_typed_at_the_prompt_and_not_obeyed(text_tour, press_all):
    tour = text_tour(SEVERAL)
    after = press_all(tour, start(tour), "s", *"qnzs" * 40)
    assert (after.typed, after.done, after.place) == (("qnzs" * 40)[:LONGEST_INPUT], False, 0)
    assert press(tour, after, Key.ENTER).choices == FIRST


@pytest.mark.parametrize("state", [State(keys=True), State(about=True)])
def test_s_closes_what_lies_over_the_frame_and_flips_nothing(text_tour, state):
    tour = text_tour(ONLY)
    before = replace(start(tour), keys=state.keys, about=state.about)
    assert press(tour, before, "s") == start(tour)


def test_s_takes_away_a_message(text_tour):
    tour = text_tour(ONLY)
    assert press(tour, replace(start(tour), message="x"), "s").message == ""
