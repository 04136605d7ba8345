from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import environment, evaluate, own_upstream
from bn_tutor.course.loading import load, record, upstream_of, upstreams_of
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.replay import gradients, replay

from .lessons import FRONT, parsed, with_graph

SIZES = {"N": 4, "D": 3}


def environment_of(recording):
    upstream = upstream_of(recording.output.shape, 0)
    return environment(recording, replay(recording, upstream)), upstream


@pytest.fixture(scope="module")
def values():
    return environment_of(record(load("batchnorm")))[0]


# --- environment ------------------------------------------------------------------------------------------

NODES = "x gamma beta eps mu xmu sq var sqrtvar ivar xhat gammax out"
GRADIENTS = "dx dgamma dbeta dmu dxmu dsq dvar dsqrtvar divar dxhat dgammax dout"
CONTRIBUTIONS = "dx1 dx2 dxmu1 dxmu2"


def test_batchnorm_has_its_nodes_gradients_and_contributions(values):
    assert set(values) == set(f"{NODES} {GRADIENTS} {CONTRIBUTIONS}".split())


def test_values_are_the_recordings(values):
    recording = record(load("batchnorm"))
    assert all(np.array_equal(values[name], recording[name]) for name in recording.values)


def test_gradient_of_the_output_is_the_upstream(values):
    np.testing.assert_array_equal(values["dout"], upstream_of((4, 3), 0))


def test_gradients_are_complete(values):
    recording = record(load("batchnorm"))
    right = gradients(recording, upstream_of((4, 3), 0))
    assert all(np.array_equal(values[f"d{name}"], right[name]) for name in ("x", "gamma", "beta"))


def test_contributions_add_up(values):
    np.testing.assert_array_equal(values["dx1"] + values["dx2"], values["dx"])
    np.testing.assert_array_equal(values["dxmu1"] + values["dxmu2"], values["dxmu"])


def test_contributions_are_numbered_as_they_arrive(values):
    np.testing.assert_array_equal(values["dxmu1"], values["dxhat"] * values["ivar"])
    np.testing.assert_array_equal(values["dx1"], values["dxmu"])


def test_node_without_a_gradient_has_no_name_for_it():
    found, _ = environment_of(record(parsed(with_graph("unused = -w", "y = stop_gradient(x) * 2"))))
    assert {"x", "w", "unused", "y", "dy"} <= set(found)
    assert not {"dx", "dw", "dunused"} & set(found)


def test_contribution_does_not_replace_the_gradient_of_a_node_called_alike():
    recording = record(parsed(with_graph("a = x * 2", "b = x * 3", "x1 = a * b", "y = x1 * 5")))
    found, upstream = environment_of(recording)
    np.testing.assert_allclose(found["dx1"], 5 * upstream, rtol=1e-15)


def test_gradient_does_not_replace_the_value_of_a_node_called_alike():
    recording = record(parsed(with_graph("dx = x * 2", "y = dx * x")))
    found, _ = environment_of(recording)
    np.testing.assert_array_equal(found["dx"], recording["dx"])


OUTPUTS = """\
```graph
y = x * w
z = y * 3
v = -z
```
"""


@pytest.fixture(scope="module")
def several():
    """Return the environment of a lesson with two outputs, of which one feeds the other, and more."""
    recording = record(parsed(FRONT.replace("[sizes]", 'output = ["v", "y"]\n[sizes]', 1) + OUTPUTS))
    upstreams = upstreams_of(recording, 0)
    return environment(recording, replay(recording, upstreams)), upstreams, recording


def test_every_output_has_its_upstream(several):
    found, upstreams, _ = several
    np.testing.assert_array_equal(found["dv"], upstreams["v"])
    np.testing.assert_array_equal(found["dy0"], upstreams["y"])


def test_output_that_feeds_others_adds_what_comes_from_them(several):
    found, upstreams, recording = several
    np.testing.assert_allclose(found["dy1"], 3 * found["dz"], rtol=1e-15)
    np.testing.assert_allclose(found["dy"], found["dy0"] + found["dy1"], rtol=1e-15)
    np.testing.assert_allclose(found["dy"], upstreams["y"] - 3 * upstreams["v"], rtol=1e-13)
    assert [own_upstream(recording.graph, name) for name in ("v", "y")] == ["dv", "dy0"]


def test_only_what_has_parts_has_names_for_them(several):
    found, _, _ = several
    assert not {"dv0", "dz0", "dz1", "dx0", "dy2"} & set(found)


# --- evaluate ---------------------------------------------------------------------------------------------


def test_name_is_its_value(values):
    assert evaluate("mu", values, SIZES) is values["mu"]


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("N", 4), ("N * D - 2", 10), ("-0.5", -0.5)])
def test_number_is_an_array_without_axes(text, number, values):
    found = evaluate(text, values, SIZES)
    assert (found.shape, found) == ((), number)


def test_formula_is_computed(values):
    found = evaluate("2 * sum(dout * xhat, axis=0) / N + 2", values, SIZES)
    expected = 2 * (values["dout"] * values["xhat"]).sum(axis=0) / 4 + 2
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_names_may_be_used_twice(values):
    np.testing.assert_array_equal(evaluate("mu * mu + mu", values, SIZES), values["mu"] ** 2 + values["mu"])


def test_values_are_not_changed(values):
    before = values["mu"].copy()
    evaluate("-mu + 1", values, SIZES)
    np.testing.assert_array_equal(values["mu"], before)


@pytest.mark.parametrize("text", ["value_1 + 1", "value_1 * 2 - value_1 + 1", "1 + value_2 / value_1"])
def test_value_may_have_any_name(text):
    named = {"value_1": np.array([1.0, 2.0]), "value_2": np.array([1.0, 4.0])}
    np.testing.assert_array_equal(evaluate(text, named, {}), [2.0, 3.0])


@pytest.mark.parametrize(("text", "number"), [("power(2, -1)", 0.5), ("square(1000000000000000)", 1e30)])
def test_whole_numbers_are_computed_with_as_floats(text, number):
    assert evaluate(text, {}, {}) == number


CONSTANTS = {"N": 4, "D": 3, "ddof": 1, "keep": 0.5, "axes": (0, 1), "shape": (3,), "none": ()}
WITH_CONSTANTS = {
    "sum(sq, axis=0) / (N - ddof)": lambda found: found["sq"].sum(axis=0) / 3,
    "x ** keep": lambda found: np.sqrt(found["x"]),
    "sum(x, axis=axes)": lambda found: found["x"].sum(),
    "mean(x, axis=axes, keepdims=true)": lambda found: found["x"].mean(keepdims=True),
    "sum(x, axis=trailing(x, shape))": lambda found: found["x"].sum(axis=1),
    "mean(dx, axis=trailing(x, (N, D)))": lambda found: found["dx"].mean(),
    "max(x, axis=trailing(dx, D), keepdims=true)": lambda found: found["x"].max(axis=1, keepdims=True),
    "broadcast_to(mu, (2, N, D))": lambda found: np.broadcast_to(found["mu"], (2, 4, 3)),
    "reshape(mu, shape)": lambda found: found["mu"],
    "clip(x, -keep, keep)": lambda found: np.clip(found["x"], -0.5, 0.5),
    "take(x, shape)": lambda found: found["x"][[3]],
    "keep": lambda found: np.array(0.5),
}


@pytest.mark.parametrize("text", WITH_CONSTANTS)
def test_switches_stand_for_numbers_and_arguments(text, values):
    values = {**values, "x": np.abs(values["x"])}
    found, expected = evaluate(text, values, CONSTANTS), WITH_CONSTANTS[text](values)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-14)


REFUSED_CONSTANTS = {
    "x + axes": (Code.WRONG_ARGUMENT, 4),
    "axes": (Code.WRONG_ARGUMENT, 0),
    "sum(x, axis=shape)": (Code.SHAPES_DISAGREE, 0),
    "sum(x, axis=trailing(x, N))": (Code.SHAPES_DISAGREE, 24),
    "sum(x, axis=trailing(x, axes))": (Code.SHAPES_DISAGREE, 24),
    "sum(x, axis=trailing(x, none))": (Code.WRONG_ARGUMENT, 24),
    "sum(x, axis=trailing(x, ()))": (Code.SHAPES_DISAGREE, 24),
    "sum(mu, axis=trailing(eps, shape))": (Code.SHAPES_DISAGREE, 27),
    "sum(x, axis=trailing(xx, shape))": (Code.WRONG_ARGUMENT, 12),
    "x[shape]": (Code.WRONG_ARGUMENT, 2),
}


@pytest.mark.parametrize("text", REFUSED_CONSTANTS)
def test_switch_in_the_wrong_place_is_refused(text, values):
    with pytest.raises(SlipError) as caught:
        evaluate(text, values, CONSTANTS)
    assert (caught.value.code, caught.value.column) == REFUSED_CONSTANTS[text]


REFUSED = {
    "mu + muu": ("muu is not defined before this line", 5, "did you mean mu?"),
    "mu.tofile(mu)": (".tofile is not part of the language", 3, "x.T, x.shape and x.sum(axis=0) are"),
    "x @ x": ("matmul: the 3 columns of the left do not meet the 4 rows of the right", 0, ""),
    "sum(x, axis=2)": ("axis 2 is out of bounds for an array of 2 dimensions", 0, ""),
    "": ("not a formula: invalid syntax", 0, ""),
}


@pytest.mark.parametrize("text", REFUSED)
def test_formula_is_refused_with_its_reason(text, values):
    with pytest.raises(SlipError) as caught:
        evaluate(text, values, SIZES)
    assert (caught.value.message, caught.value.column, caught.value.hint) == REFUSED[text]


ODD = ["sum(x, axis=1.5)", "reshape(x, none)", "power(x, (1, 2))", "clip(x, none, 1)", "transpose(x, 5)"]
HUGE = "broadcast_to(eps, (1000000, 1000000, 1000000))"


@pytest.mark.parametrize("text", ODD)
def test_argument_that_does_not_fit_is_refused(text, values):
    with pytest.raises(SlipError):
        evaluate(text, values, SIZES)


# The last two fit into memory, but a few more digits would keep the sum busy for years.
LARGE = "broadcast_to(eps, (1000000, 100))"


@pytest.mark.parametrize("text", [HUGE, f"{HUGE} * 2", f"take({HUGE}, (0, 1))", LARGE, f"sum({LARGE})"])
def test_large_shape_is_refused_before_it_is_computed(text, values):
    with pytest.raises(SlipError):
        evaluate(text, values, SIZES)


@pytest.mark.parametrize("text", ["1 / (0 * mu)", "log(-1 - sq)", "exp(1000 + sq)"])
def test_number_that_is_none_is_refused_or_given_without_a_warning(text, values):
    with suppress(SlipError):
        assert not np.isfinite(evaluate(text, values, SIZES)).any()


# --- any formula ------------------------------------------------------------------------------------------

leaves = st.sampled_from(["x", "mu", "eps", "N", "2", "-1", "0.5", "true", "none", "(0, 1)", "((0, 1), 1)"])
calls = st.sampled_from(["sum", "mean", "max", "take", "clip", "reshape", "broadcast_to", "concatenate"])
keywords = st.sampled_from(["", "", ", axis=0", ", axis=none", ", axis=(0, 1)", ", keepdims=true", ", 1.5"])
operators = st.sampled_from([" + ", " / ", " ** ", " @ ", " // "])


def extended(inner):
    call = st.tuples(calls, st.lists(inner, min_size=1, max_size=3).map(", ".join), keywords)
    return st.one_of(
        call.map("{0[0]}({0[1]}{0[2]})".format),
        st.tuples(inner, operators, inner).map("".join),
        st.tuples(inner, leaves).map("({0[0]})[{0[1]}]".format),
    )


@settings(max_examples=400, deadline=1000, derandomize=True, database=None)
@given(text=st.recursive(leaves, extended, max_leaves=8))
def test_any_formula_is_an_array_or_refused(text, values):
    try:
        with np.errstate(all="ignore"):
            assert isinstance(evaluate(text, values, SIZES), np.ndarray)
    except SlipError as slip:
        assert slip.message
