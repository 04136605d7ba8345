"""Graphs with several outputs: L is the sum of <upstream, output>, each output with its own upstream."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from bn_tutor.engine.gradients import Chain, Scale
from bn_tutor.engine.graph import GraphError, build, record
from bn_tutor.engine.operation import CONSTANT
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import by_output, gradients, replay
from bn_tutor.engine.zoom import Level, zoom

from .oracles import assert_close, operation_node, record_batchnorm, source_node
from .random_graphs import gradients_by_autograd, random_recording, random_upstreams

SEEDS = range(40)
LEVELS = list(Level)
every_seed = pytest.mark.parametrize("seed", SEEDS)
every_level = pytest.mark.parametrize("level", LEVELS)


def chain_nodes():
    """h = tanh(x * w) and out = h * w: an output that another one is computed from."""
    return [
        source_node("x", (4, 3)),
        source_node("w", (3,)),
        operation_node("h_1", "multiply", "x", "w", group="h"),
        operation_node("h", "tanh", "h_1"),
        operation_node("out", "multiply", "h", "w"),
    ]


def chain_recording(*outputs):
    generator = np.random.default_rng(17)
    arrays = {"x": generator.normal(size=(4, 3)), "w": generator.normal(size=3)}
    return record(build(chain_nodes(), outputs or ("out", "h")), arrays)


@pytest.fixture
def recording():
    return chain_recording()


@pytest.fixture
def upstreams(recording):
    return random_upstreams(recording)


def inputs_off(found, expected):
    """Return the inputs whose gradients differ, in shape or by more than rounding."""
    assert found.keys() == expected.keys()
    off = []
    for name, value in expected.items():
        try:
            assert_close(found[name], value, 1e-9, scale=1e-3)
        except AssertionError:
            off.append(name)
    return off


def feeding_outputs(graph):
    return [name for name in graph.outputs if graph.arrivals[name]]


# --- what can be built ------------------------------------------------------------------------------------


def test_outputs_keep_the_order_they_are_named_in():
    assert build(chain_nodes(), ["h", "out"]).outputs == ("h", "out")
    assert build(chain_nodes(), ("out", "h")).output == "out"


def test_one_name_is_one_output():
    assert build(chain_nodes(), "out").outputs == ("out",)
    assert build(chain_nodes(), ["out"]).outputs == ("out",)


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (["out", "y"], "y: the output is not a node of the graph"),
        (["out", "h", "out"], "out: the output is named twice"),
        ([], "output: a graph needs one at least"),
    ],
)
def test_outputs_that_cannot_be(outputs, said):
    with pytest.raises(GraphError) as caught:
        build(chain_nodes(), outputs)
    assert str(caught.value) == said


def test_outputs_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        build(chain_nodes(), ["out", "h"]).outputs = ("h",)


def test_a_recording_has_the_value_of_each_output(recording):
    assert list(recording.outputs) == ["out", "h"]
    assert all(recording.outputs[name] is recording[name] for name in ("out", "h"))
    assert recording.output is recording["out"]


def test_an_outputs_own_upstream_is_no_arrival():
    graph = build(chain_nodes(), ["out", "h"])
    assert graph.arrivals == {"out": 0, "h": 1, "w": 2, "h_1": 1, "x": 1}
    assert {name: graph.parts(name) for name in graph.arrivals} == {
        "out": 1,
        "h": 2,
        "w": 2,
        "h_1": 1,
        "x": 1,
    }


@pytest.mark.parametrize(("outputs", "stops"), [(["y"], ["y"]), (["y", "x"], ["y", "x"]), (["x"], [])])
def test_an_input_that_is_an_output_has_a_stop_where_something_is_added(outputs, stops):
    graph = build([source_node("x", (3,)), operation_node("y", "tanh", "x")], outputs)
    assert [stop.node.name for stop in graph.stops] == stops


# --- against autograd -------------------------------------------------------------------------------------


@every_level
@every_seed
def test_random_graphs_against_autograd(seed, level):
    recording = random_recording(seed)
    upstreams = random_upstreams(recording, seed)
    found = gradients(zoom(recording, level), upstreams)
    assert inputs_off(found, gradients_by_autograd(recording, upstreams)) == []


@every_seed
def test_every_output_counts_in_random_graphs(seed):
    """The comparison above would notice the loss of any one upstream."""
    recording = random_recording(seed)
    upstreams = random_upstreams(recording, seed)
    expected = gradients_by_autograd(recording, upstreams)
    unnoticed = []
    for name, upstream in upstreams.items():
        found = gradients(recording, {**upstreams, name: np.zeros_like(upstream)})
        if not inputs_off(found, expected):
            unnoticed.append(name)
    assert unnoticed == []


def test_many_of_the_random_graphs_have_an_output_that_feeds_others():
    assert sum(bool(feeding_outputs(random_recording(seed).graph)) for seed in SEEDS) > len(SEEDS) / 2
    assert any("x" in random_recording(seed).graph.outputs for seed in SEEDS)


def forgetting(own):
    """Make the sum that forgets an output's own upstream as soon as a contribution arrives."""
    return lambda before, contribution: contribution if before is own else before + contribution


@every_seed
def test_an_upstream_dropped_where_the_output_feeds_others_is_noticed(seed):
    recording = random_recording(seed)
    upstreams = random_upstreams(recording, seed)
    expected = gradients_by_autograd(recording, upstreams)
    unnoticed = [
        name
        for name in feeding_outputs(recording.graph)
        if not inputs_off(gradients(recording, upstreams, combine=forgetting(upstreams[name])), expected)
    ]
    assert unnoticed == []


def test_the_gradient_of_an_output_that_feeds_another(recording, upstreams):
    x, w, h = recording["x"], recording["w"], recording["h"]
    dh = upstreams["h"] + upstreams["out"] * w
    dz = dh * (1 - h**2)
    found = gradients(recording, upstreams)
    assert_close(found["x"], dz * w)
    assert_close(found["w"], (dz * x).sum(axis=0) + (upstreams["out"] * h).sum(axis=0))


def test_the_order_of_the_outputs_does_not_matter(upstreams):
    one, other = (gradients(chain_recording(*names), upstreams) for names in (("out", "h"), ("h", "out")))
    assert all(np.array_equal(one[name], other[name]) for name in ("x", "w"))


def test_an_upstream_of_zeros_leaves_the_other_output_alone(recording, upstreams):
    found = gradients(recording, {**upstreams, "h": np.zeros((4, 3))})
    alone = gradients(chain_recording("out"), upstreams["out"])
    assert all(np.array_equal(found[name], alone[name]) for name in ("x", "w"))


def test_an_output_that_is_an_input_is_added_to(upstreams):
    recording = chain_recording("out", "x")
    own = np.random.default_rng(3).normal(size=(4, 3))
    found = gradients(recording, {"out": upstreams["out"], "x": own})
    alone = gradients(chain_recording("out"), upstreams["out"])
    assert_close(found["x"], alone["x"] + own)
    assert_close(found["w"], alone["w"])


def test_outputs_from_which_no_gradient_flows_on(upstreams):
    nodes = [*chain_nodes(), source_node("c", (3,), CONSTANT), operation_node("root", "exp", "c")]
    nodes.append(operation_node("held", "stop_gradient", "x"))
    arrays = {**chain_recording("out").values, "c": np.ones(3)}
    recording = record(build(nodes, ("root", "out", "c", "held")), arrays)
    found = gradients(recording, {**random_upstreams(recording), "out": upstreams["out"]})
    alone = gradients(chain_recording("out"), upstreams["out"])
    assert found.keys() == {"x", "w"}
    assert all(np.array_equal(found[name], alone[name]) for name in found)


# --- the steps --------------------------------------------------------------------------------------------


def test_an_outputs_own_upstream_is_there_before_the_first_contribution(recording, upstreams):
    steps = list(replay(recording, upstreams))
    assert [step.node.name for step in steps] == ["out", "h", "h_1", "w"]
    (edge,) = [edge for edge in steps[0].edges if edge.input == "h"]
    assert edge.way.arrival == 1
    assert edge.before is upstreams["h"]
    assert_close(edge.after, upstreams["h"] + edge.contribution)
    assert steps[1].upstream is edge.after


def test_two_outputs_that_do_not_feed_each_other_begin_with_their_own():
    nodes = [source_node("x", (3,)), operation_node("a", "tanh", "x"), operation_node("b", "exp", "x")]
    recording = record(build(nodes, ("a", "b")), {"x": np.array([0.3, -0.2, 0.7])})
    upstreams = random_upstreams(recording)
    steps = list(replay(recording, upstreams))
    assert [step.node.name for step in steps] == ["b", "a", "x"]
    assert steps[0].upstream is upstreams["b"]
    assert steps[1].upstream is upstreams["a"]


def test_the_upstreams_are_left_as_they_were(recording, upstreams):
    kept = {name: upstream.copy() for name, upstream in upstreams.items()}
    list(replay(recording, upstreams))
    gradients(recording, upstreams)
    assert list(upstreams) == ["out", "h"]
    assert all(np.array_equal(upstreams[name], kept[name]) for name in kept)


def test_what_was_there_already_is_added_to_an_outputs_own(upstreams):
    recording = chain_recording("out", "x")
    own, there = np.random.default_rng(4).normal(size=(2, 4, 3))
    given = {"out": upstreams["out"], "x": own}
    last = list(replay(recording, given, start={"x": there}))[-1]
    assert last.node.name == "x"
    assert_close(last.upstream, gradients(recording, given)["x"] + there)


# --- what is no upstream ----------------------------------------------------------------------------------


def both(recording, upstream):
    """Return what replay and gradients say to an upstream that is refused."""
    said = []
    for run in (lambda: next(replay(recording, upstream)), lambda: gradients(recording, upstream)):
        with pytest.raises(ValueError) as caught:
            run()
        said.append(str(caught.value))
    assert said[0] == said[1]
    return said[0]


def test_a_plain_array_for_several_outputs_is_refused(recording, upstreams):
    said = "there are several outputs: give each an upstream by its name, out, h"
    assert both(recording, upstreams["out"]) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("out",), "the upstream is given for out, the outputs are out, h"),
        (("out", "h", "x"), "the upstream is given for out, h, x, the outputs are out, h"),
        (("out", "hh"), "the upstream is given for out, hh, the outputs are out, h"),
        ((), "the upstream is given for nothing, the outputs are out, h"),
    ],
)
def test_wrong_names_are_refused(recording, names, said):
    assert both(recording, dict.fromkeys(names, np.ones((4, 3)))) == said


@pytest.mark.parametrize("name", ["out", "h"])
@pytest.mark.parametrize("shape", [(3,), (3, 4), (4, 1), ()])
def test_wrong_shapes_are_refused(recording, upstreams, name, shape):
    said = both(recording, {**upstreams, name: np.ones(shape)})
    assert said == f"the upstream of {name} has shape {shape}, the output (4, 3)"


def test_one_output_may_be_named(upstreams):
    recording = chain_recording("out")
    named, plain = (gradients(recording, each) for each in ({"out": upstreams["out"]}, upstreams["out"]))
    assert all(np.array_equal(named[name], plain[name]) for name in plain)
    assert both(recording, {"h": upstreams["h"]}) == "the upstream is given for h, the outputs are out"


def test_upstreams_come_in_the_order_of_the_outputs(recording, upstreams):
    assert list(by_output(recording, dict(reversed(upstreams.items())))) == ["out", "h"]


# --- levels -----------------------------------------------------------------------------------------------


@every_level
@every_seed
def test_values_of_random_graphs_agree(seed, level):
    recording = random_recording(seed)
    zoomed = zoom(recording, level)
    assert zoomed.graph.outputs == recording.graph.outputs
    again = record(zoomed.graph, recording.values)
    assert all(np.array_equal(again[node.name], recording[node.name]) for node in zoomed.graph.nodes)


@every_level
@every_seed
def test_random_graphs_are_proven(seed, level):
    assert prove(zoom(random_recording(seed), level), seed=seed) == ()


@pytest.mark.parametrize("node", ["h", "out"])
@every_level
def test_a_wrong_local_gradient_is_found_in_any_output(recording, level, node):
    def rule(each, place, local):
        return Chain((local, Scale("2", float, (2.0,)))) if (each.name, place) == (node, 0) else local

    assert {each.node for each in prove(zoom(recording, level), rule=rule)} == {node}


@every_seed
def test_the_layer_has_one_node_for_each_output(seed):
    recording = random_recording(seed)
    layer = zoom(recording, Level.LAYER).graph
    order = [node.name for node in recording.graph.operations if node.name in recording.graph.outputs]
    assert [node.name for node in layer.operations] == order
    assert all(layer[name].is_source for node in layer.operations for name in node.inputs)


def test_a_shared_operation_is_in_both_nodes_of_the_layer(recording, upstreams):
    layer = zoom(recording, Level.LAYER)
    assert {node.name: node.inputs for node in layer.graph.operations} == {
        "h": ("x", "w"),
        "out": ("x", "w"),
    }
    steps = list(replay(layer, upstreams))
    assert [step.node.name for step in steps] == ["out", "h", "w", "x"]
    assert steps[1].upstream is upstreams["h"]


def test_the_nodes_of_the_layer_are_told_apart(recording):
    layer = zoom(recording, Level.LAYER).graph
    assert [node.formula for node in layer.operations] == ["layer_h(x, w)", "layer_out(x, w)"]
    assert layer["h"].caption == "all that h needs as one node"
    one = zoom(record_batchnorm(), Level.LAYER).graph["out"]
    assert (one.formula, one.caption) == ("layer(x, eps, gamma, beta)", "everything as one node")


def test_an_output_that_is_an_input_is_no_node_of_the_layer(upstreams):
    recording = chain_recording("x", "out")
    given = {"out": upstreams["out"], "x": np.full((4, 3), 0.7)}
    layer = zoom(recording, Level.LAYER)
    assert [node.name for node in layer.graph.operations] == ["out"]
    found, expected = gradients(layer, given), gradients(recording, given)
    for name in expected:
        assert_close(found[name], expected[name], 1e-12)
