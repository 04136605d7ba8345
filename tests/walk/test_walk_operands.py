"""An input that a node has twice: which operand an edge leads to, and how many uses there are."""

import numpy as np
import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.operands import feeds, operand


def squared(x, w):
    h = x * w
    y = h * h
    return y + np.exp(w)


def thrice(x):
    h = np.tanh(x)
    return np.concatenate([h, h, h])


@pytest.fixture(scope="module")
def squares(traced_tour, random_arrays):
    return traced_tour(squared, *random_arrays((4, 3), (3,))).story(Level.NODE)


def edges_to(story, name):
    return [edge for step in story.steps for edge in step.edges if edge.input == name]


def places(edges):
    return [operand(edge.node, edge.way.place) for edge in edges]


def test_two_operands_are_told_apart(squares):
    assert places(edges_to(squares, "h")) == ["left", "right"]


def test_an_input_that_is_there_once_needs_no_word(squares):
    assert places(edges_to(squares, "y")) == [""]
    assert places(edges_to(squares, "w")) == ["", ""]


def test_more_operands_than_two_are_counted(traced_tour, random_arrays):
    story = traced_tour(thrice, *random_arrays((4, 3))).story(Level.NODE)
    assert places(edges_to(story, "h")) == ["operand 1", "operand 2", "operand 3"]


def test_uses_are_counted_and_nodes_too(squares):
    graph = squares.recording.graph
    assert feeds(graph, "h") == "feeds 1 node in 2 places"
    assert feeds(graph, "y") == "feeds 1 node"
    assert feeds(graph, "w") == "feeds 2 nodes"


def test_parts_from_one_node_have_origins_of_their_own(squares):
    assert [part.origin for part in squares.parts("h")] == ["y, left", "y, right"]
    assert [part.origin for part in squares.parts("w")] == ["out", "h"]
