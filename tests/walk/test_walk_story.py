"""The frames of a walk, in order, and what a story knows about them."""

import numpy as np
import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order, last_sums
from bn_tutor.walk.story import Direction

NINE = ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out"]


def names(story, direction):
    return [frame.node.name for frame in story.frames if frame.direction is direction]


def numbers(story, direction):
    return [(frame.number, frame.count) for frame in story.frames if frame.direction is direction]


def test_there_are_nine_frames_forward(tour):
    story = tour.story(Level.NODE)
    assert names(story, Direction.FORWARD) == NINE
    assert numbers(story, Direction.FORWARD) == [(number, 9) for number in range(1, 10)]


def test_there_are_ten_frames_backward(tour):
    story = tour.story(Level.NODE)
    assert names(story, Direction.BACKWARD) == [*NINE[::-1], "x"]
    assert numbers(story, Direction.BACKWARD) == [(number, 10) for number in range(1, 11)]


def test_all_forward_frames_come_before_all_backward_frames(tour):
    directions = [frame.direction for frame in tour.story(Level.NODE).frames]
    assert directions == [Direction.FORWARD] * 9 + [Direction.BACKWARD] * 10


def test_only_backward_frames_have_a_step(tour):
    for frame in tour.story(Level.NODE).frames:
        assert (frame.step is not None) == (frame.direction is Direction.BACKWARD)


def test_operations_show_the_add_inside_the_root(tour):
    story = tour.story(Level.OPERATION)
    assert names(story, Direction.FORWARD) == [*NINE[:4], "sqrtvar_1", *NINE[4:]]
    assert names(story, Direction.BACKWARD) == [*NINE[:3:-1], "sqrtvar_1", *NINE[3::-1], "x"]


def test_the_layer_is_one_frame_each_way(tour):
    story = tour.story(Level.LAYER)
    assert names(story, Direction.FORWARD) == ["out"]
    assert names(story, Direction.BACKWARD) == ["out"]


def test_a_story_is_told_once(tour):
    assert tour.story(Level.NODE) is tour.story(Level.NODE)


@pytest.mark.parametrize("level", Level)
def test_every_level_ends_with_the_same_gradients(tour, level):
    reference = tour.story(Level.NODE).values
    found = last_sums(tour.story(level).steps)
    for name in ("x", "gamma", "beta"):
        assert np.allclose(found[name], reference[f"d{name}"], rtol=1e-10)


@pytest.mark.parametrize("level", Level)
def test_prose_speaks_of_the_nodes_of_the_lesson_at_every_level(traced_tour, level):
    """At the level of operations x * x sends two contributions, to the node it sends one."""
    tour = traced_tour(lambda x: np.exp(x * x) + x, np.array([0.5, 2.0]))
    story, reference = tour.story(level), tour.story(Level.NODE)
    assert story.values.keys() == reference.values.keys()
    assert all(np.array_equal(value, reference.values[name]) for name, value in story.values.items())


def test_prose_may_speak_of_values_gradients_and_contributions(tour):
    values = tour.story(Level.NODE).values
    assert np.allclose(values["dx1"] + values["dx2"], values["dx"])
    assert np.allclose(values["dxmu1"] + values["dxmu2"], values["dxmu"])
    assert {"x", "mu", "eps", "dout", "dgamma"} <= values.keys()


def test_prose_is_about_the_right_pass_even_in_a_demonstration(lesson_tour, tour):
    wrong = lesson_tour(Order.TWICE).story(Level.NODE).values
    assert np.array_equal(wrong["dx"], tour.story(Level.NODE).values["dx"])


def test_arrivals_grow_step_by_step(tour):
    story = tour.story(Level.NODE)
    counts = [len(story.arrivals("xmu", until=step)) for step in story.steps]
    assert counts == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert [edge.node.name for edge in story.arrivals("xmu")] == ["xhat", "sq"]


def test_the_last_contribution_completes_a_gradient(tour):
    story = tour.story(Level.NODE)
    assert [story.is_last(edge) for edge in story.arrivals("x")] == [False, True]
    assert [story.is_last(edge) for edge in story.arrivals("gamma")] == [True]


def test_a_subject_without_a_lesson_has_no_prose(traced_tour, random_arrays):
    story = traced_tour(lambda x: x * x, *random_arrays((2,))).story(Level.NODE)
    assert story.subject.section("out").forward == story.subject.section("out").backward == ""


def test_an_output_that_is_an_input_has_no_backward_frame(traced_tour, random_arrays):
    story = traced_tour(lambda x: x, *random_arrays((2,))).story(Level.NODE)
    assert story.frames == ()
