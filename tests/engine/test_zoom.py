import numpy as np
import pytest

from bn_tutor.engine.gradients import Chain, jacobian, links
from bn_tutor.engine.graph import build, record
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients, replay
from bn_tutor.engine.tracing import trace
from bn_tutor.engine.zoom import Level, Through, zoom

from .oracles import (
    assert_close,
    literal_node,
    operation_node,
    random_upstream,
    record_batchnorm,
    source_node,
)

LEVELS = list(Level)
FOLDED = [Level.LAYER, Level.NODE]


def drawn(*shape, seed=21):
    return np.random.default_rng(seed).normal(size=shape)


def in_one_line(x, gamma, beta):
    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
    return gamma * xhat + beta


def layer_norm(x, gamma, beta):
    centred = x - x.mean(axis=1, keepdims=True)
    xhat = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.1)
    return xhat * gamma + beta


def softmax(x, gamma, beta):
    weights = np.exp(x - x.max(axis=1, keepdims=True)) * gamma
    return np.log(weights / weights.sum(axis=1, keepdims=True)) + np.maximum(beta, 0.0) * beta


def stacked(x, gamma, beta):
    rows = []
    for place in range(len(x)):
        row = x[place]
        rows.append(row * gamma)
    return np.stack(rows) + beta


def joined(x, gamma, beta):
    return np.concatenate((x * gamma, x + beta), axis=1).T @ np.tanh(x)


FUNCTIONS = [in_one_line, layer_norm, softmax, stacked, joined]
every_function = pytest.mark.parametrize("function", FUNCTIONS)


def traced(function):
    return trace(function, drawn(4, 3), drawn(3, seed=22), drawn(3, seed=23))


# --- every level tells the same ---------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_batchnorms_gradients_agree(level, eps):
    recording = record_batchnorm(eps=eps)
    upstream = random_upstream(recording)
    expected = gradients(recording, upstream)
    found = gradients(zoom(recording, level), upstream)
    assert found.keys() == expected.keys()
    for name in expected:
        assert_close(found[name], expected[name], 1e-12)


@every_function
@pytest.mark.parametrize("level", FOLDED)
def test_gradients_agree(function, level):
    recording = traced(function)
    upstream = random_upstream(recording)
    expected = gradients(recording, upstream)
    found = gradients(zoom(recording, level), upstream)
    for name in expected:
        assert_close(found[name], expected[name], 1e-12)


@every_function
@pytest.mark.parametrize("level", FOLDED)
def test_a_zoomed_recording_can_be_recorded_again(function, level):
    zoomed = zoom(traced(function), level)
    again = record(zoomed.graph, zoomed.values)
    for node in zoomed.graph.nodes:
        assert_close(again[node.name], zoomed[node.name], 1e-15)


@every_function
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_proven(function, level):
    assert prove(zoom(traced(function), level)) == ()


@pytest.mark.parametrize("level", LEVELS)
def test_batchnorm_is_proven_at_every_level(level):
    assert prove(zoom(record_batchnorm(), level)) == ()


def test_a_fault_in_a_folded_node_is_found():
    zoomed = zoom(record_batchnorm(), Level.LAYER)

    def rule(node, place, local):
        return Chain((local, local)) if place == 0 else local

    found = prove(zoomed, rule=rule)
    assert [(each.node, each.input, each.part) for each in found] == [("out", "x", "forward")]


# --- what a level holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "count"), [(Level.LAYER, 1), (Level.NODE, 9), (Level.OPERATION, 10)])
def test_number_of_nodes(level, count):
    nodes = zoom(record_batchnorm(), level).graph.nodes
    assert sum(not node.is_source for node in nodes) == count
    assert [node.name for node in nodes if node.is_source] == ["x", "gamma", "beta", "eps"]


def test_the_operation_level_is_the_recording_itself():
    recording = record_batchnorm()
    assert zoom(recording, Level.OPERATION) is recording


@pytest.mark.parametrize("level", LEVELS)
def test_values_are_shared(level):
    recording = record_batchnorm()
    zoomed = zoom(recording, level)
    assert all(zoomed[node.name] is recording[node.name] for node in zoomed.graph.nodes)
    assert zoomed.values.keys() == {node.name for node in zoomed.graph.nodes}


def test_the_layers_one_node_takes_every_source():
    layer = zoom(record_batchnorm(), Level.LAYER).graph["out"]
    assert layer.inputs == ("x", "eps", "gamma", "beta")
    assert layer.shape == (4, 3)


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x, gamma, beta: x + np.exp(beta) * gamma, ("x", "beta", "gamma")),
        (lambda x, gamma, beta: np.reshape(beta, (1, 3)) - (gamma + x), ("beta", "gamma", "x")),
        (lambda x, gamma, beta: np.tanh(gamma * x) + beta / np.abs(x + gamma), ("gamma", "x", "beta")),
        (lambda x, gamma, beta: np.maximum(np.exp(beta), x) * gamma, ("beta", "x", "gamma")),
    ],
)
def test_the_inputs_of_a_folded_node_stand_as_its_line_writes_them(function, inputs):
    graph = zoom(traced(function), Level.NODE).graph
    assert graph["out"].inputs == inputs
    assert [way.input for way in graph.stops[0].edges] == list(inputs)


def test_what_no_road_to_the_end_of_a_group_passes_stands_last():
    nodes = [source_node(name, (3,)) for name in "xyz"]
    nodes += [
        operation_node("aside", "exp", "z", group="out"),
        operation_node("low", "exp", "y", group="out"),
    ]
    nodes += [operation_node("out", "add", "x", "low")]
    recording = record(build(nodes, "out"), {name: drawn(3) for name in "xyz"})
    folded = zoom(recording, Level.NODE)
    assert folded.graph["out"].inputs == ("x", "y", "z")
    assert_close(gradients(folded, np.ones(3))["y"], recording["low"])


def test_a_group_of_very_many_operations_is_folded():
    names = ["out", *(f"out_{at}" for at in range(3000))]
    nodes = [source_node("x", (2,))]
    for name, before in zip(names[::-1], ["x", *names[::-1]], strict=False):
        nodes.append(operation_node(name, "tanh", before, group="out"))
    recording = record(build(nodes, "out"), {"x": drawn(2)})
    assert zoom(recording, Level.NODE).graph["out"].inputs == ("x",)


def test_a_folded_node_is_written_as_a_whole():
    recording = trace(lambda x: np.tanh(x + 0.5), drawn(3))
    assert zoom(recording, Level.NODE).graph["out"].formula == "tanh(x + 0.5)"


def test_zooming_changes_nothing_in_the_recording():
    recording = record_batchnorm()
    nodes, values = recording.graph.nodes, dict(recording.values)
    zoom(recording, Level.NODE), zoom(recording, Level.LAYER)
    assert recording.graph.nodes is nodes
    assert all(recording[name] is value for name, value in values.items())


def test_the_order_of_steps_is_kept_where_groups_interleave():
    recording = trace(stacked, drawn(2, 3), drawn(3), drawn(3, seed=23))
    steps = replay(zoom(recording, Level.NODE), random_upstream(recording))
    assert [step.node.name for step in steps] == ["out", "row_2", "row", "x"]


# --- local gradients of folded nodes ----------------------------------------------------------------------


def edge_locals(recording):
    return {
        (step.node.name, edge.input): edge
        for step in replay(recording, random_upstream(recording))
        for edge in step.edges
    }


def test_one_road_gives_a_plain_chain():
    local = edge_locals(zoom(record_batchnorm(), Level.NODE))["sqrtvar", "var"].local
    assert [link.formula for link in links(local)] == ["1 / (2 * sqrtvar)"]


def test_the_links_of_one_road_are_in_backward_order():
    recording = trace(lambda x: np.exp(-np.tanh(x.mean(axis=0))), drawn(4, 3))
    ((_, edge),) = edge_locals(zoom(recording, Level.NODE)).items()
    words = edge.named_local.words.split(", ")
    assert words[0] == "* out"
    assert words[1] == "* (-1)"
    assert words[-1] == "spread over axis 0"


def test_several_roads_give_the_sum_over_them():
    edges = edge_locals(zoom(traced(in_one_line), Level.NODE))
    assert isinstance(edges["xhat", "x"].local, Through)
    assert not isinstance(edges["out", "xhat"].local, Through)
    assert "every road" in edges["xhat", "x"].local.words
    assert "every road" in edges["xhat", "x"].local.numpy("dout")


@every_function
@pytest.mark.parametrize("level", FOLDED)
def test_local_gradients_match_their_jacobians(function, level):
    recording = zoom(traced(function), level)
    for (name, other), edge in edge_locals(recording).items():
        shape_in, shape_out = recording[other].shape, recording[name].shape
        matrix = jacobian(edge.local, shape_in, shape_out)
        tangent, upstream = drawn(*shape_in, seed=25), drawn(*shape_out, seed=24)
        assert_close(matrix @ tangent.reshape(-1), edge.local.forward(tangent).reshape(-1), 1e-12)
        assert_close(upstream.reshape(-1) @ matrix, edge.local.backward(upstream).reshape(-1), 1e-12)


# --- special graphs ---------------------------------------------------------------------------------------


def held_graph():
    """out = x * stop_gradient(tanh(x)) in one group, and w whose every road is stopped."""
    nodes = [source_node("x", (3,)), source_node("w", (3,))]
    nodes += [
        operation_node("out_1", "tanh", "x", group="out"),
        operation_node("out_2", "add", "out_1", "w", group="out"),
        operation_node("out_3", "stop_gradient", "out_2", group="out"),
        operation_node("out", "multiply", "x", "out_3"),
    ]
    return record(build(nodes, "out"), {"x": drawn(3), "w": drawn(3, seed=22)})


@pytest.mark.parametrize("level", LEVELS)
def test_a_stopped_road_stays_stopped(level):
    recording = held_graph()
    upstream = random_upstream(recording)
    found = gradients(zoom(recording, level), upstream)
    assert_close(found["x"], upstream * recording["out_3"])
    np.testing.assert_array_equal(found["w"], np.zeros(3), strict=True)


def side_branch():
    """A graph with a node beside its output: a running average, say."""
    nodes = [source_node("x", (4, 3)), literal_node(0.9), operation_node("out", "exp", "x")]
    nodes += [operation_node("mu", "mean", "x", axis=0), operation_node("running", "multiply", "mu", "0.9")]
    return record(build(nodes, "out"), {"x": drawn(4, 3)})


@pytest.mark.parametrize("level", LEVELS)
def test_a_node_after_the_output_does_no_harm(level):
    recording = side_branch()
    upstream = random_upstream(recording)
    found = gradients(zoom(recording, level), upstream)
    assert_close(found["x"], upstream * recording["out"])


@pytest.mark.parametrize("level", LEVELS)
def test_an_output_that_is_an_input(level):
    recording = record(build([source_node("x", (3,))], "x"), {"x": drawn(3)})
    upstream = random_upstream(recording)
    np.testing.assert_array_equal(gradients(zoom(recording, level), upstream)["x"], upstream)
