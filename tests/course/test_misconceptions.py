"""The rows of the catalogue: each fires, and comes to what it says it is."""

import re

import numpy as np
import pytest

from bn_tutor.course.flow import flow_of
from bn_tutor.course.gradient_names import targets
from bn_tutor.course.loading import record, upstreams_of
from bn_tutor.course.misconceptions import ROWS, title_of
from bn_tutor.course.wrong_passes import passes_of
from bn_tutor.engine.zoom import Level

from .lessons import parsed
from .shipped import NAMES, every_variant, shipped

LONGEST = 200


def lesson(graph, inputs, outputs='"out"'):
    return parsed(f"+++\nformat = 1\noutput = {outputs}\n[inputs]\n{inputs}\n+++\n```graph\n{graph}\n```\n")


def passes(found, seed=0, sizes=None):
    recording = record(found, seed=seed, sizes=sizes, level=Level.OPERATION)
    flow = flow_of(recording, upstreams_of(recording, seed))
    return flow, passes_of(flow)


def value_of(found, mistake, name, seed=0, sizes=None):
    """Return what a mistake makes of a gradient, and every right value by name."""
    flow, all_passes = passes(found, seed, sizes)
    known = targets(flow)
    right = {each: target.right(flow) for each, target in known.items()} | dict(flow.recording.values)
    return all_passes[mistake].value(known[name]), right


# --- batch norm, by hand ----------------------------------------------------------------------------------


def _with_shares(v, share):
    """Return dx with the same share in the place of 1/N, in the mean and in the variance."""
    dxmu = v["dxhat"] * v["ivar"] + 2 * v["xmu"] * v["dvar"] * share
    return dxmu - dxmu.sum(axis=0) * share


BATCHNORM = {
    "sum-missing@gammax-0": ("dgamma", lambda v: v["dout"] * v["xhat"]),
    "mean-for-sum@gammax-0": ("dgamma", lambda v: (v["dout"] * v["xhat"]).mean(axis=0)),
    "wrong-axis/axis-1@gammax-0": ("dgamma", lambda v: (v["dout"] * v["xhat"]).sum(axis=1)),
    "sum-of-all@gammax-0": ("dgamma", lambda v: (v["dout"] * v["xhat"]).sum()),
    "sum-of-all/mean@gammax-0": ("dgamma", lambda v: (v["dout"] * v["xhat"]).mean()),
    "local-missing@gammax-0": ("dgamma", lambda v: v["dout"].sum(axis=0)),
    "upstream-missing@gammax-0": ("dgamma", lambda v: v["xhat"].sum(axis=0)),
    "own-value@gammax-0": ("dgamma", lambda v: (v["dout"] * v["gamma"]).sum(axis=0)),
    "wrong-operand/x@gammax-0": ("dgamma", lambda v: (v["dout"] * v["x"]).sum(axis=0)),
    "wrong-operand/xmu@gammax-0": ("dgamma", lambda v: (v["dout"] * v["xmu"]).sum(axis=0)),
    "wrong-operand/out@gammax-0": ("dgamma", lambda v: (v["dout"] * v["out"]).sum(axis=0)),
    "divided@gammax-0": ("dgamma", lambda v: (v["dout"] / v["xhat"]).sum(axis=0)),
    "minus-added@gammax-0": ("dgamma", lambda v: -(v["dout"] * v["xhat"]).sum(axis=0)),
    "sum-missing@out-1": ("dbeta", lambda v: v["dout"]),
    "mean-for-sum@out-1": ("dbeta", lambda v: v["dout"].mean(axis=0)),
    "local-missing@gammax-1": ("dxhat", lambda v: v["dout"]),
    "sum-missing@xhat-1": ("divar", lambda v: v["dxhat"] * v["xmu"]),
    "wrong-operand/sqrtvar@xhat-0": ("dxmu1", lambda v: v["dxhat"] * v["sqrtvar"]),
    "minus-missing@ivar-0": ("dsqrtvar", lambda v: v["divar"] / v["sqrtvar"] ** 2),
    "power-off/too-few@ivar-0": ("dsqrtvar", lambda v: -v["divar"] / v["sqrtvar"]),
    "power-off/too-many@ivar-0": ("dsqrtvar", lambda v: -v["divar"] / v["sqrtvar"] ** 3),
    "local-missing@ivar-0": ("dsqrtvar", lambda v: v["divar"]),
    "two-slopes/half-early@ivar-0": ("dsqrtvar", lambda v: -0.5 * v["divar"] / v["sqrtvar"] ** 2),
    "two-slopes/at-reciprocal@ivar-0": (
        "dsqrtvar",
        lambda v: -0.5 * v["divar"] * (v["var"] + v["eps"]) ** -1.5,
    ),
    "two-slopes/at-root@sqrtvar-0": (
        "dvar",
        lambda v: -0.5 * (v["var"] + v["eps"]) ** -1.5 * v["dsqrtvar"],
    ),
    "power-of-variance@sqrtvar-0": ("dvar", lambda v: -0.5 * v["sqrtvar"] ** -1.5 * v["divar"]),
    "number-missing@sqrtvar-0": ("dvar", lambda v: v["dsqrtvar"] / v["sqrtvar"]),
    "power-off/too-few@sqrtvar-0": ("dvar", lambda v: 0.5 * v["dsqrtvar"]),
    "power-off/too-many@sqrtvar-0": ("dvar", lambda v: 0.5 * v["dsqrtvar"] / (v["var"] + v["eps"])),
    "eps-forgotten/missing@sqrtvar-0": ("dvar", lambda v: 0.5 * v["dsqrtvar"] / np.sqrt(v["var"])),
    "eps-forgotten/outside@sqrtvar-0": (
        "dvar",
        lambda v: 0.5 * v["dsqrtvar"] / (np.sqrt(v["var"]) + v["eps"]),
    ),
    "eps-forgotten/subtracted@sqrtvar-0": (
        "dvar",
        lambda v: 0.5 * v["dsqrtvar"] / np.sqrt(v["var"] - v["eps"]),
    ),
    "eps-forgotten/missing@xhat-0": ("dxmu1", lambda v: v["dxhat"] / np.sqrt(v["var"])),
    "share-missing@var-0": ("dsq", lambda v: np.ones((4, 3)) * v["dvar"]),
    "other-share/less-one@var-0": ("dsq", lambda v: np.ones((4, 3)) * v["dvar"] / 3),
    "other-share/axis-1@var-0": ("dsq", lambda v: np.ones((4, 3)) * v["dvar"] / 3),
    "other-share/all@var-0": ("dsq", lambda v: np.ones((4, 3)) * v["dvar"] / 12),
    "share-turned@var-0": ("dsq", lambda v: np.ones((4, 3)) * v["dvar"] * 4),
    "share-missing/everywhere@mu-0": ("dx", lambda v: _with_shares(v, 1.0)),
    "other-share/everywhere@mu-0": ("dx", lambda v: _with_shares(v, 1 / 3)),
    "share-turned/everywhere@mu-0": ("dx", lambda v: _with_shares(v, 4.0)),
    "number-missing@sq-0": ("dxmu2", lambda v: v["xmu"] * v["dsq"]),
    "power-off/too-few@sq-0": ("dxmu2", lambda v: 2 * v["dsq"]),
    "power-off/too-many@sq-0": ("dxmu2", lambda v: 2 * v["xmu"] ** 2 * v["dsq"]),
    "road-dropped@sq-0": ("dxmu", lambda v: v["dxmu1"]),
    "overwritten@sq-0": ("dxmu", lambda v: v["dxmu2"]),
    "minus-missing@xmu-1": ("dmu", lambda v: v["dxmu"].sum(axis=0)),
    "sum-missing@xmu-1": ("dmu", lambda v: -v["dxmu"]),
    "road-dropped@mu-0": ("dx", lambda v: v["dxmu"]),
    "overwritten@mu-0": ("dx", lambda v: np.ones((4, 3)) * v["dmu"] / 4),
    "statistics-as-constants/all@xhat-1": ("dx", lambda v: v["gamma"] * v["dout"] * v["ivar"]),
    "statistics-as-constants@xmu-1": ("dx", lambda v: v["dxmu"]),
    # The mean is taken into account and the variance is not: only the column means are taken out.
    "statistics-as-constants@xhat-1": ("dx", lambda v: v["dxmu1"] - v["dxmu1"].mean(axis=0)),
    "diagonal-only@mu-0": (
        "dx",
        lambda v: v["gamma"] * v["dout"] * v["ivar"] * (1 - 1 / 4 - v["xhat"] ** 2 / 4),
    ),
}


@pytest.mark.parametrize("mistake", BATCHNORM)
def test_of_batch_norm(mistake):
    name, by_hand = BATCHNORM[mistake]
    value, right = value_of(shipped("batchnorm"), mistake, name)
    wanted = by_hand(right)
    assert value.shape == np.shape(wanted)
    np.testing.assert_allclose(value, wanted, rtol=1e-9, atol=1e-12)
    assert value.shape != right[name].shape or not np.allclose(value, right[name], rtol=1e-7)


def test_statistics_of_one_normalization_go_together():
    _, found = passes(shipped("mlp-with-bn"))
    says = {each.change.slip.say for name, each in found.items() if name.startswith("statistics")}
    assert {say.partition(".")[0] for say in says} == {
        "This takes mu and ivar for constants",
        "This takes mu for a constant",
        "This takes ivar for a constant",
        "This takes log(total) for a constant",
    }


def test_statistics_of_two_workers():
    """Each worker's rows have a road of their own, and both statistics are shared."""
    value, right = value_of(shipped("sync-bn"), "statistics-as-constants/all@xhat2-1", "dx1")
    np.testing.assert_allclose(value, right["gamma"] * right["dout1"] * right["ivar"], rtol=1e-9)


def test_a_reduction_that_all_roads_lead_through_is_no_statistic():
    _, found = passes(shipped("gates"))
    assert not [name for name in found if name.startswith("statistics")]


# --- the other rows, each in a graph of its own -----------------------------------------------------------

TWO = "a = { shape = [4, 3] }\nb = { shape = [4, 3] }"
POSITIVE = 'a = { shape = [4, 3], draw = "uniform", low = 1, high = 2 }'
SQUARE = "a = { shape = [3, 3] }\nb = { shape = [3, 3] }"
OUTPUTS = "a = { shape = [3] }"
# What is asked for, the graph, its inputs, and the wrong value by hand.
APART = {
    "own-dropped@z-0": ("dy", "y = a * 2\nz = y * 3", OUTPUTS, lambda v: 3 * v["dz"]),
    "overwritten@z-0": ("dy", "y = a * 2\nz = y * 3", OUTPUTS, lambda v: 3 * v["dz"]),
    "road-dropped@out-1": ("da", "out = a * a", OUTPUTS, lambda v: v["a"] * v["dout"]),
    "quotient-mixed/swapped@out-1": ("db", "out = a / b", TWO, lambda v: -v["b"] / v["a"] ** 2 * v["dout"]),
    "quotient-mixed/numerator-missing@out-1": (
        "db",
        "out = a / b",
        TWO,
        lambda v: -1 / v["b"] ** 2 * v["dout"],
    ),
    "power-off/too-few@out-1": ("db", "out = a / b", TWO, lambda v: -v["a"] / v["b"] * v["dout"]),
    "minus-missing@out-1": ("db", "out = a / b", TWO, lambda v: v["a"] / v["b"] ** 2 * v["dout"]),
    "divided@out-0": ("da", "out = a / b", TWO, lambda v: v["b"] * v["dout"]),
    "number-missing@out-0": ("da", "out = a ** 3", OUTPUTS, lambda v: v["a"] ** 2 * v["dout"]),
    "other-stage@out-0": ("da", "out = exp(a)", OUTPUTS, lambda v: v["a"] * v["dout"]),
    "minus-missing@n-0": ("da", "n = -a\nout = n * 2", OUTPUTS, lambda v: v["dn"]),
    "not-transposed@out-0": ("da", "out = a @ b", SQUARE, lambda v: v["dout"] @ v["b"]),
    "not-transposed@out-1": ("db", "out = a @ b", SQUARE, lambda v: v["a"] @ v["dout"]),
    "sides-swapped@out-0": ("da", "out = a @ b", SQUARE, lambda v: v["b"].T @ v["dout"]),
    "sides-swapped@out-1": ("db", "out = a @ b", SQUARE, lambda v: v["dout"] @ v["a"].T),
    "product-transposed@out-1": ("db", "out = a @ b", SQUARE, lambda v: (v["a"].T @ v["dout"]).T),
    "wrong-operand/act@out-1": (
        "db",
        "act = relu(a)\nout = a @ b",
        SQUARE,
        lambda v: v["act"].T @ v["dout"],
    ),
    "transpose-kept/as-it-is@out-0": ("da", "out = transpose(a)", SQUARE, lambda v: v["dout"]),
    "transpose-kept/again@out-0": (
        "da",
        "out = transpose(a, axes=(1, 2, 0))",
        "a = { shape = [2, 2, 2] }",
        lambda v: np.transpose(v["dout"], (1, 2, 0)),
    ),
    "mask-of-upstream@out-0": ("da", "out = relu(a)", TWO, lambda v: v["dout"] * (v["dout"] > 0)),
    "mask-turned@out-0": ("da", "out = maximum(a, b)", TWO, lambda v: v["dout"] * (v["a"] < v["b"])),
    "local-missing@out-0": ("da", "out = maximum(a, b)", TWO, lambda v: v["dout"]),
    "stretch-swapped@out-0": (
        "da",
        "out = concatenate(a, b, axis=1)",
        TWO,
        lambda v: v["dout"][:, 3:],
    ),
    "stretch-swapped@out-1": (
        "db",
        "out = concatenate(a, b, axis=1)",
        TWO,
        lambda v: v["dout"][:, :3],
    ),
    "place-forgotten/in-no-place@out-0": ("da", "out = a[0:2]", TWO, lambda v: v["dout"]),
    "place-forgotten/written-over@out-0": (
        "da",
        "out = take(a, (1, 1, 2))",
        OUTPUTS,
        lambda v: np.array([0.0, v["dout"][1], v["dout"][2]]),
    ),
    "eps-forgotten/missing@out-0": (
        "da",
        "out = (a + eps) ** -0.5",
        "a = { value = [1, 2, 3] }\neps = { value = 0.5, constant = true }",
        lambda v: -0.5 * v["a"] ** -1.5 * v["dout"],
    ),
    "complement@out-0": ("da", "out = a / 0.8", OUTPUTS, lambda v: v["dout"] / 0.2),
    "other-share/axis-1@out-0": (
        "ds",
        "s = -sum(a * b)\nout = s / 4",
        TWO,
        lambda v: v["dout"] / 3,
    ),
    "wrong-axis/axis-2@out-1": (
        "db",
        "out = a * b",
        "a = { shape = [2, 3, 4] }\nb = { shape = [1, 3, 1] }",
        lambda v: (v["a"] * v["dout"]).sum(axis=2, keepdims=True),
    ),
}


@pytest.mark.parametrize("mistake", APART)
def test_in_a_graph_of_its_own(mistake):
    name, graph, inputs, by_hand = APART[mistake]
    outputs = '["y", "z"]' if graph.startswith("y =") else '"out"'
    _check(mistake, name, graph, inputs, outputs, by_hand)


@pytest.mark.parametrize(
    ("graph", "inputs", "by_hand"),
    [
        ("out = log(a)", POSITIVE, lambda v: v["dout"] / v["out"]),
        ("out = tanh(a)", TWO, lambda v: v["dout"] * (1 - v["a"] ** 2)),
        ("out = sigmoid(a)", TWO, lambda v: v["dout"] * v["a"] * (1 - v["a"])),
    ],
)
def test_of_functions_whose_input_and_output_are_mixed_up(graph, inputs, by_hand):
    _check("other-stage@out-0", "da", graph, inputs, '"out"', by_hand)


def _check(mistake, name, graph, inputs, outputs, by_hand):
    value, right = value_of(lesson(graph, inputs, outputs), mistake, name)
    wanted = by_hand(right)
    assert value.shape == np.shape(wanted)
    np.testing.assert_allclose(value, wanted, rtol=1e-9, atol=1e-12)
    assert value.shape != right[name].shape or not np.allclose(value, right[name])


def test_what_is_stopped_flows():
    """Of a * stop(a) the gradient is a; that of a * a is 2 * a."""
    found = lesson("out = a * stop_gradient(a)", OUTPUTS)
    value, right = value_of(found, "stop-ignored@out_1-0", "da")
    np.testing.assert_allclose(value, 2 * right["a"] * right["dout"])


def test_every_stop_or_one_of_them():
    found = lesson("out = a * stop_gradient(a) * stop_gradient(a ** 2)", OUTPUTS)
    for mistake, factor in (
        ("stop-ignored@out_1-0", 2),
        ("stop-ignored@out_4-0", 3),
        ("stop-ignored/all@out_1-0", 4),
    ):
        value, right = value_of(found, mistake, "da")
        np.testing.assert_allclose(value, factor * right["a"] ** 3 * right["dout"])


# --- the catalogue as a whole -----------------------------------------------------------------------------


def test_every_row_is_tested_above():
    tested = {name.partition("@")[0].partition("/")[0] for name in (*BATCHNORM, *APART)}
    assert {row.id for row in ROWS} - tested == {"stop-ignored"}


def test_ids_and_titles():
    assert len({row.id for row in ROWS}) == len({row.title for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row.id)
        assert row.title[0].islower() or row.title[0].isdigit()
        assert not row.title.endswith(".") and len(row.title) <= 45


def test_title_of_a_row_and_of_a_lessons_own_mistake():
    assert title_of("sum-missing") == "sum over the broadcast axis missing"
    assert title_of("gamma-forgotten") == "gamma forgotten"


@pytest.mark.parametrize("each", every_variant().values(), ids=every_variant())
def test_texts(each):
    """A learner knows no made-up name of an operation within a line; a text is one or two sentences."""
    flow, found = passes(each)
    graph = flow.recording.graph
    inner = {node.name for node in graph.operations if node.name != node.group}
    for mistake in found.values():
        slip = mistake.change.slip
        shown = (slip.say, slip.hint, mistake.node, mistake.input, mistake.line)
        for text in shown:
            assert not inner.intersection(re.findall(r"\w+", text)), (mistake.id, text)
            assert not re.search(r"[{}\n]|None|  |\.\.", text), (mistake.id, text)
            assert len(text) <= LONGEST
        assert slip.say.endswith(".") and slip.hint.endswith(("?", "."))
        assert slip.say != slip.hint


def test_a_learner_is_told_of_the_broadcast():
    _, found = passes(shipped("batchnorm"))
    slip = found["sum-missing@gammax-0"].change.slip
    assert slip.say == (
        "This is not summed yet. gamma was broadcast over the rows (axis 0), one for all, "
        "so its gradient sums over them."
    )
    assert "sum" not in slip.hint


def test_what_is_written_is_shown_for_what_has_no_name():
    _, found = passes(shipped("batchnorm"))
    assert "∂sqrtvar/∂(var + eps) = 1 / (2 * sqrtvar)" in found["local-missing@sqrtvar-0"].change.slip.say


def test_what_is_long_is_called_a_part():
    text = "((a + 1) * (a + 2) * (a + 3) * (a + 4) * (a + 5))"
    _, found = passes(lesson(f"out = tanh({text}) * {text}", OUTPUTS))
    assert any("a part of out" in each.change.slip.say for each in found.values())


# --- lines ------------------------------------------------------------------------------------------------


def winners(values, axis):
    winning = (values == values.max(axis=axis, keepdims=True)).astype(float)
    return winning / winning.sum(axis=axis, keepdims=True)


KNOWN_TO_LINES = {
    "np": np,
    "sqrt": np.sqrt,
    "relu": lambda a: np.maximum(a, 0),
    "reshape": np.reshape,
    "winners": winners,
}


@pytest.mark.parametrize("name", NAMES)
def test_lines_come_to_what_they_stand_for(name):
    """Whatever line of NumPy is shown for a slip, running it gives the slip's own value."""
    flow, found = passes(shipped(name))
    values = {f"d{node}": total for node, total in flow.totals.items()}
    values |= {**flow.recording.values, **shipped(name).sizes}
    written = [each for each in found.values() if each.line]
    for each in written:
        wanted = each.flow.rerun(each.change.edges).contributions[each.change.spot.edge]
        if wanted is None:
            continue  # the shapes do not fit, as the learner will find
        with np.errstate(all="ignore"):
            given = eval(each.line, KNOWN_TO_LINES, values)
        # A local gradient alone may have a smaller shape, as gamma has, and is broadcast.
        assert np.shape(given) == wanted.shape or each.row.id == "upstream-missing", each.id
        given = np.broadcast_to(given, wanted.shape)
        np.testing.assert_allclose(given, wanted, atol=1e-12, err_msg=each.id)
    assert written or name == "dropout"


def test_a_line_is_not_written_for_what_is_within_one():
    _, found = passes(shipped("batchnorm"))
    assert found["sum-missing@gammax-0"].line == "xhat * dgammax"
    assert found["local-missing@sqrtvar-0"].line == ""
