"""Functions written with NumPy, traced and held against NumPy's values and autograd's gradients.

Each takes the module that it computes with: NumPy itself, or autograd's copy of it. Tracing hands it through.
"""

import autograd.numpy as anp
import numpy as np
import pytest

from bn_tutor.engine.graph import record
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.tracing import trace
from bn_tutor.engine.zoom import Level, zoom

from .oracles import assert_close, autograd_gradients, evaluate, random_upstream

MASK = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0], [0.5, 0.0, 1.0]])


def times(y, mask):
    y *= mask
    return y


# name: (function of a module and arrays, the arrays' shapes)
FUNCTIONS = {
    "add": (lambda m, x, v: x + v, [(4, 3), (3,)]),
    "subtract": (lambda m, x, v: v - x, [(4, 3), (3,)]),
    "multiply": (lambda m, x, v: x * v * v, [(4, 3), (4, 1)]),
    "divide": (lambda m, x, v: x / (v * v + 1), [(4, 3), ()]),
    "reflected": (lambda m, x: 2 - x * 3 + 1.5 - 4 * x, [(4, 3)]),
    "reflected divide": (lambda m, x: 3 / (x + 9.0) + 1 / (x + 9.0) + 1.0 / (x - 9.0), [(4, 3)]),
    "powers": (lambda m, x: x**2 + x**3 + (x + 9.0) ** 0.5 + (x + 9.0) ** -1.5 + m.power(x, 2), [(4, 3)]),
    "plain array left": (lambda m, x: MASK * x - MASK, [(4, 3)]),
    "plain array right": (lambda m, x: x / (MASK + 1) + MASK, [(4, 3)]),
    "plain matrix": (lambda m, x: MASK.T @ x, [(4, 2)]),
    "numpy number": (lambda m, x: np.float64(2.5) * x + x * np.float64(0.5), [(4, 3)]),
    "elementwise": (lambda m, x: m.exp(x) + m.tanh(x) + m.square(x) + m.absolute(x), [(4, 3)]),
    "positive": (lambda m, x: m.log(x * x + 1) + m.sqrt(x * x + 1) + m.reciprocal(x * x + 1), [(4, 3)]),
    "named operators": (
        lambda m, x, v: m.add(m.subtract(m.multiply(x, v), v), m.divide(x, 2)),
        [(4, 3), (3,)],
    ),
    "maximum": (lambda m, x, v: m.maximum(x, v) + m.minimum(x, 0.3) + m.maximum(0, x), [(4, 3), (3,)]),
    "sum": (lambda m, x: x.sum() + m.sum(x) + x.sum(axis=0) + m.sum(x, 0), [(4, 3)]),
    "sum keepdims": (lambda m, x: x - x.sum(axis=1, keepdims=True) - m.sum(x, 0, keepdims=True), [(4, 3)]),
    "mean": (lambda m, x: x.mean() + m.mean(x, axis=-1) + x.mean(1) + m.mean(x, axis=(0, 2)), [(3, 3, 3)]),
    "mean of all but channels": (lambda m, x: x - x.mean(axis=(0, 2, 3), keepdims=True), [(2, 3, 2, 2)]),
    "var": (lambda m, x: x.var(axis=0) + m.var(x, axis=0) + x.var() + m.var(x), [(4, 3)]),
    "var keepdims": (lambda m, x: x * x.var(axis=1, keepdims=True) + m.var(x, axis=0, ddof=1), [(4, 3)]),
    "std": (lambda m, x: x.std(axis=0) + m.std(x, axis=0) + m.std(x) + x.std(axis=0, ddof=1), [(4, 3)]),
    "max": (lambda m, x: x.max(axis=0) + m.max(x) + m.max(x, axis=0, keepdims=True), [(4, 3)]),
    "min": (lambda m, x: x.min(axis=0) + m.min(x) + x.min(axis=1, keepdims=True), [(4, 3)]),
    "reshape": (lambda m, x: x.reshape(6, 2) + x.reshape((6, -1)) + m.reshape(x, (6, 2)), [(4, 3)]),
    "ravel": (lambda m, x: x.ravel() * m.ravel(x) + x.reshape(-1), [(4, 3)]),
    "squeeze": (lambda m, x: x.squeeze() * m.squeeze(x) + m.squeeze(x, axis=1), [(4, 1)]),
    "squeeze one axis": (lambda m, x: x.squeeze(axis=0) + x.squeeze(0), [(1, 3, 1)]),
    "transpose tuple": (lambda m, x: x.transpose((1, 2, 0)) * 2, [(2, 3, 4)]),
    "swapaxes": (lambda m, x: x.swapaxes(0, -1) * m.swapaxes(x, 0, 2), [(2, 3, 4)]),
    "clip": (lambda m, x: x.clip(-0.5, 0.5) + m.clip(x, -0.2, 0.7), [(4, 3)]),
    "expand_dims": (lambda m, x: m.expand_dims(x, 0) + m.expand_dims(x, axis=1), [(4, 3)]),
    "where plain condition": (lambda m, x: m.where(MASK > 0, x, 0.1 * x), [(4, 3)]),
    "mask": (lambda m, x: x * (x > 0), [(4, 3)]),
    "masks": (lambda m, x, v: (x >= v) * x - x * (v < x) / 2 + (x <= 0) * 3.0 * v, [(4, 3), (3,)]),
    "mask left of what is plain": (lambda m, x: MASK * (x > 0) * x + (x > 0) * MASK * x, [(4, 3)]),
    "mask as floats": (lambda m, x: x * (x > 0).astype(float) - (x < 1).astype(np.float64) * x, [(4, 3)]),
    "mask in place": (lambda m, x: times(x * 1.0, x > 0), [(4, 3)]),
    "sums of truth values": (lambda m, x: x * ((x > -0.5) + (x > 0.5)) * ((x > 0) * (x > -1)), [(4, 3)]),
    "and, or, not": (lambda m, x: x * ((x > 0) & (x < 1) | ~(x > -1)) * (MASK > 0), [(4, 3)]),
    "mask as an index": (lambda m, x: x[x > 0] * 2 + m.exp(x)[np.logical_and(x > 0, x <= 9)], [(4, 3)]),
    "mask of a mask": (lambda m, x: x * ((x > 0) > (x > 1)), [(4, 3)]),
    "counted": (lambda m, x: x.sum(axis=0) / max(int((x > 0).sum()), 1) * (x > 0).mean(), [(4, 3)]),
    "asked": (lambda m, x: x * 2 if (x > 0).any() and not np.all(x > 0) else x, [(4, 3)]),
    "part of a mask": (lambda m, x: x[0] * (x > 0)[0] * (x > 0)[:, 1].sum() * len(x > 0), [(4, 3)]),
    "number as a mask": (lambda m, x: x * (x.sum() > 0) + float(x.mean() > 0) * x, [(4, 3)]),
    "where of a mask": (lambda m, x: x * m.where(x > 0, 1.0, 0.1), [(4, 3)]),
    "zeros like": (lambda m, x: m.maximum(x, np.zeros(x.shape)) + np.ones((4, 3)) * x, [(4, 3)]),
    "concatenate": (lambda m, x, v: m.concatenate((x, v, MASK), axis=0), [(4, 3), (2, 3)]),
    "concatenate axis": (lambda m, x, v: m.concatenate([x, v], axis=-1) * 2, [(4, 3), (4, 1)]),
    "stack": (lambda m, x, v: m.stack([x, x * v]) + m.stack([v, x[0]])[:, None], [(4, 3), (3,)]),
    "stack axis": (lambda m, x, v: m.stack((x, x + v), axis=1) + m.stack((x, x), axis=-2), [(4, 3), (3,)]),
    "index": (lambda m, x: x[0] * x[-1] + x[1, 2] + x[:, 0].sum(), [(4, 3)]),
    "slices": (lambda m, x: x[1:3] * x[:2] + x[::2, :] + x[2:, None, 0], [(4, 3)]),
    "index arrays": (lambda m, x: x[np.array([0, 2, 0])] + x[[1, 1, 3]], [(4, 3)]),
    "index pairs": (lambda m, x: x[np.arange(4), np.array([0, 2, 1, 0])], [(4, 3)]),
    "boolean index": (lambda m, x: x[MASK > 0] * 2, [(4, 3)]),
    "new axis": (lambda m, x: x[:, None, :] - x[None], [(4, 3)]),
    "ellipsis": (lambda m, x: x[..., 0] + x[..., -1, 0][:, None], [(4, 3, 3)]),
    "matrix and matrix": (lambda m, x, w: x @ w, [(4, 3), (3, 2)]),
    "matrix and vector": (lambda m, x, w: x @ w, [(4, 3), (3,)]),
    "vector and matrix": (lambda m, x, w: x @ w, [(3,), (3, 2)]),
    "vector and vector": (lambda m, x, w: x @ w, [(3,), (3,)]),
    "stack and vector": (lambda m, x, w: x @ w, [(2, 4, 3), (3,)]),
    "vector and stack": (lambda m, x, w: x @ w, [(3,), (2, 3, 4)]),
    "stack and stack": (lambda m, x, w: m.matmul(x, w), [(2, 4, 3), (2, 3, 2)]),
    "chain of methods": (lambda m, x: x.T.reshape(2, -1).sum(axis=0).mean(), [(4, 3)]),
    "builtin sum over rows": (lambda m, x: sum(row * row for row in x), [(4, 3)]),
    "softmax": (lambda m, x: m.exp(x) / m.exp(x).sum(axis=1, keepdims=True), [(4, 3)]),
    "shapes as numbers": (lambda m, x: x.sum(axis=0) / x.shape[0] + x.size + len(x) + x.ndim, [(4, 3)]),
    "an input itself": (lambda m, x: x, [(4, 3)]),
    "signs": (lambda m, x: -x - abs(x), [(4, 3)]),
    "transpose": (lambda m, x: x.T * x.transpose() + m.transpose(x), [(4, 3)]),
    "transpose axes": (lambda m, x: x.transpose((1, 2, 0)) * m.transpose(x, (1, 2, 0)), [(2, 3, 4)]),
    "where": (lambda m, x, v: m.where(x > v, x * v, v) + m.where(x < 0, 0.0, x * x), [(4, 3), (4, 3)]),
    "dot": (lambda m, x, w: m.dot(x, w), [(4, 3), (3, 2)]),
    "dot of vectors": (lambda m, x, w: m.dot(x, w), [(3,), (3,)]),
}
# What autograd does not have, or not in this form. Of the second degree at most, where central differences
# are exact but for rounding.
BEYOND_AUTOGRAD = {
    "plus": (lambda x: +x * x, [(4, 3)]),
    "transpose by numbers": (lambda x: x.transpose(1, 2, 0) * x.T.transpose((1, 0, 2)), [(2, 3, 4)]),
    "transpose by name": (lambda x: np.transpose(x, axes=(1, 2, 0)), [(2, 3, 4)]),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 4, 3)) * 2, [(4, 3)]),
    "where with broadcast": (lambda x, v: np.where(x > v, x, v) + np.where(MASK > 0, v, 0.1), [(4, 3), (3,)]),
    "flatten": (lambda x: x.flatten() * 2, [(4, 3)]),
    "method dot": (lambda x, w: x.dot(w), [(4, 3), (3, 2)]),
    "clip by name": (lambda x: np.clip(x, a_min=-0.5, a_max=0.5), [(4, 3)]),
    "clip from below": (lambda x: np.clip(x, 0.0, None), [(4, 3)]),
    "astype": (lambda x: x.astype(float) * x.astype(np.float64), [(4, 3)]),
    "copies": (lambda x: x.copy() * np.copy(x), [(4, 3)]),
}
every_other = pytest.mark.parametrize(
    ("function", "shapes"), BEYOND_AUTOGRAD.values(), ids=BEYOND_AUTOGRAD.keys()
)
every_function = pytest.mark.parametrize(("function", "shapes"), FUNCTIONS.values(), ids=FUNCTIONS.keys())


def arrays(shapes):
    generator = np.random.default_rng(31)
    return [generator.normal(size=shape) for shape in shapes]


@every_function
def test_value_is_numpys(function, shapes):
    recording = trace(function, np, *arrays(shapes))
    assert_close(recording.output, function(np, *arrays(shapes)), 1e-14)


@every_function
def test_gradients_are_autograds(function, shapes):
    recording = trace(function, np, *arrays(shapes))
    upstream = random_upstream(recording)
    found = gradients(recording, upstream)
    expected = autograd_gradients(lambda *given: function(anp, *given), arrays(shapes), upstream)
    for gradient, reference in zip(found.values(), expected, strict=True):
        assert_close(gradient, reference)


@every_function
def test_every_local_gradient_is_proven(function, shapes):
    assert prove(trace(function, np, *arrays(shapes))) == ()


@every_function
def test_recording_again_gives_the_same(function, shapes):
    recording = trace(function, np, *arrays(shapes))
    again = record(recording.graph, recording.values)
    assert_close(again.output, recording.output, 0.0)


@every_function
def test_every_node_is_written_as_it_computes(function, shapes):
    recording = trace(function, np, *arrays(shapes))
    for node in zoom(recording, Level.NODE).graph.nodes:
        if not node.is_source:
            assert_close(evaluate(node.formula, recording.values), recording[node.name], 1e-14)


def test_masks_that_are_floats_are_added_up():
    """As truth values they would be joined by ``or``: that is what NumPy does, too."""
    (x,) = arrays([(4, 3)])
    recording = trace(lambda x: x * ((x > -1).astype(float) + (x > 0).astype(float)), x)
    np.testing.assert_array_equal(recording.output, x * ((x > -1).astype(float) + (x > 0).astype(float)))
    assert len({*(recording.output / x).ravel().round(9)}) == 2


def relu_backward(x, dout):
    mask = x > 0
    dx = dout * mask
    return dx * 1.0


def test_comparison_is_a_node_with_the_name_of_its_variable():
    generator = np.random.default_rng(12)
    recording = trace(relu_backward, generator.normal(size=(4, 3)), generator.normal(size=(4, 3)))
    written = {node.name: node.formula for node in recording.graph.operations}
    assert written == {"mask": "x > 0", "dx": "dout * mask", "out": "dx * 1.0"}
    assert recording["mask"].dtype == np.float64
    assert not np.any(gradients(recording, random_upstream(recording))["x"])


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (lambda x: x * (x > 0), "x * (x > 0)"),
        (lambda x: np.where(x >= 0, x, 0.1 * x), "where(x >= 0, x, 0.1 * x)"),
        (lambda x: x * (x == 1), "x * (x == 1)"),
        (lambda x: (x != 0) * x, "(x != 0) * x"),
        (lambda x: (x * 2 < 1) * -x, "((x * 2) < 1) * (-x)"),
    ],
)
def test_comparison_within_a_line_is_written_in_brackets(function, formula):
    recording = zoom(trace(function, np.random.default_rng(12).normal(size=(4, 3))), Level.NODE)
    assert recording.graph["out"].formula == formula


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * ~(x > 0),
        lambda x: x * ((x > 0) & (x < 1)),
        lambda x: x * np.logical_or(x > 0, x < -1),
        lambda x: x[x > 0].sum() * x,
        lambda x: x * np.count_nonzero(x > 0),
        lambda x: x * (x > 0).astype(int),
        lambda x: x * (x > 0).T.sum(),
        lambda x: x * np.zeros(3)[(x > 0)[0]].size,
        lambda x: x * sum(bool(each) for row in (x > 0) for each in row),
        lambda x: x * np.array(x > 0),
        lambda x: x * np.stack([x > 0, x < 0])[0],
    ],
)
def test_what_only_looks_at_truth_values_is_as_in_numpy(function):
    (x,) = arrays([(4, 3)])
    np.testing.assert_array_equal(trace(function, x).output, function(x))


def test_mask_that_is_written_over_is_no_longer_its_node():
    def function(x):
        mask = x > 0
        mask &= x < 0.5
        return x * mask

    (x,) = arrays([(4, 3)])
    np.testing.assert_array_equal(trace(function, x).output, function(x))
    assert not np.array_equal(function(x), x * (x > 0))


# --- beyond autograd --------------------------------------------------------------------------------------


def central_difference(function, given, place, upstream, step=1e-4):
    """Return the gradient of <function(*given), upstream> for one array, an element at a time."""
    gradient = np.empty(given[place].shape)
    for index in np.ndindex(gradient.shape):
        moved = [[array.copy() for array in given] for _ in range(2)]
        moved[0][place][index] += step
        moved[1][place][index] -= step
        above, below = (np.sum(function(*each) * upstream) for each in moved)
        gradient[index] = (above - below) / (2 * step)
    return gradient


@every_other
def test_gradients_are_those_of_central_differences(function, shapes):
    recording = trace(function, *arrays(shapes))
    assert_close(recording.output, function(*arrays(shapes)), 1e-14)
    upstream = random_upstream(recording)
    for place, gradient in enumerate(gradients(recording, upstream).values()):
        assert_close(gradient, central_difference(function, arrays(shapes), place, upstream))
