import numpy as np
import pytest

from bn_tutor.engine.graph import build, record
from bn_tutor.engine.replay import gradients, replay
from bn_tutor.engine.zoom import Level, zoom

from .oracles import (
    BATCHNORM_INPUTS,
    assert_close,
    autograd_gradients,
    batchnorm_arrays,
    batchnorm_formula,
    batchnorm_graph,
    closed_form,
    operation_node,
    random_upstream,
    record_batchnorm,
    source_node,
    staged,
)

SIZES = [(4, 3), (3, 4), (1, 3), (5, 1), (1, 1), (2, 7), (64, 10), (4, 0)]
every_size = pytest.mark.parametrize(("samples", "features"), SIZES)
every_eps = pytest.mark.parametrize("eps", [1e-5, 0.5])
every_seed = pytest.mark.parametrize("seed", range(3))


def dx_scale(recording, upstream):
    """Return the size of what is added up in dx: with one sample the sum itself is zero."""
    return np.max(np.abs(upstream * recording["gamma"] * recording["ivar"]), initial=0.0)


# --- batch norm against what others compute ---------------------------------------------------------------


@every_size
@every_eps
@every_seed
def test_batchnorm_against_autograd(samples, features, eps, seed):
    recording = record_batchnorm(samples, features, seed, eps)
    upstream = random_upstream(recording, seed)
    arrays = [recording[name] for name in BATCHNORM_INPUTS]
    expected = autograd_gradients(batchnorm_formula, arrays, upstream)
    found = gradients(recording, upstream)
    scale = dx_scale(recording, upstream)
    for name, reference in zip(BATCHNORM_INPUTS, expected, strict=True):
        assert_close(found[name], reference, scale=scale if name == "x" else 0.0)


@every_size
@every_eps
@every_seed
def test_batchnorm_against_the_closed_form(samples, features, eps, seed):
    recording = record_batchnorm(samples, features, seed, eps)
    upstream = random_upstream(recording, seed)
    found = gradients(recording, upstream)
    for name, reference in closed_form(recording.values, upstream).items():
        assert_close(found[name], reference, scale=dx_scale(recording, upstream) if name == "x" else 0.0)


def test_the_forward_values():
    recording = record_batchnorm()
    x, gamma, beta = recording["x"], recording["gamma"], recording["beta"]
    expected = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta
    assert_close(recording.output, expected, 1e-12)


def test_eps_as_a_literal_gives_the_same():
    arrays = batchnorm_arrays(4, 3)
    literal, named = record(batchnorm_graph(4, 3), arrays), record_batchnorm()
    upstream = random_upstream(literal)
    found, expected = gradients(literal, upstream), gradients(named, upstream)
    assert list(found) == ["x", "gamma", "beta"]
    assert all(np.array_equal(found[name], expected[name]) for name in found)


def test_one_sample_gets_no_gradient_at_all():
    recording = record_batchnorm(samples=1)
    found = gradients(recording, random_upstream(recording))
    np.testing.assert_array_equal(found["x"], np.zeros((1, 3)), strict=True)


def test_no_samples_give_empty_and_zero_gradients():
    with np.errstate(invalid="ignore"):
        recording = record_batchnorm(samples=0)
    found = gradients(recording, random_upstream(recording))
    assert found["x"].shape == (0, 3)
    np.testing.assert_array_equal(found["gamma"], np.zeros(3), strict=True)
    np.testing.assert_array_equal(found["beta"], np.zeros(3), strict=True)


def test_the_means_road_through_the_variance_is_zero():
    recording = record_batchnorm()
    upstream = random_upstream(recording)
    parts = staged(recording.values, upstream)
    assert np.max(np.abs(parts["dxmu2"].sum(axis=0))) < 1e-12
    assert_close(gradients(recording, upstream)["x"], parts["dx"])


# --- the order of the steps -------------------------------------------------------------------------------


def steps_of_batchnorm(level=Level.NODE, **keywords):
    recording = zoom(record(batchnorm_graph(4, 3), batchnorm_arrays(4, 3)), level)
    return list(replay(recording, random_upstream(recording), **keywords))


def test_ten_steps_from_the_output_to_x():
    names = [step.node.name for step in steps_of_batchnorm()]
    assert names == ["out", "gammax", "xhat", "ivar", "sqrtvar", "var", "sq", "xmu", "mu", "x"]


def test_eleven_steps_where_the_root_and_the_sum_are_apart():
    names = [step.node.name for step in steps_of_batchnorm(Level.OPERATION)]
    assert names[4:6] == ["sqrtvar", "sqrtvar_1"]
    assert len(names) == 11


def test_the_step_of_an_input_has_no_edges():
    last = steps_of_batchnorm()[-1]
    assert last.node.name == "x"
    assert last.edges == ()


def test_an_input_where_nothing_meets_has_no_step():
    recording = record(
        build([source_node("x", (3,)), operation_node("out", "exp", "x")], "out"), {"x": np.ones(3)}
    )
    assert [step.node.name for step in replay(recording, random_upstream(recording))] == ["out"]


def test_every_upstream_is_complete_and_of_its_nodes_shape():
    steps = steps_of_batchnorm()
    parts = staged(batchnorm_arrays(4, 3), steps[0].upstream)
    upstreams = {step.node.name: step.upstream for step in steps}
    for node, part in {"xmu": "dx1", "mu": "dmu", "x": "dx"}.items():
        assert_close(upstreams[node], parts[part])
    assert all(step.upstream.shape == step.node.shape for step in steps)


def test_the_last_edge_into_each_node_is_its_upstream():
    steps = steps_of_batchnorm()
    after = {edge.input: edge.after for step in steps for edge in step.edges}
    assert all(step.upstream is after[step.node.name] for step in steps[1:])


# --- the ledger -------------------------------------------------------------------------------------------


def ledger(steps, name):
    return [edge for step in steps for edge in step.edges if edge.input == name]


def test_the_ledger_of_xmu():
    steps = steps_of_batchnorm()
    parts = staged(batchnorm_arrays(4, 3), steps[0].upstream)
    first, second = ledger(steps, "xmu")
    assert [(edge.node.name, edge.way.arrival) for edge in (first, second)] == [("xhat", 1), ("sq", 2)]
    assert first.before is None
    assert_close(first.after, parts["dxmu1"])
    assert_close(second.before, parts["dxmu1"])
    assert_close(second.contribution, parts["dxmu2"])
    assert_close(second.after, parts["dx1"])


def test_the_ledger_of_x():
    steps = steps_of_batchnorm()
    parts = staged(batchnorm_arrays(4, 3), steps[0].upstream)
    first, second = ledger(steps, "x")
    assert [(edge.node.name, edge.way.arrival) for edge in (first, second)] == [("xmu", 1), ("mu", 2)]
    assert first.before is None
    assert_close(first.after, parts["dx1"])
    assert_close(second.contribution, parts["dx2"])
    assert_close(second.after, parts["dx"])


def test_every_ledger_adds_up():
    for edge in (edge for step in steps_of_batchnorm() for edge in step.edges):
        before = 0.0 if edge.before is None else edge.before
        np.testing.assert_array_equal(edge.after, before + edge.contribution)


def test_a_node_used_twice_by_one_operation_has_two_arrivals():
    x = np.array([2.0, -3.0])
    recording = record(
        build([source_node("x", (2,)), operation_node("out", "multiply", "x", "x")], "out"), {"x": x}
    )
    edges = ledger(replay(recording, np.array([0.5, 0.1])), "x")
    assert [(edge.way.place, edge.way.arrival) for edge in edges] == [(0, 1), (1, 2)]
    assert_close(edges[-1].after, np.array([2.0, -0.6]))


# --- replaying again --------------------------------------------------------------------------------------


def numbers(step):
    return [step.upstream, *(array for edge in step.edges for array in (edge.contribution, edge.after))]


def assert_same_steps(first, second):
    for one, other in zip(first, second, strict=True):
        assert one.node is other.node
        assert all(np.array_equal(a, b) for a, b in zip(numbers(one), numbers(other), strict=True))


def test_replaying_twice_gives_the_same():
    recording = record_batchnorm()
    upstream = random_upstream(recording)
    assert_same_steps(replay(recording, upstream), replay(recording, upstream))


def test_stepping_back_through_kept_steps_gives_the_same():
    recording = record_batchnorm()
    upstream = random_upstream(recording)
    kept = tuple(replay(recording, upstream))
    snapshot = [[array.copy() for array in numbers(step)] for step in kept]
    for place in reversed(range(len(kept))):
        assert all(map(np.array_equal, numbers(kept[place]), snapshot[place]))
    assert_same_steps(kept, replay(recording, upstream))


def test_a_step_is_not_changed_by_the_steps_after_it():
    recording = record_batchnorm()
    seen = [
        (step, [array.copy() for array in numbers(step)])
        for step in replay(recording, random_upstream(recording))
    ]
    assert all(all(map(np.array_equal, numbers(step), copies)) for step, copies in seen)


def test_a_replay_changes_neither_the_recording_nor_the_upstream():
    recording = record_batchnorm()
    upstream = random_upstream(recording)
    before = {name: value.copy() for name, value in recording.values.items()}
    kept = upstream.copy()
    list(replay(recording, upstream, start={"x": np.full((4, 3), 0.3)}))
    assert before.keys() == recording.values.keys()
    assert all(np.array_equal(before[name], recording[name]) for name in before)
    np.testing.assert_array_equal(upstream, kept)


@pytest.mark.parametrize("shape", [(3,), (4, 1), (3, 4), (4, 3, 1), ()])
def test_an_upstream_of_the_wrong_shape_is_refused(shape):
    recording = record_batchnorm()
    upstream = np.random.default_rng(0).normal(size=shape)
    with pytest.raises(ValueError, match="the upstream has shape"):
        next(replay(recording, upstream))
    with pytest.raises(ValueError, match="the upstream has shape"):
        gradients(recording, upstream)
