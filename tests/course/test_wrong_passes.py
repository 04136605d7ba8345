"""A changed backward pass: only what a change reaches differs, and it differs as a whole new pass would."""

import numpy as np
import pytest

from bn_tutor.course import flow as flow_module
from bn_tutor.course.evaluation import environment
from bn_tutor.course.flow import flow_of
from bn_tutor.course.gradient_names import Target, targets
from bn_tutor.course.loading import record, upstreams_of
from bn_tutor.course.slips import Nothing, Wrong
from bn_tutor.course.wrong_passes import passes_of, same, wrong_passes
from bn_tutor.engine.replay import gradients, replay
from bn_tutor.engine.zoom import Level, zoom

from .lessons import parsed
from .shipped import NAMES, every_variant, shipped


def run(lesson, seed=0, sizes=None):
    recording = record(lesson, seed=seed, sizes=sizes, level=Level.OPERATION)
    return recording, upstreams_of(recording, seed)


def flow(name, seed=0):
    return flow_of(*run(shipped(name), seed))


# --- the right pass ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", every_variant().values(), ids=every_variant())
def test_right_pass_and_its_names_are_those_of_the_engine(lesson):
    """Every name of a gradient, and no other, has the value that formulas beside the lesson find under it."""
    recording, upstreams = run(lesson)
    nodes = zoom(recording, Level.NODE)
    wanted = environment(nodes, tuple(replay(nodes, upstreams)))
    found = flow_of(recording, upstreams)
    known = targets(found)
    # What an output has from outside is never wrong, so it has no target.
    own = {f"d{name}0" for name in nodes.graph.outputs}
    assert known.keys() | own >= wanted.keys() - nodes.values.keys()
    assert known.keys() <= wanted.keys()
    for name, target in known.items():
        assert same(target.right(found), wanted[name]), name


@pytest.mark.parametrize("name", NAMES)
def test_total_for_another_upstream(name):
    found = flow(name)
    recording, other = run(shipped(name), seed=0)[0], upstreams_of(found.recording, 5)
    wanted = gradients(recording, other)
    for node in recording.graph.inputs:
        if node.name in found.totals:
            assert same(found.total(node.name, other), wanted[node.name])


def test_a_name_that_a_node_has_is_no_gradient():
    lesson = parsed(
        "+++\nformat = 1\n[inputs]\nx = { shape = [3] }\n+++\n```graph\ndx = x * 2\nout = dx + x\n```\n"
    )
    assert set(targets(flow_of(*run(lesson)))) == {"dx1", "dx2", "ddx", "dout"}


def test_one_line_is_one_contribution():
    lesson = parsed(
        "+++\nformat = 1\n[inputs]\nx = { shape = [3] }\n+++\n```graph\ny = x * 2 + x\nout = y * x\n```\n"
    )
    known = targets(flow_of(*run(lesson)))
    assert known["dx1"] == Target("x", (("out", 1),))
    assert {edge[0] for edge in known["dx2"].edges} == {"y", "y_1"}


def test_a_product_with_itself_brings_two():
    lesson = parsed("+++\nformat = 1\n[inputs]\nx = { shape = [3] }\n+++\n```graph\nout = x * x\n```\n")
    assert set(targets(flow_of(*run(lesson)))) == {"dx", "dx1", "dx2", "dout"}


# --- changed passes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_rerun_is_a_whole_new_pass(name):
    """The engine's own replay, with a rule in place of the map, comes to the same inputs' gradients."""
    found = flow(name)
    for each in passes_of(found).values():
        if not each.change.edges or each.change.without:
            continue
        again = found.rerun(each.change.edges)
        wanted = whole_new_pass(found, each.change.edges)
        for node in found.recording.graph.inputs if wanted else ():
            right = found.totals.get(node.name)
            if right is not None:
                value = again.totals.get(node.name, right)
                np.testing.assert_allclose(value, wanted[node.name], rtol=1e-9, atol=1e-12, err_msg=each.id)


def whole_new_pass(found, edges):
    """Return the inputs' gradients with these edges changed; None where the shapes do not fit."""

    def rule(node, place, local):
        return edges.get((node.name, place), local)

    try:
        with np.errstate(all="ignore"):
            return gradients(found.recording, found.upstream, rule=rule)
    except (ValueError, IndexError):
        return None


def test_nothing_else_is_computed_anew():
    again = flow("batchnorm").rerun({("gammax", 0): Wrong(lambda upstream: upstream)})
    assert set(again.contributions) == {("gammax", 0)}
    assert set(again.totals) == {"gamma"}


def test_what_does_not_fit_ends_there_and_nowhere_else():
    found = flow("batchnorm")
    again = found.rerun({("xhat", 1): Wrong(lambda upstream: np.zeros(7))})
    assert again.totals["sq"] is None and again.totals["x"] is None
    assert again.totals["ivar"].shape == (7,)
    assert "gamma" not in again.totals
    # What arrives at xmu straight from xhat is right all the same.
    known = targets(found)
    assert same(known["dxmu1"].value(found, again), found.contributions["xhat", 0])
    assert known["dxmu2"].value(found, again) is None and known["dxmu"].value(found, again) is None


def test_a_wrong_shape_does_not_grow_beyond_measure(monkeypatch):
    """(N, 1) with (N,) would be (N, N), and so on with every line."""
    text = "s = sum(x, axis=1, keepdims=true)\nt = s * s\nout = x * t"
    lesson = parsed(f"+++\nformat = 1\n[inputs]\nx = {{ shape = [60, 2] }}\n+++\n```graph\n{text}\n```\n")
    found = flow_of(*run(lesson))
    change = {("out", 1): Wrong(lambda upstream: upstream.sum(axis=1))}
    assert found.rerun(change).totals["s"].shape == (60, 60)
    monkeypatch.setattr(flow_module, "MOST_NUMBERS", 1000)
    assert found.rerun(change).totals["s"] is None


def test_an_output_without_its_own_upstream():
    text = "y = x * 2\nz = y * 3"
    lesson = parsed(
        f'+++\nformat = 1\noutput = ["y", "z"]\n[inputs]\nx = {{ shape = [3] }}\n+++\n```graph\n{text}\n```\n'
    )
    found = flow_of(*run(lesson))
    again = found.rerun({}, without=("y",))
    np.testing.assert_allclose(again.totals["x"], 6 * found.upstream["z"])
    assert not again.contributions.keys() & {("z", 0)}


# --- all of them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_wrong_passes_are_wrong_and_have_ids_of_their_own(name):
    recording, upstreams = run(shipped(name))
    right = flow_of(recording, upstreams).totals
    found = list(wrong_passes(recording, upstreams))
    assert found
    assert len({each.id for each in found}) == len(found)
    for each in found:
        assert any(not same(value, right.get(node)) for node, value in each.gradients.items()), each.id


def test_the_same_every_time():
    first, again = (passes_of(flow("mlp-with-bn")) for _ in range(2))
    assert list(first) == list(again)
    for mistake, each in first.items():
        assert each.change.slip.say == again[mistake].change.slip.say
        for name, value in each.gradients.items():
            np.testing.assert_array_equal(value, again[mistake].gradients[name])


def test_a_mistake_has_the_same_name_on_all_data():
    """Names are compared between runs of other sizes."""
    here = passes_of(flow_of(*run(shipped("batchnorm"))))
    there = passes_of(flow_of(*run(shipped("batchnorm"), 3, {"N": 7, "D": 5})))
    assert list(here) == list(there)


def test_the_engine_is_left_as_it_was():
    recording, upstreams = run(shipped("batchnorm"))
    before = gradients(recording, upstreams)
    list(wrong_passes(recording, upstreams))
    assert all(np.array_equal(value, before[name]) for name, value in gradients(recording, upstreams).items())


def test_a_slip_that_is_not_written_out():
    assert Nothing((3,)).numpy("dx") == ""
    with pytest.raises(NotImplementedError):
        Wrong(np.sum).forward(np.ones(3))
    assert Wrong(np.sum, "np.sum({up})").words == ""


def test_same():
    assert same(None, None) and not same(None, np.ones(3)) and not same(np.ones(3), np.ones((1, 3)))
    assert same(np.zeros(3), np.full(3, 1e-12)) and not same(np.ones(3), np.full(3, 1 + 1e-6))
    assert not same(np.full(3, np.nan), np.ones(3))
