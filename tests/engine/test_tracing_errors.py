"""What cannot be recorded is refused, with the line where it stands."""

import math
import sys

import numpy as np
import pytest

from bn_tutor.engine.tracing import TraceError, trace

X = np.random.default_rng(61).normal(size=(4, 3))

# In each function the fault stands two lines below the def.


def item_assignment(x):
    y = x * 2.0
    y[0] = 0.0
    return y


def augmented_item(x):
    y = x * 2.0
    y[0] -= 1.0
    return y


def row_into_plain_array(x):
    y = np.zeros((4, 3))
    y[0] = x[0]
    return y


def number_into_plain_array(x):
    y = np.zeros(4)
    y[0] = x[0].mean()
    return y


def out_into_plain_array(x):
    y = np.zeros((4, 3))
    np.multiply(x, 2.0, out=y)
    return y


def augmented_plain_array(x):
    y = np.zeros((4, 3))
    y += x
    return y


def fourier(x):
    y = x * 2.0
    return np.fft.fft(y)


def einsum(x):
    y = x * 2.0
    return np.einsum("ij->j", y)


def unknown_ufunc(x):
    y = x * 2.0
    return np.arctan(y)


def floor_division(x):
    y = x * 2.0
    return y // 2


def ufunc_method(x):
    y = x * 2.0
    return np.add.reduce(y)


def ufunc_keyword(x):
    y = x * 2.0
    return np.add(y, 1.0, where=X > 0)


def float_of_array(x):
    y = x.mean()
    return x * float(y)


def int_of_array(x):
    y = x.mean()
    return x * int(y)


def math_function(x):
    y = x.var()
    return x / math.sqrt(y)


def array_of_arrays(x):
    y = x[0]
    return np.array([y, y])


def plain_array(x):
    y = x * 2.0
    return np.asarray(y)


def whole_numbers(x):
    y = x * 2.0
    return y.astype(int)


def traced_exponent(x):
    y = x.mean()
    return x**y


def array_exponent(x):
    y = x * 2.0
    return y ** np.array([1.0, 2.0, 3.0])


def wrong_shapes(x):
    y = x[:, 0]
    return x + y


def wrong_axis(x):
    y = x * 2.0
    return y.sum(axis=2)


def parts_of_different_dimensions(x):
    y = x[:, 0]
    return np.concatenate((x, y), axis=1)


def text(x):
    y = x * 2.0
    return y + "a"


def nothing_at_all(x):
    y = x * 2.0
    return y * None


FAULTS = [
    (item_assignment, "a write into an array cannot be recorded: build a new array instead"),
    (augmented_item, "a write into a view would change another array too: build a new one"),
    (row_into_plain_array, "its gradient would be lost"),
    (number_into_plain_array, "its gradient would be lost"),
    (out_into_plain_array, "the result is written into a plain array: its gradient would be lost"),
    (augmented_plain_array, "the result is written into a plain array: its gradient would be lost"),
    (fourier, "fft is not an operation that can be recorded"),
    (einsum, "np.einsum is not an operation that can be recorded"),
    (unknown_ufunc, "np.arctan is not an operation that can be recorded"),
    (floor_division, "np.floor_divide is not an operation that can be recorded"),
    (ufunc_method, "np.add.reduce"),
    (ufunc_keyword, "where"),
    (float_of_array, "the value is turned into float(): its gradient would be lost"),
    (int_of_array, "the value is turned into int(): its gradient would be lost"),
    (math_function, "the value is turned into float(): its gradient would be lost"),
    (array_of_arrays, "the value is turned into a plain array: its gradient would be lost"),
    (plain_array, "the value is turned into a plain array: its gradient would be lost"),
    (whole_numbers, "would lose the gradient"),
    (traced_exponent, "its gradient would be lost"),
    (array_exponent, "an exponent must be one number"),
    (wrong_shapes, "shape"),
    (wrong_axis, "axis 2 is out of bounds for an array of 2 dimensions"),
    (parts_of_different_dimensions, "(4, 3), (4,)"),
    (text, "str is not an array of numbers"),
    (nothing_at_all, "NoneType is not an array of numbers"),
]


@pytest.mark.parametrize(("function", "reason"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_the_reason_and_the_line(function, reason):
    with pytest.raises(TraceError) as caught:
        trace(function, X)
    line = function.__code__.co_firstlineno + 2
    assert reason in caught.value.reason
    assert caught.value.line == line
    assert str(caught.value) == f"line {line}: {caught.value.reason}"


def test_a_fault_in_a_helper_is_reported_at_the_line_that_calls_it():
    def helper(y):
        return np.fft.fft(y)

    def function(x):
        y = x * 2.0
        return helper(y)

    with pytest.raises(TraceError) as caught:
        trace(function, X)
    assert caught.value.line == function.__code__.co_firstlineno + 2


@pytest.mark.parametrize(
    "function",
    [lambda x: None, lambda x: 3.0, lambda x: (), lambda x: "x", lambda x: np.ones(3), lambda x: iter([x])],
)
def test_returning_nothing_that_was_computed(function):
    with pytest.raises(TraceError) as caught:
        trace(function, X)
    assert str(caught.value) == "the function returns no array that was computed from its inputs"
    assert caught.value.line is None


def test_a_constant_may_become_a_plain_number_or_array():
    def function(x, eps, counts):
        return x * float(eps) + np.asarray(counts).sum() + math.sqrt(eps)

    recording = trace(function, X, 0.25, np.array([1, 2]))
    np.testing.assert_allclose(recording.output, X * 0.25 + 3.5)


def test_wrong_arguments_are_the_callers_error():
    with pytest.raises(TypeError):
        trace(item_assignment)


def test_what_the_function_raises_itself_comes_through():
    def function(x):
        raise KeyError("running_mean")

    with pytest.raises(KeyError, match="running_mean"):
        trace(function, X)


# --- the interpreter is left as it was --------------------------------------------------------------------


def failing(x):
    raise ZeroDivisionError


def watching(frame, event, argument):
    return None


@pytest.fixture
def restored_trace():
    earlier = sys.gettrace()
    yield
    sys.settrace(earlier)


@pytest.mark.parametrize("watcher", [None, watching])
@pytest.mark.parametrize(
    ("function", "error"), [(failing, ZeroDivisionError), (fourier, TraceError), (lambda x: None, TraceError)]
)
def test_the_trace_function_is_restored_after_an_exception(restored_trace, watcher, function, error):
    sys.settrace(watcher)
    with pytest.raises(error):
        trace(function, X)
    assert sys.gettrace() is watcher


@pytest.mark.parametrize("watcher", [None, watching])
def test_the_trace_function_is_restored_after_a_recording(restored_trace, watcher):
    sys.settrace(watcher)
    trace(lambda x: x * 2.0, X)
    assert sys.gettrace() is watcher


def test_a_second_recording_knows_nothing_of_the_first():
    first = trace(lambda x: x * 2.0 + 1.0, X)
    second = trace(lambda x: x * 2.0, X)
    assert [node.name for node in second.graph.nodes] == ["x", "2.0", "out"]
    assert len(first.graph.nodes) == 5
