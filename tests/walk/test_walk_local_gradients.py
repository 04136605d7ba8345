"""The local gradients without a backward pass are those of the backward pass."""

import numpy as np
import pytest

from bn_tutor.engine.graph import Node, build, record
from bn_tutor.engine.operation import CONSTANT, INPUT
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.local_gradients import local_gradients


@pytest.mark.parametrize("level", Level)
def test_they_are_those_of_the_replay(tour, level):
    story = tour.story(level)
    found = local_gradients(story.recording)
    steps = {step.node.name: step for step in story.steps if step.edges}
    assert found.keys() == steps.keys()
    for name, gradients in found.items():
        edges = steps[name].edges
        assert [each.input for each in gradients] == [edge.input for edge in edges]
        for each, edge in zip(gradients, edges, strict=True):
            assert each.local.words == edge.named_local.words
            assert each.shape == edge.contribution.shape
            assert each.node is edge.node
            np.testing.assert_array_equal(each.local.backward(steps[name].upstream), edge.contribution)


def small():
    """x is doubled by a constant; ``aside`` is off the road, ``fixed`` is made of constants alone."""
    nodes = [
        Node("x", INPUT, shape=(2,)),
        Node("c", CONSTANT, shape=(2,)),
        Node("fixed", OPERATIONS["exp"], ("c",)),
        Node("aside", OPERATIONS["exp"], ("x",)),
        Node("y", OPERATIONS["multiply"], ("x", "fixed")),
    ]
    values = {"x": np.array([1.0, 2.0]), "c": np.array([0.5, 0.25])}
    return record(build(nodes, "y"), values)


def test_a_node_that_no_gradient_comes_to_has_none():
    assert set(local_gradients(small())) == {"y"}


def test_only_inputs_that_a_gradient_flows_to_are_there():
    (gradient,) = local_gradients(small())["y"]
    assert (gradient.input, gradient.local.words) == ("x", "* fixed")


def test_an_operand_that_is_used_twice_is_there_twice():
    graph = build([Node("x", INPUT, shape=()), Node("y", OPERATIONS["multiply"], ("x", "x"))], "y")
    recording = record(graph, {"x": np.asarray(3.0)})
    assert [each.input for each in local_gradients(recording)["y"]] == ["x", "x"]
