"""From one tour to the next: after a flip, or an edit of the file, the learner stands where they stood."""

from dataclasses import replace

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.carrying import arrived
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.state import State, frame_of, press, start
from bn_tutor.walk.story import Direction

LESSON = """\
+++
format = 1
title = "Scaled"
output = "out"

[sizes]
N = 4
D = 3

[switches]
mode = ["train", "short", "other"]
factor = [2, 0.5]

[inputs]
x = { shape = ["N", "D"] }
w = { shape = ["D"] }
+++

```graph when mode = train
mu = mean(x, axis=0)
xmu = x - mu
out = xmu * w * factor
```

```graph when mode = short
out = x * w * factor
```

```graph when mode = other
centre = mean(x, axis=0)
xmu = x - centre
scaled = xmu * w
out = factor * scaled
```
"""
SMALLER = LESSON.replace("N = 4", "N = 3").replace("D = 3", "D = 2")
VECTOR = LESSON.replace("out = x * w * factor", "out = sum(x * w * factor, axis=0)")


@pytest.fixture
def moved(text_tour):
    """Carry a state from one tour to another: (text, choices) each. Returns the new state and its tour."""

    def move(state, text=LESSON, before=None, after=None, order=Order.RIGHT):
        old = text_tour(LESSON, order, **(before or {}))
        new = text_tour(text, order, **(after or {}))
        return arrived(old, state, new), new

    return move


def shown(tour, state):
    frame = frame_of(tour, state)
    return frame.direction, frame.node.name


# --- the place --------------------------------------------------------------------------------------------


def test_the_same_tour_changes_nothing(text_tour):
    tour = text_tour(LESSON)
    state = replace(start(tour, place=2), scroll=3, message="x", keys=True)
    assert arrived(tour, state, tour) is state


@pytest.mark.parametrize("name", ["xmu", "out"])
@pytest.mark.parametrize("direction", [Direction.FORWARD, Direction.BACKWARD])
def test_the_node_and_the_direction_are_kept(text_tour, moved, name, direction):
    tour = text_tour(LESSON)
    frames = tour.story(Level.NODE).frames
    place = next(
        at for at, each in enumerate(frames) if (each.direction, each.node.name) == (direction, name)
    )
    after, new = moved(start(tour, place=place), after={"mode": "other"})
    assert shown(new, after) == (direction, name)
    assert after.place != place or name == "xmu"


def test_where_the_node_is_gone_the_number_is_kept(text_tour, moved):
    after, new = moved(start(text_tour(LESSON)), after={"mode": "other"})
    assert (after.place, shown(new, after)) == (0, (Direction.FORWARD, "centre"))


def test_where_the_number_is_gone_too_it_is_the_last_frame(text_tour, moved):
    tour = text_tour(LESSON)
    at_mu = press(tour, start(tour), "G")
    assert at_mu.place == 6
    at_mu = replace(at_mu, place=5)
    assert shown(tour, at_mu) == (Direction.BACKWARD, "mu")
    after, new = moved(at_mu, after={"mode": "short"})
    assert (after.place, shown(new, after)) == (1, (Direction.BACKWARD, "out"))


def test_there_and_back_is_where_it_was(text_tour):
    train, other = text_tour(LESSON), text_tour(LESSON, mode="other")
    for place in range(len(train.story(Level.NODE).frames)):
        before = start(train, place=place)
        assert arrived(other, arrived(train, before, other), train) == before


@pytest.mark.parametrize("level", Level)
def test_the_level_is_kept(text_tour, moved, level):
    tour = text_tour(LESSON)
    after, _ = moved(start(tour, place=1, level=level), after={"mode": "other"})
    assert after.level is level


def test_a_zoom_out_and_in_again_around_a_flip_comes_back_to_the_node(text_tour, press_all, enter):
    train, half = text_tour(LESSON), text_tour(LESSON, factor="0.5")
    zoomed = press_all(train, enter(train, start(train), "g", "xmu"), "z", "z")
    assert zoomed.level is Level.LAYER
    assert shown(half, press(half, arrived(train, zoomed, half), "z")) == (Direction.FORWARD, "xmu")


@pytest.mark.parametrize("order", [Order.TWICE, Order.RECURSIVE])
def test_every_frame_of_a_demonstration_is_kept(text_tour, order):
    """A node has several frames there, and the second is not the first."""
    train, half = text_tour(LESSON, order), text_tour(LESSON, order, factor="0.5")
    count = len(train.story(Level.NODE).frames)
    assert count > 6
    assert [arrived(train, start(train, place=at), half).place for at in range(count)] == list(range(count))


def test_the_verdict_is_kept(text_tour, moved):
    tour = text_tour(LESSON, Order.TWICE)
    after, new = moved(press(tour, start(tour), "G"), after={"mode": "short"}, order=Order.TWICE)
    assert shown(new, after)[0] is Direction.VERDICT


@pytest.mark.parametrize(("place", "expected"), [(0, 0), (3, 3), (99, 6)])
def test_without_a_tour_before_the_number_is_kept(text_tour, place, expected):
    assert arrived(None, State(place=place), text_tour(LESSON)).place == expected


# --- the element ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "text", "kept"),
    [
        ((3, 2), LESSON, (3, 2)),
        ((2, 1), SMALLER, (2, 1)),
        ((3, 1), SMALLER, None),
        ((2, 2), SMALLER, None),
        (None, LESSON, None),
    ],
)
def test_an_element_is_followed_where_there_is_one(text_tour, moved, element, text, kept):
    state = replace(start(text_tour(LESSON)), element=element)
    assert moved(state, text)[0].element == kept


def test_an_element_of_another_kind_of_output_is_dropped(text_tour, moved):
    state = replace(start(text_tour(LESSON)), element=(0, 0))
    assert moved(state, VECTOR, after={"mode": "short"})[0].element is None


# --- what else is carried, and what is not ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["jacobian", "graph", "predicting"])
@pytest.mark.parametrize("value", [True, False])
def test_what_was_switched_on_stays_on(text_tour, moved, name, value):
    state = replace(start(text_tour(LESSON)), **{name: value})
    assert getattr(moved(state, after={"mode": "other"})[0], name) is value


@pytest.mark.parametrize("name", ["message", "note"])
def test_what_was_said_of_the_tour_before_is_not_said_of_this_one(text_tour, moved, name):
    state = replace(start(text_tour(LESSON)), **{name: "said before"})
    assert getattr(moved(state, after={"factor": "0.5"})[0], name) == ""


@pytest.mark.parametrize("keys", ["g2", "e1,", "p", "pxyz", "s", "smod"])
def test_a_prompt_and_its_question_are_closed(text_tour, moved, press_all, keys):
    tour = text_tour(LESSON)
    asking = press_all(tour, start(tour, place=3), *keys)
    assert asking.prompt is not None
    after, _ = moved(asking, after={"factor": "0.5"})
    assert (after.prompt, after.typed, after.question, after.judgement) == (None, "", None, None)


def test_a_long_frame_is_shown_from_its_top(text_tour, moved):
    assert moved(replace(start(text_tour(LESSON)), scroll=9))[0].scroll == 0


def test_questions_are_asked_anew(text_tour, moved, press_all):
    """What was asked of the frame before is not asked of this one: the counts are of another tour."""
    tour = text_tour(LESSON)
    state = press_all(tour, start(tour, place=3), "p", "\x1b")
    assert moved(replace(state, asked={(Level.NODE, 3): 5}), after={"mode": "other"})[0].asked == {}


@pytest.mark.parametrize("choices", [{}, {"mode": "short"}, {"mode": "other", "factor": "0.5"}])
def test_the_choices_are_those_of_the_new_tour(text_tour, moved, choices):
    wanted = {"mode": "train", "factor": "2", **choices}
    # A flip changes the state's choices first; a file may have lost them meanwhile.
    for said in (wanted, {"mode": "gone"}, {}):
        state = replace(start(text_tour(LESSON)), choices=said)
        assert moved(state, after=choices)[0].choices == wanted


def test_it_goes_on_walking(text_tour, moved, press_all):
    after, new = moved(start(text_tour(LESSON)), after={"mode": "other"})
    assert shown(new, press_all(new, after, *"nnnn")) == (Direction.BACKWARD, "out")
