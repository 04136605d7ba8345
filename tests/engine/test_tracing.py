import functools

import numpy as np
import pytest

from bn_tutor.engine.graph import record
from bn_tutor.engine.operation import CONSTANT, INPUT, LITERAL
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.tracing import trace

from .oracles import (
    assert_close,
    batchnorm_arrays,
    batchnorm_graph,
    closed_form,
    random_upstream,
)

EPS = 1e-5


def drawn(*shape, seed=41):
    return np.random.default_rng(seed).normal(size=shape)


def names(recording):
    return [node.name for node in recording.graph.nodes if not node.is_source]


def described(graph):
    nodes = (node for node in graph.nodes if node.operation is not LITERAL)
    return {
        node.name: (node.operation.name, node.inputs, dict(node.parameters), node.shape, node.group)
        for node in nodes
    }


def by_nodes(x, gamma, beta):
    mu = np.mean(x, axis=0)
    xmu = x - mu
    sq = xmu**2
    var = np.mean(sq, axis=0)
    sqrtvar = np.sqrt(var + 1e-5)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, ivar, var)
    return out, cache


def course_code(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    features = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(features, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(features, dtype=x.dtype))
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        xhat = (x - mean) / np.sqrt(var + eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
    out = gamma * xhat + beta
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, {"xhat": xhat}


def arrays(samples=4, features=3):
    drawn_arrays = batchnorm_arrays(samples, features)
    return [drawn_arrays[name] for name in ("x", "gamma", "beta")]


# --- against a recording built by hand --------------------------------------------------------------------


def test_the_nine_nodes_are_those_built_by_hand():
    recording = trace(by_nodes, *arrays())
    assert described(recording.graph) == described(batchnorm_graph(4, 3))
    assert recording.graph.output == "out"


def test_values_and_gradients_are_those_of_the_graph_built_by_hand():
    recording, built = trace(by_nodes, *arrays()), record(batchnorm_graph(4, 3), batchnorm_arrays(4, 3))
    upstream = random_upstream(built)
    expected = gradients(built, upstream)
    assert all(np.array_equal(recording[node.name], built[node.name]) for node in built.graph.nodes)
    for name, gradient in gradients(recording, upstream).items():
        np.testing.assert_array_equal(gradient, expected[name])


def test_every_node_knows_its_line():
    first = by_nodes.__code__.co_firstlineno
    graph = trace(by_nodes, *arrays()).graph
    assert [graph[name].line - first for name in ("mu", "xmu", "sqrtvar_1", "sqrtvar", "out")] == [
        1,
        2,
        5,
        5,
        9,
    ]
    assert graph["x"].line is None


def test_an_inner_operation_is_grouped_and_written_out():
    graph = trace(by_nodes, *arrays()).graph
    assert (graph["sqrtvar_1"].group, graph["sqrtvar"].group) == ("sqrtvar", "sqrtvar")
    assert graph["sqrtvar"].formula == "sqrt(sqrtvar_1)"
    assert graph["sqrtvar"].written == "sqrt(var + 1e-05)"


# --- names ------------------------------------------------------------------------------------------------


def test_nodes_are_named_after_local_variables():
    def function(x):
        scaled = x * 2.0
        return scaled + x

    recording = trace(function, drawn(3))
    assert names(recording) == ["scaled", "out"]
    assert recording.graph["out"].inputs == ("scaled", "x")


def test_a_reassigned_name_is_numbered():
    def function(x):
        x = x - x.mean(axis=0)
        x = x * 3.0
        return x  # noqa: RET504

    recording = trace(function, drawn(4, 3))
    assert [(node.name, node.group) for node in recording.graph.nodes if not node.is_source] == [
        ("x_2_1", "x_2"),
        ("x_2", "x_2"),
        ("x_3", "x_3"),
    ]


def test_an_array_of_two_names_keeps_the_first():
    def function(x):
        first = x * 2.0
        second = first
        return first + second

    recording = trace(function, drawn(3))
    assert names(recording) == ["first", "out"]
    assert recording.graph["out"].inputs == ("first", "first")


def test_a_local_variable_called_out_does_not_clash_with_the_output():
    def function(x):
        out = x * 2.0
        return out + x

    recording = trace(function, drawn(3))
    assert names(recording) == ["out", "out_2"]
    assert recording.graph.output == "out_2"


def test_what_two_groups_use_unnamed_is_a_step_of_its_own():
    def function(x):
        kept = [np.exp(x)]
        left = kept[0] * 2.0
        right = kept[0] * 3.0
        return left - right

    assert names(trace(function, drawn(3))) == ["step_1", "left", "right", "out"]


def test_an_array_named_like_the_engine_names_literals():
    def function(array_1):
        return array_1 * np.array([1.0, 2.0, 3.0])

    x = drawn(3)
    assert_close(trace(function, x).output, function(x), 1e-15)


def test_a_key_that_reads_like_a_number():
    def function(x, weights):
        return 2 * x + weights[2]

    x, weights = drawn(3), {1: drawn(3, seed=42), 2: drawn(3, seed=43)}
    assert_close(trace(function, x, weights).output, function(x, weights), 1e-15)


def test_a_helper_functions_operations_are_grouped_with_the_line_that_calls_it():
    def centred(values):
        average = values.mean(axis=0)
        return values - average

    def function(x):
        xmu = centred(x)
        return xmu * x

    recording = trace(function, drawn(4, 3))
    assert names(recording) == ["xmu_1", "xmu", "out"]
    assert recording.graph["xmu_1"].group == "xmu"


def test_equal_numbers_are_one_literal():
    recording = trace(lambda x: (x + 2.0) * 2.0 + 3.0, drawn(3))
    assert [node.name for node in recording.graph.nodes if node.operation is LITERAL] == ["2.0", "3.0"]


# --- what counts as an input ------------------------------------------------------------------------------


def test_float_arrays_are_inputs_and_everything_else_is_not():
    def function(x, labels, mask, eps, count, name="unused"):
        return x[labels] * mask / count + eps

    arguments = (drawn(4), np.array([0, 2, 1]), np.array([True, False, True]), EPS, 4)
    recording = trace(function, *arguments)
    kinds = {node.name: node.operation for node in recording.graph.nodes}
    assert (kinds["x"], kinds["mask"], kinds["eps"]) == (INPUT, CONSTANT, CONSTANT)
    assert [node.name for node in recording.graph.inputs] == ["x"]
    assert_close(recording.output, function(*arguments), 1e-15)


def test_an_integer_array_is_a_constant():
    recording = trace(lambda x, counts: x * counts, drawn(3), np.array([1, 2, 3]))
    assert set(gradients(recording, random_upstream(recording))) == {"x"}


def test_a_float_can_be_an_exponent_or_a_plain_number():
    recording = trace(lambda x, p: x**p + float(p), np.abs(drawn(3)), 2.5)
    assert recording.graph.inputs[0].name == "x"
    assert prove(recording) == ()


def test_keywords_and_defaults():
    def function(x, *, scale=2.0, shift=0.0):
        return x * scale + shift

    x = drawn(3)
    recording = trace(function, x, shift=1.0)
    assert_close(recording.output, function(x, shift=1.0), 1e-15)
    assert recording["shift"] == 1.0


def test_an_input_that_is_not_used_has_a_gradient_of_zeros():
    recording = trace(lambda x, w: x * 2.0, drawn(3), drawn(2))
    found = gradients(recording, random_upstream(recording))
    np.testing.assert_array_equal(found["w"], np.zeros(2), strict=True)


def test_dictionaries_are_searched():
    def function(x, parameters):
        return x @ parameters["inner"]["w"] + parameters["b"]

    recording = trace(function, drawn(4, 3), {"inner": {"w": drawn(3, 2)}, "b": drawn(2), "mode": "train"})
    assert [node.name for node in recording.graph.inputs] == ["x", "w", "b"]


def test_two_dictionaries_may_share_a_key():
    def function(first, second):
        return first["w"] * second["w"]

    recording = trace(function, {"w": drawn(3)}, {"w": drawn(3, seed=42)})
    assert len(recording.graph.inputs) == 2
    assert_close(recording.output, drawn(3) * drawn(3, seed=42), 1e-15)


def test_a_key_may_be_called_like_an_argument():
    recording = trace(lambda x, cache: x * cache["x"], drawn(3), {"x": drawn(3, seed=42)})
    assert_close(recording.output, drawn(3) * drawn(3, seed=42), 1e-15)


# --- the course's code ------------------------------------------------------------------------------------


def bn_param(mode):
    means = {"running_mean": drawn(3, seed=43), "running_var": np.abs(drawn(3, seed=44))}
    return {"mode": mode, "eps": EPS, "momentum": 0.9, **means}


def test_the_training_branch():
    recording = trace(course_code, *arrays(), bn_param("train"))
    upstream = random_upstream(recording)
    found = gradients(recording, upstream)
    expected = closed_form(batchnorm_arrays(4, 3), upstream)
    for name, gradient in expected.items():
        assert_close(found[name], gradient)
    assert not np.any(found["running_mean"])


def test_the_running_averages_are_pruned():
    nodes = trace(course_code, *arrays(), bn_param("train")).graph.nodes
    assert not any("momentum" in node.inputs or "running_mean" in node.inputs for node in nodes)
    assert "momentum" not in {node.name for node in nodes}


def test_the_inference_branch():
    recording = trace(course_code, *arrays(), bn_param("test"))
    upstream = random_upstream(recording)
    expected = recording["gamma"] * upstream / np.sqrt(recording["running_var"] + EPS)
    assert_close(gradients(recording, upstream)["x"], expected)


def test_without_running_averages_the_defaults_serve():
    recording = trace(course_code, *arrays(), {"mode": "train"})
    assert [node.name for node in recording.graph.inputs] == ["x", "gamma", "beta"]


def test_the_callers_dictionary_and_arrays_are_left_alone():
    given, parameters = arrays(), bn_param("train")
    before = [array.copy() for array in (*given, parameters["running_mean"])]
    trace(course_code, *given, parameters)
    assert all(map(np.array_equal, (*given, parameters["running_mean"]), before))
    assert isinstance(parameters["running_mean"], np.ndarray)


# --- loops, branches, methods -----------------------------------------------------------------------------


def test_a_loop_over_samples():
    def function(x, gamma):
        rows = []
        for row in x:
            centred = row - row.mean()
            rows.append(gamma * centred / np.sqrt((centred**2).mean() + 1e-5))
        return np.stack(rows)

    recording = trace(function, drawn(4, 3), drawn(3, seed=42))
    assert_close(recording.output, function(drawn(4, 3), drawn(3, seed=42)), 1e-14)
    assert prove(recording) == ()
    assert {"row", "row_2", "row_3", "row_4", "centred_4"} <= set(names(recording))


@pytest.mark.parametrize(("sign", "expected"), [(1.0, "exp"), (-1.0, "tanh")])
def test_a_branch_is_recorded_as_it_ran(sign, expected):
    def function(x):
        return np.exp(x) if x.sum() > 0 else np.tanh(x)

    recording = trace(function, sign * np.abs(drawn(3)))
    assert [node.operation.name for node in recording.graph.nodes] == ["input", expected]


class Layer:
    def __init__(self, gamma):
        self.gamma = gamma
        self.cache = None

    def forward(self, x):
        xmu = x - x.mean(axis=0)
        self.cache = xmu
        return self.gamma * xmu

    @classmethod
    def halved(cls, x):
        half = x / 2
        return half + x

    @staticmethod
    def doubled(x):
        double = x * 2
        return double + x


def test_a_method():
    recording = trace(Layer(drawn(3)).forward, drawn(4, 3))
    assert "xmu" in names(recording)
    assert prove(recording) == ()


@pytest.mark.parametrize(("function", "name"), [(Layer.halved, "half"), (Layer.doubled, "double")])
def test_class_methods_and_static_methods(function, name):
    assert names(trace(function, drawn(3))) == [name, "out"]


def test_a_wrapped_function_and_a_partial_one():
    @functools.wraps(by_nodes)
    def wrapped(*arguments):
        return by_nodes(*arguments)

    assert "xhat" in names(trace(wrapped, *arrays()))
    partial = trace(functools.partial(by_nodes, beta=np.zeros(3)), *arrays()[:2])
    assert_close(partial.output, by_nodes(*arrays()[:2], np.zeros(3))[0], 1e-15)


@pytest.mark.parametrize("wrap", [lambda y: y, lambda y: (y, 3), lambda y: [[y], None], lambda y: (None, y)])
def test_the_output_is_the_first_array_that_is_returned(wrap):
    recording = trace(lambda x: wrap(x * 2.0), drawn(3))
    assert_close(recording.output, 2.0 * drawn(3), 1e-15)
