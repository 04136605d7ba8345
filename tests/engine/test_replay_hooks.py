"""The hooks of a replay: ``rule`` and ``combine``, by which mistakes are made, and ``start``."""

import numpy as np
import pytest

from bn_tutor.engine.gradients import Chain, Scale
from bn_tutor.engine.graph import build, record
from bn_tutor.engine.replay import gradients, replay

from .oracles import (
    assert_close,
    closed_form,
    operation_node,
    random_upstream,
    record_batchnorm,
    source_node,
    staged,
)

NOTHING = Scale("0", float, (0.0,))


@pytest.fixture
def recording():
    return record_batchnorm()


@pytest.fixture
def upstream(recording):
    return random_upstream(recording)


@pytest.fixture
def parts(recording, upstream):
    return staged(recording.values, upstream)


def dropped(name, place=0):
    """Make the rule that loses what one node sends to one of its inputs."""

    def rule(node, index, local):
        return Chain((local, NOTHING)) if (node.name, index) == (name, place) else local

    return rule


def two_roads():
    generator = np.random.default_rng(11)
    arrays = {name: generator.normal(size=3) for name in ("x", "a", "b")}
    nodes = [source_node(name, (3,)) for name in arrays]
    nodes += [operation_node("left", "multiply", "x", "a"), operation_node("right", "multiply", "x", "b")]
    return record(build([*nodes, operation_node("out", "add", "left", "right")], "out"), arrays)


def overwritten(before, contribution):
    return contribution


# --- rule -------------------------------------------------------------------------------------------------


def test_without_the_road_through_the_mean_dx_is_dxmu(recording, upstream, parts):
    found = gradients(recording, upstream, rule=dropped("mu"))
    assert_close(found["x"], parts["dx1"])


def test_without_the_road_through_the_variance(recording, upstream, parts):
    found = gradients(recording, upstream, rule=dropped("sq"))
    assert_close(found["x"], parts["dxmu1"] - parts["dxmu1"].mean(axis=0))


def test_without_both_the_statistics_are_constants(recording, upstream):
    def rule(node, index, local):
        return dropped("var")(node, index, dropped("mu")(node, index, local))

    found = gradients(recording, upstream, rule=rule)
    assert_close(found["x"], upstream * recording["gamma"] * recording["ivar"])


def test_a_rule_leaves_what_does_not_pass_it(recording, upstream):
    found = gradients(recording, upstream, rule=dropped("mu"))
    expected = closed_form(recording.values, upstream)
    assert_close(found["gamma"], expected["gamma"])
    assert_close(found["beta"], expected["beta"])


def test_a_rule_sees_every_edge_once_with_its_own_local_gradient(recording, upstream):
    seen = []

    def rule(node, index, local):
        seen.append((node.name, node.inputs[index]))
        return local

    edges = [edge for step in replay(recording, upstream, rule=rule) for edge in step.edges]
    assert seen == [(edge.node.name, edge.input) for edge in edges]
    assert len(set(seen)) == len(seen) == 15


def test_a_rule_that_changes_nothing_changes_nothing(recording, upstream):
    found, expected = (
        gradients(recording, upstream, rule=lambda *edge: edge[2]),
        gradients(recording, upstream),
    )
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_the_edge_shows_the_map_that_was_used(recording, upstream):
    steps = replay(recording, upstream, rule=dropped("mu"))
    (edge,) = next(step.edges for step in steps if step.node.name == "mu")
    assert edge.local.maps[-1] is NOTHING
    assert not np.any(edge.contribution)


# --- combine ----------------------------------------------------------------------------------------------


def test_overwriting_keeps_only_the_last_contribution():
    recording = two_roads()
    upstream = random_upstream(recording)
    found = gradients(recording, upstream, combine=overwritten)
    # The right road's contribution arrives first, since the pass runs backwards.
    assert_close(found["x"], upstream * recording["a"])
    assert_close(gradients(recording, upstream)["x"], upstream * (recording["a"] + recording["b"]))


def test_overwriting_in_batchnorm_loses_the_direct_road(recording, upstream, parts):
    steps = list(replay(recording, upstream, combine=overwritten))
    upstreams = {step.node.name: step.upstream for step in steps}
    assert_close(upstreams["xmu"], parts["dxmu2"])
    # What is left of dx is the mean's road through the variance, zero but for rounding.
    assert np.max(np.abs(upstreams["x"])) < 1e-12
    assert np.max(np.abs(parts["dx"])) > 0.1


def test_keeping_the_first_gives_the_other_road():
    recording = two_roads()
    upstream = random_upstream(recording)
    found = gradients(recording, upstream, combine=lambda before, contribution: before)
    assert_close(found["x"], upstream * recording["b"])


def test_subtracting_turns_the_second_contribution():
    recording = two_roads()
    upstream = random_upstream(recording)
    found = gradients(recording, upstream, combine=np.subtract)
    assert_close(found["x"], upstream * (recording["b"] - recording["a"]))


# --- start ------------------------------------------------------------------------------------------------


def edges_into(name, steps):
    return [edge for step in steps for edge in step.edges if edge.input == name]


def test_start_is_added_to(recording, upstream, parts):
    there = np.random.default_rng(12).normal(size=(4, 3))
    edges = edges_into("x", replay(recording, upstream, start={"x": there}))
    assert edges[0].before is there
    assert_close(edges[0].after, there + parts["dx1"])
    assert_close(edges[1].after, there + parts["dx"])


def test_start_at_a_node_flows_on_from_it(recording, upstream, parts):
    there = np.random.default_rng(13).normal(size=(4, 3))
    steps = list(replay(recording, upstream, start={"xmu": there}))
    upstreams = {step.node.name: step.upstream for step in steps}
    assert_close(upstreams["xmu"], parts["dx1"] + there)
    assert_close(upstreams["x"], parts["dx"] + there - there.mean(axis=0))


def test_start_is_left_as_it_was(recording, upstream):
    there = np.random.default_rng(14).normal(size=3)
    start = {"gamma": there}
    kept = there.copy()
    list(replay(recording, upstream, start=start))
    np.testing.assert_array_equal(there, kept)
    assert list(start) == ["gamma"]


def test_two_passes_accumulate_to_twice_the_gradient(recording, upstream, parts):
    first = gradients(recording, upstream)
    second = edges_into("x", replay(recording, upstream, start=first))
    assert_close(second[-1].after, 2 * parts["dx"])
