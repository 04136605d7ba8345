from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from bn_tutor.engine.graph import Graph, GraphError, build, placeholders, record
from bn_tutor.engine.operation import CONSTANT, INPUT
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients

from .oracles import literal_node, operation_node, random_upstream, source_node

X = source_node("x", (4, 3))
W = source_node("w", (3, 2))


def fault(nodes, output="out"):
    with pytest.raises(GraphError) as caught:
        build(nodes, output)
    return caught.value


# --- what cannot be built ---------------------------------------------------------------------------------


def test_a_name_that_is_taken():
    error = fault([X, operation_node("x", "exp", "x")], "x")
    assert error.node == "x"
    assert str(error) == "x: this name is taken by an earlier node"


def test_two_sources_of_one_name():
    assert fault([X, X, operation_node("out", "exp", "x")]).node == "x"


def test_an_input_that_is_not_defined():
    error = fault([X, operation_node("out", "add", "x", "y")])
    assert (error.node, error.reason) == ("out", "y is not defined before its use")


def test_an_input_that_is_defined_after_its_use():
    error = fault([X, operation_node("out", "add", "x", "y"), operation_node("y", "exp", "x")])
    assert (error.node, error.reason) == ("out", "y is not defined before its use")


def test_a_node_that_uses_itself():
    assert fault([X, operation_node("out", "add", "x", "out")]).node == "out"


def test_shapes_that_disagree():
    error = fault([X, W, operation_node("y", "matmul", "x", "w"), operation_node("out", "add", "x", "y")])
    assert error.node == "out"
    assert "shape" in error.reason


def test_a_parameter_that_does_not_fit():
    error = fault([X, operation_node("out", "sum", "x", axis=2)])
    assert (error.node, error.reason) == ("out", "axis 2 is out of bounds for an array of 2 dimensions")


def test_parts_of_different_dimensions():
    nodes = [X, source_node("v", (4,)), operation_node("out", "concatenate", "x", "v", axis=1)]
    assert fault(nodes).node == "out"


def test_a_missing_output():
    error = fault([X, operation_node("y", "exp", "x")])
    assert str(error) == "out: the output is not a node of the graph"


def test_no_nodes_at_all():
    assert fault([]).node == "out"


# --- what a graph knows -----------------------------------------------------------------------------------


def linear():
    nodes = [
        X,
        W,
        operation_node("y", "matmul", "x", "w"),
        literal_node(2.0),
        operation_node("out", "multiply", "y", "2.0"),
    ]
    return build(nodes, "out")


def test_shapes_are_inferred():
    assert {node.name: node.shape for node in linear().nodes} == {
        "x": (4, 3),
        "w": (3, 2),
        "y": (4, 2),
        "2.0": (),
        "out": (4, 2),
    }


def test_inputs_are_the_sources_that_gradients_are_wanted_for():
    assert [node.name for node in linear().inputs] == ["x", "w"]


def test_nodes_are_found_by_name():
    graph = linear()
    assert graph["y"] is graph.nodes[2]
    assert graph["x"].is_source
    assert not graph["y"].is_source


def test_a_graph_cannot_be_changed():
    graph = linear()
    assert isinstance(graph, Graph)
    with pytest.raises(FrozenInstanceError):
        graph.output = "y"
    with pytest.raises(FrozenInstanceError):
        graph["y"].name = "z"


def test_arrivals_count_each_use():
    nodes = [X, operation_node("sq", "multiply", "x", "x"), operation_node("out", "add", "sq", "x")]
    assert build(nodes, "out").arrivals == {"out": 0, "sq": 1, "x": 3}


def test_a_node_the_output_does_not_need_sends_nothing_back():
    nodes = [X, operation_node("side", "exp", "x"), operation_node("out", "tanh", "x")]
    graph = build(nodes, "out")
    assert [stop.node.name for stop in graph.stops] == ["out"]
    assert "side" not in graph.arrivals


def test_placeholders():
    node = replace(operation_node("out", "clip", "x", low=-1, high=2), shape=(4, 3))
    names = placeholders(node)
    assert (names["a"], names["low"], names["high"], names["out"]) == ("x", "-1", "2", "out")


# --- who gets a gradient ----------------------------------------------------------------------------------


def recorded(nodes, **arrays):
    return record(build(nodes, "out"), arrays)


def drawn(*shape):
    return np.random.default_rng(3).normal(size=shape)


def test_constants_get_no_gradient():
    nodes = [X, source_node("c", (3,), CONSTANT), operation_node("out", "multiply", "x", "c")]
    recording = recorded(nodes, x=drawn(4, 3), c=drawn(3))
    assert set(gradients(recording, random_upstream(recording))) == {"x"}
    assert "c" not in recording.graph.arrivals


def test_what_depends_on_constants_alone_gets_no_gradient():
    nodes = [X, source_node("c", (3,), CONSTANT), operation_node("root", "exp", "c")]
    recording = recorded([*nodes, operation_node("out", "multiply", "x", "root")], x=drawn(4, 3), c=drawn(3))
    assert [stop.node.name for stop in recording.graph.stops] == ["out"]


def test_an_input_that_is_not_used_gets_zeros():
    recording = recorded([X, W, operation_node("out", "exp", "x")], x=drawn(4, 3), w=drawn(3, 2))
    found = gradients(recording, random_upstream(recording))
    np.testing.assert_array_equal(found["w"], np.zeros((3, 2)), strict=True)
    assert np.any(found["x"])


def test_the_output_may_be_an_input():
    recording = record(build([X, W], "x"), {"x": drawn(4, 3), "w": drawn(3, 2)})
    upstream = random_upstream(recording)
    found = gradients(recording, upstream)
    np.testing.assert_array_equal(found["x"], upstream)
    np.testing.assert_array_equal(found["w"], np.zeros((3, 2)))


def test_the_output_may_be_in_the_middle():
    nodes = [X, operation_node("out", "exp", "x"), operation_node("later", "tanh", "out")]
    recording = recorded(nodes, x=drawn(4, 3))
    upstream = random_upstream(recording)
    np.testing.assert_array_equal(gradients(recording, upstream)["x"], upstream * recording["out"])


def test_stop_gradient_stops_one_road_and_not_the_other():
    nodes = [X, operation_node("held", "stop_gradient", "x"), operation_node("out", "multiply", "x", "held")]
    recording = recorded(nodes, x=drawn(4, 3))
    upstream = random_upstream(recording)
    np.testing.assert_array_equal(gradients(recording, upstream)["x"], upstream * recording["x"])
    assert "held" not in recording.graph.arrivals
    assert prove(recording) == ()


def test_stop_gradient_of_everything_leaves_zeros():
    nodes = [X, operation_node("held", "stop_gradient", "x"), operation_node("out", "exp", "held")]
    recording = recorded(nodes, x=drawn(4, 3))
    found = gradients(recording, random_upstream(recording))
    np.testing.assert_array_equal(found["x"], np.zeros((4, 3)), strict=True)


# --- recording --------------------------------------------------------------------------------------------


def test_record_keeps_every_value():
    x, w = drawn(4, 3), drawn(3, 2)
    recording = record(linear(), {"x": x, "w": w})
    assert recording["x"] is x
    np.testing.assert_array_equal(recording["y"], x @ w)
    np.testing.assert_array_equal(recording.output, 2.0 * (x @ w))
    assert recording["2.0"] == 2.0


def test_record_without_an_input():
    with pytest.raises(GraphError) as caught:
        record(linear(), {"x": drawn(4, 3)})
    assert str(caught.value) == "w: no value is given for this input"


@pytest.mark.parametrize("shape", [(3, 4), (4, 3, 1), (1, 3), (12,)])
def test_record_with_a_wrong_shape(shape):
    with pytest.raises(GraphError) as caught:
        record(linear(), {"x": drawn(*shape), "w": drawn(3, 2)})
    assert caught.value.node == "x"
    assert str(shape) in caught.value.reason
    assert "(4, 3)" in caught.value.reason


def test_record_twice_with_other_values():
    graph = linear()
    first = record(graph, {"x": drawn(4, 3), "w": drawn(3, 2)})
    second = record(graph, {"x": -drawn(4, 3), "w": drawn(3, 2)})
    np.testing.assert_array_equal(first.output, -second.output)


def test_every_value_is_an_array_even_a_single_number():
    nodes = [source_node("x", (3,), INPUT), operation_node("out", "sum", "x")]
    recording = recorded(nodes, x=drawn(3))
    assert isinstance(recording.output, np.ndarray)
    assert recording.output.shape == ()
