from dataclasses import replace

import numpy as np
import pytest

from bn_tutor.engine.gradients import (
    Chain,
    Cut,
    MatMul,
    PassOn,
    Reshape,
    Scale,
    Spread,
    SumOver,
    Take,
    Transpose,
)
from bn_tutor.engine.graph import build, record
from bn_tutor.engine.replay import replay
from bn_tutor.engine.shapes import broadcast_axes
from bn_tutor.engine.text import axes_in_code, axes_in_words, bracketed, key_in_code
from bn_tutor.engine.tracing import trace
from bn_tutor.engine.zoom import Level, Through, zoom

from .cases import ALL_CASES, CASE_NAMES, operands
from .oracles import evaluate, operation_node, random_upstream, record_batchnorm, record_one, source_node

# --- the text, run as NumPy, gives the contribution -------------------------------------------------------


def check_every_line(recording, values):
    """Run the NumPy text of every edge on an upstream called ``upstream``."""
    for step in replay(recording, random_upstream(recording)):
        for edge in step.edges:
            several = isinstance(edge.local, Through)
            text = edge.local.line("upstream") if several else edge.named_local.numpy("upstream")
            if text:
                check_line(text, {**values, "upstream": step.upstream}, edge.contribution)


def check_line(text, values, contribution):
    found = evaluate(text, values)
    assert found.shape == contribution.shape, text
    np.testing.assert_allclose(found, contribution, rtol=1e-12, atol=1e-14, err_msg=text)


@pytest.mark.parametrize(("name", "shapes", "parameters"), ALL_CASES, ids=CASE_NAMES)
def test_the_numpy_line_of_every_row(name, shapes, parameters):
    recording = record_one(name, operands(name, shapes, parameters), **parameters)
    check_every_line(recording, recording.values)


@pytest.mark.parametrize("level", [Level.NODE, Level.OPERATION])
def test_the_numpy_lines_of_batchnorm(level):
    recording = record_batchnorm()
    check_every_line(zoom(recording, level), recording.values)


def linear(x, w, b):
    product = x @ w + b
    hidden = np.maximum(product, 0.0)
    return hidden.T @ (hidden / 2)


def stacked(x, w, b):
    heads = (np.reshape(x, (2, 2, 3)) @ w) * np.exp(b)
    return np.transpose(heads, (1, 2, 0)) - heads.mean(axis=1, keepdims=True).sum()


def joined(x, w, b):
    # The gradient is scaled first and cut afterwards: the line must cut the product.
    return np.concatenate((x, w.T), axis=0) * np.linspace(-1.0, 1.0, 18).reshape(6, 3)


def cut_again(x, w, b):
    return (np.tanh(x)[1:3] * w.T)[:, ::2] ** 3


def softmax(x, w, b):
    logits = x @ w
    weights = np.exp(logits - logits.max())
    return weights / weights.sum(axis=1, keepdims=True) + b


def on_two_roads(x, w, b):
    return x * np.tanh(x) @ w + b * b


@pytest.mark.parametrize("level", [Level.NODE, Level.OPERATION])
@pytest.mark.parametrize("function", [linear, stacked, joined, cut_again, softmax, on_two_roads])
def test_the_numpy_lines_of_a_graph(function, level):
    generator = np.random.default_rng(6)
    arrays = [generator.normal(size=shape) for shape in ((4, 3), (3, 2), (2,))]
    recording = trace(function, *arrays)
    check_every_line(zoom(recording, level), recording.values)


def test_two_roads_through_a_group_are_written_as_a_sum():
    generator = np.random.default_rng(6)
    recording = trace(on_two_roads, *(generator.normal(size=shape) for shape in ((4, 3), (3, 2), (2,))))
    (step,) = replay(zoom(recording, Level.NODE), random_upstream(recording))
    lines = [edge.local.numpy("dout") for edge in step.edges if isinstance(edge.local, Through)]
    assert lines == [
        "tanh(x) * (dout @ w.T) + (1 - tanh(x)**2) * (x * (dout @ w.T))",
        "b * np.sum(dout, axis=0) + b * np.sum(dout, axis=0)",
    ]


@pytest.mark.parametrize("roads", [3, 4])
def test_more_roads_than_three_are_told_in_words(roads):
    recording = trace(lambda x: sum((x * (0.5 + at) for at in range(1, roads)), start=np.tanh(x)), np.ones(3))
    (step,) = replay(zoom(recording, Level.LAYER), np.ones(3))
    assert bool(step.edges[0].local.line("dout")) == (roads == 3)
    assert ("every road" in step.edges[0].local.numpy("dout")) == (roads == 4)


def test_a_sum_that_would_name_a_hidden_part_is_not_written():
    long = " + ".join(["x"] * 60)
    hidden = replace(operation_node("out_1", "exp", "x", group="out"), written=f"exp({long})")
    nodes = [source_node("x", (3,)), hidden, operation_node("out", "multiply", "x", "out_1")]
    recording = record(build(nodes, "out"), {"x": np.ones(3)})
    (step,) = replay(zoom(recording, Level.NODE), np.ones(3))
    assert step.edges[0].local.line("dout") == ""
    assert "every road" in step.edges[0].local.numpy("dout")


def test_a_wrong_line_is_noticed():
    with pytest.raises(AssertionError):
        check_line("2 * upstream", {"upstream": np.array([0.5])}, np.array([0.5]))
    with pytest.raises(AssertionError):
        check_line("upstream", {"upstream": np.ones((1, 3))}, np.ones(3))


# --- the text, letter by letter ---------------------------------------------------------------------------

MATRIX, STACK = np.ones((3, 2)), np.ones((2, 3, 2))
XMU, MINUS = Scale("xmu", float), Scale("-1", float)
MEAN = Chain((Scale("1 / 4", float), Spread((4, 3), (0,))))

TEXTS = [
    (PassOn(), "", "dy"),
    (XMU, "* xmu", "xmu * dy"),
    (Scale("2 * xmu", float), "* (2 * xmu)", "(2 * xmu) * dy"),
    (MINUS, "* (-1)", "(-1) * dy"),
    (SumOver((3,), (4, 3)), "sum over axis 0", "np.sum(dy, axis=0)"),
    (SumOver((4, 1), (4, 3)), "sum over axis 1", "np.sum(dy, axis=1, keepdims=True)"),
    (SumOver((), (4, 3)), "sum over axes 0 and 1", "np.sum(dy, axis=(0, 1))"),
    (SumOver((1, 3), (5, 4, 3)), "sum over axes 0 and 1", "np.sum(dy, axis=(0, 1)).reshape((1, 3))"),
    (Spread((4, 3), (0,)), "spread over axis 0", "np.broadcast_to(dy, (4, 3))"),
    (Spread((4, 3), (1,)), "spread over axis 1", "np.broadcast_to(np.expand_dims(dy, (1,)), (4, 3))"),
    (Spread((4, 3), (1,), True), "spread over axis 1", "np.broadcast_to(dy, (4, 3))"),
    (MEAN, "* (1 / 4), spread over axis 0", "np.broadcast_to((1 / 4) * dy, (4, 3))"),
    (Chain((XMU, SumOver((3,), (4, 3)))), "* xmu, sum over axis 0", "np.sum(xmu * dy, axis=0)"),
    (Chain((SumOver((3,), (4, 3)), MINUS)), "sum over axis 0, * (-1)", "(-1) * np.sum(dy, axis=0)"),
    (Chain((XMU, PassOn(), XMU)), "* xmu, * xmu", "xmu * (xmu * dy)"),
    (MatMul(MATRIX, "w", True, (4, 3), (4, 2)), "@ w.T", "dy @ w.T"),
    (MatMul(MATRIX, "x", False, (2, 4), (3, 4)), "x.T @", "x.T @ dy"),
    (Reshape((4, 3), (12,)), "reshape to (4, 3)", "dy.reshape((4, 3))"),
    (Transpose((1, 0)), "transpose back", "dy.T"),
    (Transpose((1, 2, 0)), "transpose back", "np.transpose(dy, (2, 0, 1))"),
    (Take((4, 3), (0,)), "put back in place, zeros elsewhere", "put(dy, (4, 3), (0,))"),
    (Cut(0, 0, 4, 6), "cut out 0:4 of axis 0", "dy[0:4]"),
    (Cut(2, 4, 6, 6), "cut out 4:6 of axis 2", "dy[:, :, 4:6]"),
    (Chain((XMU, Cut(0, 0, 4, 6))), "* xmu, cut out 0:4 of axis 0", "(xmu * dy)[0:4]"),
    (Chain((XMU, Transpose((1, 0)))), "* xmu, transpose back", "(xmu * dy).T"),
    (Chain((XMU, Reshape((2,), (2, 1)))), "* xmu, reshape to (2,)", "(xmu * dy).reshape((2,))"),
]


@pytest.mark.parametrize(("local", "words", "line"), TEXTS, ids=[line for *_, line in TEXTS])
def test_words_and_line(local, words, line):
    assert local.words == words
    assert local.numpy("dy") == line


def test_the_line_of_a_stack_of_matrices_swaps_its_last_axes():
    left = MatMul(STACK, "w", True, (2, 4, 3), (2, 4, 2))
    assert left.numpy("dy") == "dy @ np.swapaxes(w, -1, -2)"


def test_the_line_of_a_broadcast_stack_sums_it_away():
    left = MatMul(STACK, "w", True, (4, 3), (2, 4, 2))
    assert left.numpy("dy") == "np.sum(dy @ np.swapaxes(w, -1, -2), axis=0).reshape((4, 3))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xmu", "xmu"),
        ("x_2", "x_2"),
        ("0.5", "0.5"),
        ("np.pi", "np.pi"),
        ("sqrt(var)", "sqrt(var)"),
        ("np.sum(a, axis=(0, 1))", "np.sum(a, axis=(0, 1))"),
        ("a + b", "(a + b)"),
        ("-1", "(-1)"),
        ("1e-05", "(1e-05)"),
        ("(a + b)", "(a + b)"),
        ("sqrt(a) + sqrt(b)", "(sqrt(a) + sqrt(b))"),
        ("2 * sqrt(a)", "(2 * sqrt(a))"),
        ("np.sum(a).reshape((3,))", "(np.sum(a).reshape((3,)))"),
        ("x[0]", "(x[0])"),
    ],
)
def test_bracketed(text, expected):
    assert bracketed(text) == expected


def test_axes_in_words():
    assert [axes_in_words(axes) for axes in ((), (1,), (0, 2), (0, 1, 3))] == [
        "no axis",
        "axis 1",
        "axes 0 and 2",
        "axes 0, 1 and 3",
    ]


def test_axes_in_code():
    assert [axes_in_code(axes) for axes in ((), (1,), (0, 2))] == ["()", "1", "(0, 2)"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (0, "0"),
        ((0,), "(0,)"),
        ((0, -1), "(0, -1)"),
        ((), "()"),
        (slice(1, 3), "slice(1, 3, None)"),
        (None, "None"),
        (..., "Ellipsis"),
        (np.array([0, 2]), "np.array([0, 2])"),
        ((slice(None), np.array([True])), "(slice(None, None, None), np.array([True]))"),
    ],
)
def test_key_in_code(key, text):
    assert key_in_code(key) == text


@pytest.mark.parametrize(
    ("small", "large", "axes"),
    [
        ((3,), (4, 3), (0,)),
        ((4, 1), (4, 3), (1,)),
        ((), (4, 3), (0, 1)),
        ((4, 3), (4, 3), ()),
        ((1, 3), (1, 3), ()),
        ((1,), (1, 1), (0,)),
        ((1, 3), (5, 4, 3), (0, 1)),
        ((1, 3), (0, 3), (0,)),
        ((), (), ()),
    ],
)
def test_broadcast_axes(small, large, axes):
    assert broadcast_axes(small, large) == axes
