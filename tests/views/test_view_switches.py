"""Switches on the screen: what tells a variant from the usual one, the key, its prompt, the tuples."""

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.views.lesson_table import lesson_table
from bn_tutor.views.look import Look
from bn_tutor.walk.state import State, start

FRONT = """\
+++
format = 1
title = "Scaled"
output = "out"

[sizes]
N = 4
D = 3

[switches]
%s
[inputs]
x = { shape = ["N", "D"] }
+++

"""
SWITCHES = """\
mode = ["train", "inference"]
factor = [2, 0.5]
axis = { rows = [0], all = [0, 1] }
shape = { row = ["D"], whole = ["N", "D"] }
"""
GRAPH = """\
```graph
mu = mean(x, axis=axis, keepdims=true)
seen = mean(x, axis=trailing(x, shape), keepdims=true)
out = factor * (x - mu) * seen
```

## `mu`

### backward

```derivation
sum(x, axis=axis)
1 * sum(x, axis=axis)
```
"""
LESSON = FRONT % SWITCHES + GRAPH
NONE = FRONT.replace("[switches]\n", "") % "" + "```graph\nout = 2 * x\n```\n"
LONG = "a_choice_of_a_very_long_name"
MANY = FRONT % "".join(f'a_switch_called_{sign} = ["usual", "{LONG}_{sign}"]\n' for sign in "abcdef") + (
    "```graph\nout = 2 * x\n```\n"
)
MANY_CHANGED = {f"a_switch_called_{sign}": f"{LONG}_{sign}" for sign in "abcdef"}
WIDTHS = [10, 14, 20, 30, 40, 60, 80, 116, 120, 200]
MU_BACKWARD = 5


def joined(lines):
    return " ".join(" ".join(lines).split())


# --- the header -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"mode": "inference"}, "mode = inference"),
        ({"factor": "0.5", "mode": "train"}, "factor = 0.5"),
        ({"axis": "all", "mode": "inference"}, "mode = inference, axis = all"),
        ({"axis": "0,1"}, "axis = 0,1"),
    ],
)
def test_the_header_says_what_was_changed(text_tour, draw, choices, said):
    line = draw(text_tour(LESSON, **choices))[0]
    assert line.startswith(f" lesson   forward 1 of 3   {said}   ━")
    assert len(line) <= 80


def test_the_header_says_nothing_of_the_first_choices(text_tour, draw):
    usual = draw(text_tour(LESSON))[0]
    assert usual.startswith(" lesson   forward 1 of 3   ━")
    assert draw(text_tour(LESSON, mode="train", factor="2", axis="rows", shape="row"))[0] == usual
    assert draw(text_tour(NONE))[0].startswith(" lesson   forward 1 of 1   ━")


def test_it_is_said_in_full_in_a_pipe_too_and_at_every_level(text_tour, draw_whole):
    tour = text_tour(LESSON, mode="inference")
    for level in Level:
        assert "   mode = inference   " in draw_whole(tour, State(level=level))[0] + " "


# --- the foot and the prompt ------------------------------------------------------------------------------


def test_the_key_is_at_the_foot_only_where_there_are_switches(text_tour, tour, draw):
    assert "  s switch  " in draw(text_tour(LESSON))[-1]
    assert "switch" not in draw(text_tour(NONE))[-1]
    assert "switch" not in draw(tour)[-1]


def test_the_prompt_shows_how_the_switches_stand(text_tour, draw, press_all):
    tour = text_tour(LESSON, factor="0.5", axis="0,1")
    lines = draw(tour, press_all(tour, start(tour), "s", *"mode=i"))
    said = "flip mode = train, factor = 0.5, axis = 0,1, shape = row; which (or name=choice):"
    assert joined(lines[-4:-1]).endswith(f"{said} mode=i")
    assert lines[-1] == " enter go  esc leave"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [3, 10, 24])
def test_what_is_typed_is_seen_at_any_size(text_tour, draw, press_all, too_wide, width, height):
    for text, changed in ((LESSON, {}), (MANY, MANY_CHANGED)):
        tour = text_tour(text, **changed)
        lines = draw(tour, press_all(tour, start(tour), "s", *"wish"), Look(width), height)
        assert (len(lines), too_wide(lines, width)) == (height, [])
        assert "wish"[-max(width // 2 - 2, 1) :] in joined(lines)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("options", [{}, {"ascii": True}], ids=["usual", "ascii"])
def test_frames_of_variants_fit(text_tour, draw, too_wide, every_state, width, options):
    for text, changed in ((LESSON, {"axis": "all", "shape": "whole", "factor": "0.5"}), (MANY, MANY_CHANGED)):
        tour = text_tour(text, **changed)
        for state in every_state(tour):
            lines = draw(tour, state, Look(width, **options))
            assert (len(lines), too_wide(lines, width)) == (24, [])
            assert not options or "".join(lines).isascii()


def test_a_message_on_a_wrong_flip_is_in_the_status_line(text_tour, draw, press_all):
    tour = text_tour(LESSON)
    lines = draw(tour, press_all(tour, start(tour), "s", *"mood", "enter"))
    assert lines[-2] == " There is no switch mood (did you mean mode?)"


# --- tuples in place of names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "axes", "shape"),
    [
        ({}, "(0,)", "(3,)"),
        ({"axis": "all"}, "(0, 1)", "(3,)"),
        ({"axis": "1", "shape": "whole"}, "(1,)", "(4, 3)"),
        ({"axis": "0,1", "shape": "4,D"}, "(0, 1)", "(4, 3)"),
    ],
)
def test_titles_and_chains_have_the_tuple(text_tour, draw, draw_whole, choices, axes, shape):
    tour = text_tour(LESSON, **choices)
    assert f"mu = mean(x, axis={axes}, keepdims=true)" in draw(tour)[1]
    assert f"trailing(x, {shape})" in draw(tour, State(place=1))[1]
    lines = draw_whole(tour, State(place=MU_BACKWARD))
    assert f"mu = mean(x, axis={axes}, keepdims=true)" in lines[1]
    chain = joined(lines).partition("chain ")[2]
    assert chain == f"sum(x, axis={axes}) = 1 · sum(x, axis={axes})"


def test_no_frame_has_the_name_of_a_tuple_left(text_tour, draw_whole, every_state):
    tour = text_tour(LESSON, axis="all")
    for state in every_state(tour, jacobian=True):
        text = "\n".join(draw_whole(tour, state)[1:])
        assert "axis=axis" not in text
        assert "shape)" not in text.replace("reshape)", "")


def test_a_number_keeps_its_name(text_tour, draw):
    assert "out = factor · (x − mu) · seen" in draw(text_tour(LESSON, factor="0.5"), State(place=2))[1]


def test_the_page_of_a_lesson_has_them_too(text_tour):
    tour = text_tour(LESSON, axis="all")
    lines = lesson_table(tour.subject.lesson, tour.story(Level.NODE).recording, Look(120))
    text = "\n".join(line.plain for line in lines)
    assert "mean(x, axis=(0, 1), keepdims=true)" in text
    assert "axis=axis" not in text
