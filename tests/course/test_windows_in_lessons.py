"""conv2d and max_pool2d in the lesson language: how they are written, what is refused, and their bounds."""

import tracemalloc
from time import perf_counter

import numpy as np
import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.expression import Lowering, lower, named_nodes
from bn_tutor.course.loading import LessonError, record, upstream_of
from bn_tutor.course.problem import SlipError
from bn_tutor.course.shaping import MOST_ELEMENTS
from bn_tutor.engine.graph import record as run
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.zoom import Level, zoom

from .lessons import parsed

NAMES = {"x": (2, 3, 6, 5), "w": (4, 3, 3, 2)}
SIZES = {"N": 2, "C": 3, "S": 2}


def lowering(text):
    return Lowering("out", text, NAMES, SIZES, line=7)


WRITTEN = {
    "conv2d(x, w)": ("conv2d", {}, "conv2d(x, w)"),
    "conv2d(x, w, 2)": ("conv2d", {"stride": 2}, "conv2d(x, w, stride=2)"),
    "conv2d(x, w, S, S - 1)": ("conv2d", {"stride": 2, "padding": 1}, "conv2d(x, w, stride=2, padding=1)"),
    "conv2d(x, w, padding=1)": ("conv2d", {"padding": 1}, "conv2d(x, w, padding=1)"),
    "conv2d(x, w, padding=0, stride=1)": ("conv2d", {"stride": 1, "padding": 0}, "conv2d(x, w, stride=1)"),
    "max_pool2d(x, 2)": ("max_pool2d", {"size": 2}, "max_pool2d(x, 2)"),
    "max_pool2d(x, size=S)": ("max_pool2d", {"size": 2}, "max_pool2d(x, 2)"),
    "max_pool2d(x, 3, 1)": ("max_pool2d", {"size": 3, "stride": 1}, "max_pool2d(x, 3, stride=1)"),
    "max_pool2d(x, stride=1, size=3)": (
        "max_pool2d",
        {"size": 3, "stride": 1},
        "max_pool2d(x, 3, stride=1)",
    ),
    "x.max_pool2d(2)": ("max_pool2d", {"size": 2}, "max_pool2d(x, 2)"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_how_it_is_written(text):
    name, told, formula = WRITTEN[text]
    (node,) = named_nodes(lowering(text))
    assert (node.operation.name, node.parameters, node.formula) == (name, told, formula)


WHOLE = "must be a whole number"
REFUSED = {
    "conv2d(x)": ("conv2d takes 2 inputs, not 1", 0),
    "conv2d(x, w, 0.5)": (f"stride {WHOLE}", 13),
    "conv2d(x, w, 1, true)": (f"padding {WHOLE}", 16),
    "conv2d(x, w, padding=(1, 1))": (f"padding {WHOLE}", 21),
    "conv2d(x, w, padding=none)": (f"padding {WHOLE}", 21),
    "conv2d(x, w, size=2)": ("conv2d takes no (second) size", 13),
    "conv2d(x, w, 1, 1, 1)": ("conv2d takes no further argument", 19),
    "conv2d(x, w, w)": ("this argument must be a number, not a node", 13),
    "max_pool2d(x)": ("max_pool2d needs size", 0),
    "max_pool2d(x, stride=2)": ("max_pool2d needs size", 0),
    "max_pool2d(x, 2.5)": (f"size {WHOLE}", 14),
    "max_pool2d(x, (2, 2))": (f"size {WHOLE}", 14),
    "max_pool2d(x, 2, padding=1)": ("max_pool2d takes no (second) padding", 17),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(SlipError) as caught:
        lower(lowering(text))
    slip = caught.value
    assert (slip.code, slip.message, slip.column) == (Code.WRONG_ARGUMENT, *REFUSED[text])


# --- a lesson ---------------------------------------------------------------------------------------------

FRONT = """\
+++
format = 1
title = "A small convolutional network"

[sizes]
N = 3
F = 4

[inputs]
x = { shape = ["N", 2, 6, 7] }
w = { shape = ["F", 2, 3, 2] }
b = { shape = ["F"] }
v = { shape = [24, 2] }
+++
"""
NETWORK = (
    "conv = conv2d(x, w, padding=1) + reshape(b, (1, F, 1, 1))",
    "act = relu(conv)",
    "pool = max_pool2d(act, 3, stride=2)",
    "out = reshape(pool, (N, 24)) @ v",
)


def with_lines(*lines):
    return FRONT + "\n".join(["```graph", *lines, "```", ""])


def refusal(text):
    """Return the one thing that a recording complains about, as it is printed."""
    with pytest.raises(LessonError) as caught:
        record(parsed(text))
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize("level", Level)
def test_a_network_is_recorded_and_proven(level):
    recording = record(parsed(with_lines(*NETWORK)))
    assert recording["pool"].shape == (3, 4, 2, 3)
    assert prove(zoom(recording, level)) == ()


def test_its_gradients_are_slopes():
    recording = record(parsed(with_lines(*NETWORK)))
    graph, values = recording.graph, dict(recording.values)
    upstream = upstream_of(recording.output.shape, 0)
    found = gradients(recording, upstream)
    sources = {node.name: values[node.name] for node in graph.sources}
    for name in ("x", "w", "b", "v"):
        tangent = np.random.default_rng(3).normal(size=values[name].shape)
        ahead, behind = (
            run(graph, {**sources, name: values[name] + step * tangent}).output for step in (1e-6, -1e-6)
        )
        slope = np.sum((ahead - behind) * upstream) / 2e-6
        assert np.sum(found[name] * tangent) == pytest.approx(slope, rel=1e-6), name


MISFITS = {
    "conv2d(x, b)": "conv2d takes filters of 4 axes, (filters, channels, rows, columns), not (4,)",
    "conv2d(w, x)": "conv2d: a window of 6 by 7 is larger than the images, 3 by 2",
    "conv2d(x[:, :1], w)": "conv2d: channels must agree: 1 in the images, 2 in the filters",
    "conv2d(x, w, stride=0)": "conv2d: stride 0 is below 1",
    "conv2d(x, w, padding=-1)": "conv2d: padding -1 is below 0",
    "max_pool2d(x, 0)": "max_pool2d: size 0 is below 1",
    "max_pool2d(x, 7)": "max_pool2d: a window of 7 by 7 is larger than the images, 6 by 7",
}


@pytest.mark.parametrize("formula", MISFITS)
def test_shapes_that_do_not_fit_are_told_at_their_line(formula):
    assert (
        refusal(with_lines(f"out = {formula}"))
        == f"lesson.md:16:7: error[shapes-disagree]: {MISFITS[formula]}"
    )


# --- bounds -----------------------------------------------------------------------------------------------

BILLION = 1_000_000_000
TOO_LARGE = {
    # The result is too large, and one of a few numbers that would need an array of that size.
    "padding": f"conv2d(x, w, padding={BILLION})",
    "padding and stride": f"conv2d(x, w, stride={BILLION}, padding={BILLION})",
    "padding of a million": "conv2d(x, w, stride=1_000_000, padding=1_000_000)",
    "inside a line": f"1 + sum(conv2d(x, w, stride={BILLION}, padding={BILLION}))",
    # Each array is allowed, their windows are not.
    "windows": "conv2d(broadcast_to(0, (1, 1, 4000, 4000)), broadcast_to(0, (1, 1, 2000, 2000)))",
    "windows of a pool": "max_pool2d(broadcast_to(0, (1, 1, 4000, 4000)), 2000, 1)",
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_is_too_large_is_refused_before_it_is_computed(case):
    tracemalloc.start()
    started = perf_counter()
    try:
        problem = refusal(with_lines(f"out = {TOO_LARGE[case]}"))
        assert tracemalloc.get_traced_memory()[1] < 8 * MOST_ELEMENTS // 10
    finally:
        tracemalloc.stop()
    assert perf_counter() - started < 1.0
    assert problem.startswith("lesson.md:16:")
    assert "error[too-large]" in problem
    assert problem.endswith("more than is computed here")


def test_a_typed_formula_is_refused_before_it_is_computed():
    values = {"x": np.ones((1, 1, 4, 4)), "w": np.ones((1, 1, 3, 3))}
    with pytest.raises(SlipError) as caught:
        evaluate(f"conv2d(x, w, {BILLION}, {BILLION})", values, {})
    assert caught.value.code is Code.TOO_LARGE
    np.testing.assert_array_equal(evaluate("conv2d(x, w, 1, 1)", values, {})[0, 0, 0], [4.0, 6.0, 6.0, 4.0])
