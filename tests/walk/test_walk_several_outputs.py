"""Walks over several outputs: each has an upstream of its own, and may feed the others, too."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_tutor.course.loading import load, record, upstream_of
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order, verdict
from bn_tutor.walk.document import walk_json
from bn_tutor.walk.keys import ACTIONS, Key
from bn_tutor.walk.prediction import question
from bn_tutor.walk.state import State, frame_of, press, start
from bn_tutor.walk.story import Direction, Tour
from bn_tutor.walk.subject import Subject

# With x an input is an output, too; it feeds h.
OUTPUTS = [("out", "h", "low"), ("h", "out"), ("x", "low", "out"), ("low", "x")]
every_graph = pytest.mark.parametrize("outputs", OUTPUTS, ids="-".join)
every_level = pytest.mark.parametrize("level", list(Level))
every_order = pytest.mark.parametrize("order", list(Order))


def names(story, direction):
    return [frame.node.name for frame in story.frames if frame.direction is direction]


def parts_of(story, name):
    step = next(step for step in story.steps if step.node.name == name)
    return [(part.name, part.origin) for part in story.parts(name, until=step)]


def by_hand(story, upstream):
    """Compute the gradients of two_steps one line after the other; an output that is not one has nothing."""
    x, w, b, h = (story.subject.recording[name] for name in ("x", "w", "b", "h"))
    own = {name: upstream.get(name, 0.0) for name in ("out", "h", "low", "x")}
    dout = own["out"] + np.zeros((4, 3))
    dlow = own["low"] + dout.sum(axis=0)
    dh = own["h"] + dout * b + dlow / 4
    dz = dh * (1 - h**2)
    return {"x": own["x"] + dz * w, "w": (dz * x).sum(axis=0), "b": (dout * h).sum(axis=0)}


# --- the story --------------------------------------------------------------------------------------------


def test_frames_forward_and_back(several_tour):
    story = several_tour().story(Level.NODE)
    assert names(story, Direction.FORWARD) == ["h", "low", "out"]
    assert names(story, Direction.BACKWARD) == ["out", "low", "h"]


def test_the_layer_has_a_frame_for_each_output_and_for_what_they_share(several_tour):
    story = several_tour().story(Level.LAYER)
    assert names(story, Direction.FORWARD) == ["h", "low", "out"]
    assert names(story, Direction.BACKWARD) == ["out", "low", "h", "w", "x"]


def test_the_parts_of_an_output_that_feeds_others_begin_with_its_own_upstream(several_tour):
    story = several_tour().story(Level.NODE)
    assert parts_of(story, "out") == [("dout", "outside")]
    assert parts_of(story, "low") == [("dlow0", "outside"), ("dlow1", "out")]
    assert parts_of(story, "h") == [("dh0", "outside"), ("dh1", "out"), ("dh2", "low")]
    assert story.names_of_parts("h") == ["dh0", "dh1", "dh2"]
    assert story.names_of_parts("x") == ["dx"]


def test_without_outputs_that_feed_others_names_are_as_ever(tour):
    story = tour.story(Level.NODE)
    assert parts_of(story, "xmu") == [("dxmu1", "xhat"), ("dxmu2", "sq")]
    assert parts_of(story, "out") == [("dout", "outside")]
    assert parts_of(story, "gammax") == [("dgammax", "out")]


def test_a_contribution_has_a_number_where_an_upstream_waits(several_tour):
    story = several_tour().story(Level.NODE)
    (edge,) = story.arrivals("low")
    assert story.name_of(edge) == "dlow1"
    assert story.is_last(edge)


@every_order
@every_level
@every_graph
def test_parts_add_up_to_the_upstream_of_every_frame(several_tour, outputs, level, order):
    story = several_tour(outputs, order).story(level)
    wrong = [
        (number, step.node.name)
        for number, step in enumerate(story.steps, 1)
        if not np.allclose(
            sum(part.value for part in story.parts(step.node.name, until=step)), step.upstream, rtol=1e-10
        )
    ]
    assert wrong == []


def test_a_part_left_out_would_be_seen(several_tour):
    story = several_tour().story(Level.NODE)
    step = story.steps[-1]
    parts = story.parts("h", until=step)
    assert not np.allclose(sum(part.value for part in parts[1:]), step.upstream)


@every_level
@every_graph
def test_gradients_by_hand(several_tour, outputs, level):
    story = several_tour(outputs).story(level)
    found = gradients(story.recording, story.subject.upstream)
    for name, value in by_hand(story, story.subject.upstream).items():
        np.testing.assert_allclose(found[name], value, rtol=1e-10, atol=1e-12)


def test_a_subject_has_its_upstreams_by_name_in_any_case(tour, several_tour):
    assert isinstance(tour.subject.upstream, np.ndarray)
    assert list(tour.subject.upstreams) == ["out"]
    assert tour.subject.upstreams["out"] is tour.subject.upstream
    assert list(several_tour().subject.upstreams) == ["out", "h", "low"]


# --- demonstrations ---------------------------------------------------------------------------------------


def wrong_gradients(story):
    return {name: wrong for name, wrong, _ in story.verdict.gradients}


@every_level
@every_graph
def test_two_passes_end_with_twice_the_gradients(several_tour, outputs, level):
    story = several_tour(outputs, Order.TWICE).story(level)
    once = by_hand(story, story.subject.upstream)
    for name, wrong in wrong_gradients(story).items():
        np.testing.assert_allclose(wrong, 2 * once[name], rtol=1e-10, atol=1e-12)
    assert story.verdict.parted > len(story.right_steps)


def test_a_recursion_visits_each_output_in_turn(several_tour):
    story = several_tour(("h", "out"), Order.RECURSIVE).story(Level.NODE)
    assert [step.node.name for step in story.steps] == ["h", "out", "h", "low", "h"]


def test_a_recursion_ends_with_the_numbers_of_a_recursion(several_tour):
    """h hands on its own upstream, then that and what out sent, then all of it: each time from the start."""
    story = several_tour(("h", "out"), Order.RECURSIVE).story(Level.NODE)
    x, w, b, h = (story.recording[name] for name in ("x", "w", "b", "h"))
    own, dout = story.subject.upstream["h"], story.subject.upstream["out"]
    visits = [own, own + dout * b, own + dout * b + dout.sum(axis=0) / 4]
    handed_on = sum(visits) * (1 - h**2)
    found = wrong_gradients(story)
    np.testing.assert_allclose(found["x"], handed_on * w, rtol=1e-10)
    np.testing.assert_allclose(found["w"], (handed_on * x).sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(found["b"], (dout * h).sum(axis=0), rtol=1e-10)
    assert story.verdict.parted == 1


def test_a_recursion_begun_at_the_other_output_parts_later(several_tour):
    story = several_tour(("out", "low"), Order.RECURSIVE).story(Level.NODE)
    assert [step.node.name for step in story.steps] == ["out", "h", "low", "h", "low", "h"]
    assert story.verdict.parted == 2


@every_order
@every_graph
def test_the_right_steps_part_nowhere(several_tour, outputs, order):
    story = several_tour(outputs, order).story(Level.NODE)
    found = verdict(story.recording, story.right_steps, story.right_steps)
    assert found.parted == 0
    assert all(np.array_equal(wrong, right) for _, wrong, right in found.gradients)


def test_a_recursion_begun_at_an_input_alone_is_no_walk_at_all(several_tour):
    story = several_tour(("x",), Order.RECURSIVE).story(Level.NODE)
    assert story.steps == ()


# --- the document -----------------------------------------------------------------------------------------


def read(story):
    return json.loads(walk_json(story))


@every_level
@every_graph
def test_the_document_has_a_table_of_upstreams(several_tour, outputs, level):
    story = several_tour(outputs).story(level)
    document = read(story)
    assert list(document["upstream"]) == list(outputs)
    for name, upstream in story.subject.upstreams.items():
        assert np.array_equal(document["upstream"][name], upstream)


@every_level
@every_graph
def test_the_document_reproduces_every_gradient(several_tour, outputs, level):
    """What the edges bring to a node, and its own upstream where it is an output, is its gradient."""
    document = read(several_tour(outputs).story(level))
    sums = {name: np.array(value) for name, value in document["upstream"].items()}
    for step in document["steps"]:
        np.testing.assert_allclose(sums[step["node"]], step["upstream"]["value"], rtol=1e-12)
        for edge in step["edges"]:
            sums[edge["input"]] = sums.get(edge["input"], 0.0) + np.array(edge["gradient"]["value"])
    for name, value in document["gradients"].items():
        np.testing.assert_allclose(sums.get(name, np.zeros_like(value)), value, rtol=1e-12)


def test_an_output_that_is_an_input_has_its_own_upstream_as_gradient(several_tour):
    document = read(several_tour(("low", "b")).story(Level.NODE))
    assert document["gradients"]["b"] == document["upstream"]["b"]


# --- the state --------------------------------------------------------------------------------------------


def place_of(tour, level, direction, name):
    frames = tour.story(level).frames
    return next(
        at for at, each in enumerate(frames) if each.node.name == name and each.direction is direction
    )


@pytest.mark.parametrize(("name", "text", "element"), [("low", "2", (2,)), ("h", "3,1", (3, 1))])
def test_an_element_is_chosen_from_the_node_that_is_shown(several_tour, enter, name, text, element):
    tour = several_tour()
    state = State(place=place_of(tour, Level.NODE, Direction.BACKWARD, name))
    after = enter(tour, state, "e", text)
    assert after.element == element
    assert enter(tour, state, "e", "9,9,9").message.startswith("An element of shape (")


def test_before_a_loss_an_element_is_chosen_from_the_node_that_is_shown(enter):
    lesson = load("softmax-cross-entropy")
    recording = record(lesson, level=Level.OPERATION)
    tour = Tour(Subject(lesson.name, recording, upstream_of((), 0), 0, lesson.sizes, lesson))
    at_gap = State(place=place_of(tour, Level.NODE, Direction.BACKWARD, "gap"))
    assert enter(tour, at_gap, "e", "3,2").element == (3, 2)
    assert enter(tour, at_gap, "e", "3").message == "An element of shape (4, 3) is written as 0,0"
    at_loss = State(place=place_of(tour, Level.NODE, Direction.BACKWARD, "loss"))
    told = "This is a single number: go to another node, and choose there."
    assert enter(tour, at_loss, "e", "0").message == told


def test_a_shape_that_the_node_does_not_have_is_refused(several_tour, enter):
    tour = several_tour()
    state = State(place=place_of(tour, Level.NODE, Direction.BACKWARD, "low"))
    assert enter(tour, state, "e", "3,1").message == "An element of shape (3,) is written as 0"
    assert enter(tour, state, "e", "3").message == "3 lies outside the shape (3,)"


def test_a_question_gives_the_contribution_its_number(several_tour):
    story = several_tour().story(Level.NODE)
    step = next(step for step in story.steps if step.node.name == "low")
    texts = [question(step, count, story.recording.graph).text for count in range(3)]
    assert any(text.startswith("What is the value, to two decimals, of dh2[") for text in texts)


def shown(tour, state):
    frame = frame_of(tour, state)
    return state.level, frame.direction, frame.node.name


FORTH, BACK = Direction.FORWARD, Direction.BACKWARD


@pytest.mark.parametrize("direction", [FORTH, BACK])
@pytest.mark.parametrize(("name", "layer"), [("h", "h"), ("low", "low"), ("out", "out")])
def test_zooming_out_of_an_output_shows_its_own_layer_node(several_tour, press_all, direction, name, layer):
    tour = several_tour()
    state = State(place=place_of(tour, Level.NODE, direction, name))
    assert shown(tour, press_all(tour, state, *"zz")) == (Level.LAYER, direction, layer)
    assert shown(tour, press_all(tour, state, *"zzz")) == (Level.NODE, direction, name)


@pytest.mark.parametrize("direction", [FORTH, BACK])
def test_zooming_out_of_a_node_shows_an_output_that_needs_it(several_tour, press_all, direction):
    """low leads to out alone: the layer's node of h, which is the first of all forward, has nothing of it."""
    tour = several_tour(("h", "out"))
    state = State(place=place_of(tour, Level.NODE, direction, "low"))
    after = press_all(tour, state, *"zz")
    assert shown(tour, after) == (Level.LAYER, direction, "out")
    assert shown(tour, press(tour, after, "z")) == (Level.NODE, direction, "low")


def test_zooming_in_at_another_output_shows_that_output(several_tour, press_all):
    tour = several_tour(("h", "out"))
    state = press_all(tour, State(place=place_of(tour, Level.NODE, FORTH, "low")), *"zzb")
    assert shown(tour, state) == (Level.LAYER, FORTH, "h")
    assert shown(tour, press(tour, state, "z")) == (Level.NODE, FORTH, "h")


def test_zooming_in_at_an_input_where_the_layers_outputs_meet(several_tour, press_all):
    tour = several_tour(("x", "low", "out"))
    state = State(place=place_of(tour, Level.LAYER, BACK, "x"), level=Level.LAYER)
    assert shown(tour, press(tour, state, "z")) == (Level.NODE, BACK, "x")


def wrong_states(tour, state, keys):
    """Return the states whose frame does not exist, or whose question is about another frame."""
    states = [state]
    for key in keys:
        states.append(press(tour, states[-1], key))
    return [
        after
        for _, after in pairwise(states)
        if not 0 <= after.place < len(tour.story(after.level).frames)
        or (after.question is not None and after.question.step is not frame_of(tour, after).step)
    ]


WORDS = [*sorted(ACTIONS), *Key, "gdh\r", "g2\r", "e2,1\r", "e2\r", "p0.5\r", "p(3,)\r", "p-\r", "zz", "J"]


@pytest.mark.parametrize("outputs", OUTPUTS[::2], ids="-".join)
@every_order
@settings(max_examples=25, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), max_size=25), predicting=st.booleans())
def test_no_keys_lead_out_of_the_walk(several_tour, outputs, order, words, predicting):
    tour = several_tour(outputs, order)
    keys = [Key.ENTER if key == "\r" else key for word in words for key in keys_of(word)]
    assert wrong_states(tour, start(tour, predicting=predicting), keys) == []


def keys_of(word):
    return [word] if word in ACTIONS or word in list(Key) else list(word)
