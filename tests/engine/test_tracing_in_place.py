"""Augmented assignment, which changes an array that other names may stand for, too."""

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.tracing import TraceError, trace

from .oracles import assert_close, random_upstream


def drawn(*shape, seed=51):
    return np.random.default_rng(seed).normal(size=shape)


def check(function, *arrays):
    """Hold the traced value against NumPy's, run on copies, since the function writes into its arrays."""
    recording = trace(function, *(array.copy() for array in arrays))
    assert_close(recording.output, function(*(array.copy() for array in arrays)), 1e-14)
    assert prove(recording) == ()
    return recording


def centre(x):
    mu = x.mean(axis=0)
    x -= mu
    return x * x


def test_augmented_assignment_makes_a_new_node():
    recording = check(centre, drawn(4, 3))
    operations = [node for node in recording.graph.nodes if not node.is_source]
    assert [(node.name, node.inputs) for node in operations] == [
        ("mu", ("x",)),
        ("x_2", ("x", "mu")),
        ("out", ("x_2", "x_2")),
    ]


def test_the_gradient_flows_through_both_values_of_the_name():
    recording = check(centre, drawn(4, 3))
    upstream = random_upstream(recording)
    flowing = 2 * recording["x_2"] * upstream
    assert_close(gradients(recording, upstream)["x"], flowing - flowing.mean(axis=0))


def test_every_augmented_operator():
    def function(x, v):
        y = x * 1.0
        y += v
        y *= x
        y -= 0.5
        y /= v * v + 1.0
        y **= 2
        return y

    check(function, drawn(4, 3), drawn(3, seed=52))


def test_augmented_matrix_product():
    def function(x, w):
        x @= w
        return x

    check(function, drawn(4, 3), drawn(3, 3, seed=52))


def test_the_callers_array_is_not_written_into():
    x = drawn(4, 3)
    kept = x.copy()
    trace(centre, x)
    np.testing.assert_array_equal(x, kept)


def test_an_alias_changes_with_it():
    def function(x):
        alias = x
        alias -= 1.0
        return x * 2.0

    check(function, drawn(3))


def test_an_array_in_a_dictionary():
    def function(cache):
        cache["x"] -= cache["x"].mean(axis=0)
        return cache["x"] * 2.0

    recording = trace(function, {"x": drawn(4, 3)})
    assert_close(recording.output, function({"x": drawn(4, 3)}), 1e-14)


def test_a_result_written_into_a_traced_array():
    def function(x):
        y = x * 1.0
        np.multiply(x, 3.0, out=y)
        return y + x

    check(function, drawn(3))


def copied(x):
    y = x.copy()
    y -= 1.0
    return x * y


def copied_by_function(x):
    y = np.copy(x)
    y -= 1.0
    return x * y


def converted(x):
    y = x.astype(float)
    y -= 1.0
    return x * y


def plus(x):
    y = +x
    y -= 1.0
    return x * y


def flattened(x):
    y = x.flatten()
    y -= 1.0
    return x.ravel() * y


@pytest.mark.parametrize("function", [copied, copied_by_function, converted, plus, flattened])
def test_a_copy_does_not_change_its_original(function):
    check(function, drawn(4, 3))


def transposed_view(x):
    y = x.T
    y -= 1.0
    return x * 2.0


def row_view(x):
    row = x[0]
    row -= 1.0
    return x * 2.0


def reshaped_view(x):
    y = x.reshape(-1)
    y -= 1.0
    return x * 2.0


@pytest.mark.parametrize("function", [transposed_view, row_view, reshaped_view])
def test_writing_through_a_view_is_recorded_or_refused_but_never_lost(function):
    try:
        recording = trace(function, drawn(4, 3))
    except TraceError:
        return
    assert_close(recording.output, function(drawn(4, 3)), 1e-14)


def test_a_result_too_large_for_its_array_is_refused_as_numpy_does():
    def function(x, v):
        v += x
        return v

    with pytest.raises(ValueError):
        function(drawn(4, 3), drawn(3))
    with pytest.raises(ValueError):
        trace(function, drawn(4, 3), drawn(3))
