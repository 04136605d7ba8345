"""NumPy as people type it means in the lesson language what NumPy makes of it; all else is refused."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.expression import Lowering, lower
from bn_tutor.course.lint import lint
from bn_tutor.course.problem import SlipError

GENERATOR = np.random.default_rng(11)
VALUES = {
    "x": GENERATOR.normal(size=(4, 3)),
    "y": GENERATOR.normal(size=(4, 3)),
    "w": GENERATOR.normal(size=(3, 5)),
    "v": GENERATOR.normal(size=3),
    "t": GENERATOR.normal(size=(2, 4, 3)),
    "s": np.asarray(0.7),
}
SIZES = {"N": 4, "D": 3, "axes": (0, 1)}


def by_numpy(text):
    """Run a formula as Python does, on NumPy itself: the oracle."""
    return np.asarray(eval(text, {"np": np, "numpy": np, **VALUES, **SIZES}))


def assert_is_numpys(text):
    value, expected = evaluate(text, VALUES, SIZES), by_numpy(text)
    assert value.shape == expected.shape
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)


def nodes_of(text):
    """Return the operations and literals that a line becomes."""
    lowering = Lowering("out", text, {name: value.shape for name, value in VALUES.items()}, SIZES)
    result = lower(lowering)
    return result, [
        (node.operation.name, node.inputs, {**node.parameters}, node.formula) for node in lowering.nodes
    ]


# --- what people type -------------------------------------------------------------------------------------

TYPED = [
    "x * (y > 0)",
    "(x >= 0) * y - (x < y) + (0 <= x)",
    "np.where(y > 0, x, 0)",
    "np.where(x > y, x, y).max(axis=0)",
    "(x * y).sum(axis=0)",
    "np.sum(x * y, axis=0)",
    "numpy.sum(x, 0)",
    "x.sum(0)",
    "x.sum()",
    "x.sum(axis=(0, 1), keepdims=True)",
    "x.sum(axes)",
    "x.sum(axis=x.ndim - 1)",
    "x.mean(0)",
    "x.mean(axis=-1, keepdims=True)",
    "x.max(1)",
    "np.max(x, axis=1, keepdims=True)",
    "np.amax(x)",
    "w.T",
    "x @ w.T.T",
    "(x.T @ y).T",
    "t.T",
    "x.transpose()",
    "t.transpose(1, 2, 0)",
    "t.transpose((1, 2, 0))",
    "np.transpose(t, axes=(1, 2, 0))",
    "x.reshape(3, 4)",
    "x.reshape(-1, 3)",
    "x.reshape((2, -1))",
    "x.reshape(-1)",
    "x.reshape(12)",
    "x.reshape(y.shape)",
    "x.reshape(t.shape[1:])",
    "x.reshape(x.shape[::-1])",
    "x.reshape(x.shape[1], x.shape[0])",
    "np.reshape(x, [3, 4])",
    "x.flatten() + np.ravel(x) + x.ravel()",
    "x / x.shape[0]",
    "x / x.shape[-1] * t.shape[0]",
    "x / len(x)",
    "x * x.size + x.ndim - np.size(x) * np.ndim(x)",
    "x / (x * y).shape[0] + (x @ w).size",
    "x / np.shape(x)[0]",
    "s.ndim * x + s.size",
    "np.dot(x, w)",
    "x.dot(w)",
    "np.dot(x.T, y)",
    "x.T.dot(y)",
    "np.dot(x - x.mean(axis=0), w)",
    "np.matmul(x, w)",
    "np.zeros_like(x)",
    "np.ones_like(x) / N * v",
    "np.zeros_like(x.sum(axis=0)) + x",
    "np.zeros(3) + np.ones(x.shape) + np.ones((N, D))",
    "np.zeros_like(x, dtype=float) + np.ones((N, D), dtype=np.float64)",
    "np.square(x) + np.sqrt(np.square(y)) + np.abs(x) + np.absolute(x)",
    "np.multiply(x, y) + np.subtract(x, y) - np.add(x, v) + np.divide(x, np.exp(y))",
    "np.true_divide(x, 2) + np.negative(x) + np.reciprocal(x) + np.power(x, 3)",
    "np.maximum(0, x) + np.minimum(x, 0) + np.tanh(x) + np.log(np.exp(x))",
    "np.greater(x, y) * x + np.less_equal(x, y) * y",
    "x * (y == y.max(axis=0)) + (x != x[0]) * y",
    "np.equal(x, x.T[0][:, None]) * x + np.not_equal(x, x[0])",
    "x.sum(axis=0, keepdims=1) + np.mean(y, axis=0, keepdims=0)",
    "np.array(x) + np.asarray(x.T).T + np.copy(x) + x.copy()",
    "(x > 0).astype(float) * y",
    "(x > 0).astype(np.float64) + (x > 0).astype(y.dtype) + (x > 0).astype('float')",
    "x.clip(-0.5, 0.5) + np.clip(x, 0, 1)",
    "np.concatenate((x, y), axis=1)",
    "np.concatenate([x, y, 2 * x])",
    "np.concatenate((x, y), 1)",
    "np.broadcast_to(v, (N, D))",
    "np.broadcast_to(v, x.shape)",
    "v[None, :] * x",
    "x.sum(axis=1)[:, None] + x.sum(axis=1)[:, np.newaxis]",
    "np.take(x, (0, 2), axis=1) + x.take((0, 2), axis=1)",
    "x.mean(axis=0, dtype=float)",
    "((x * v).sum(axis=0) / N).reshape(1, D)",
    "-x.sum(0) ** 2",
    "x[1:].sum(0)[0] * x.T[0].sum()",
]


@pytest.mark.parametrize("text", TYPED)
def test_formula_comes_to_what_numpy_makes_of_it(text):
    assert_is_numpys(text)


MEANT = {
    "x.sum(axis=0)": "sum(x, axis=0)",
    "np.sum(x, 0)": "sum(x, 0)",
    "x.T": "transpose(x)",
    "x.reshape(4, 3)": "reshape(x, (4, 3))",
    "np.dot(x, w)": "x @ w",
    "x.dot(w)": "x @ w",
    "x / x.shape[0]": "x / 4",
    "np.array(x * y)": "x * y",
    "(x > 0).astype(float)": "x > 0",
    "np.concatenate((x, y), 1)": "concatenate(x, y, axis=1)",
    "np.zeros_like(x)": "broadcast_to(0, (4, 3))",
    "np.ones_like(x * y)": "broadcast_to(1, (4, 3))",
    "x.flatten()": "reshape(x, -1)",
    "t.transpose(1, 2, 0)": "transpose(t, (1, 2, 0))",
    "(x * y).shape[0] * x": "4 * x",
}


@pytest.mark.parametrize("text", MEANT)
def test_line_has_the_very_nodes_and_formulas_of_the_one_in_plain_words(text):
    assert nodes_of(text) == nodes_of(MEANT[text])


def test_node_keeps_the_text_that_was_typed():
    lowering = Lowering("out", "2 * (x * y).sum(axis=0).T + (x > 0)[0]", VALUES, SIZES)
    lower(lowering)
    written = [node.written for node in lowering.nodes if not node.is_source]
    assert written == [
        "x * y",
        "(x * y).sum(axis=0)",
        "(x * y).sum(axis=0).T",
        "2 * (x * y).sum(axis=0).T",
        "x > 0",
        "(x > 0)[0]",
        "2 * (x * y).sum(axis=0).T + (x > 0)[0]",
    ]


@pytest.mark.parametrize("text", ["x.shape[0]", "x.size", "x.ndim", "len(x)", "(x @ w).shape[1]", "N > D"])
def test_number_of_a_shape_leaves_no_node(text):
    result, nodes = nodes_of(text)
    assert (result, nodes) == (by_numpy(text), [])


def test_node_called_np_is_no_module():
    values = {"np": VALUES["x"]}
    np.testing.assert_allclose(evaluate("np.sum(0)", values, {}), VALUES["x"].sum(0))
    with pytest.raises(SlipError):
        evaluate("np.sum(np, 0)", values, {})


def test_shape_of_a_line_that_is_wrong_is_not_known():
    known = {"x": (4, 3), "wrong": None}
    assert lower(Lowering("out", "wrong.sum(axis=0)", known, {}))
    assert lower(Lowering("out", "wrong.dot(x)", known, {}))
    with pytest.raises(SlipError) as caught:
        lower(Lowering("out", "x / wrong.shape[0]", known, {}))
    assert (caught.value.message, caught.value.column) == ("the shape of this is not known", 4)


# --- what is refused --------------------------------------------------------------------------------------

ARE = "x.T, x.shape and x.sum(axis=0) are"
FLOATS = "leave it out: all numbers are floats"
VARIANCE = "mean((x - mean(x, axis=0)) ** 2, axis=0)"
ARGUMENT = "axis=..., or a shape"
COPIES = "write x * ones((N, D)), or broadcast_to(x, (N, D))"
BRACKETS = "write a shape in brackets: (4, 3)"
DOT = "write sum(a * b) for vectors, a * b for numbers, a @ b for stacks"
NOT = Code.NOT_IN_LANGUAGE
REFUSED = {
    "y + x.var(axis=0)": (NOT, ".var is not part of the language", 6, f"write {VARIANCE}"),
    "np.std(x)": (Code.UNKNOWN_OPERATION, "there is no operation std", 0, f"write sqrt({VARIANCE})"),
    "y + np.min(x)": (Code.UNKNOWN_OPERATION, "there is no operation min", 4, "write -max(-x)"),
    "np.summ(x)": (Code.UNKNOWN_OPERATION, "there is no operation summ", 0, "did you mean sum?"),
    "np.array([1, 2])": (
        Code.UNKNOWN_OPERATION,
        "there is no operation array",
        0,
        "use the names that there are: numbers cannot be listed",
    ),
    "(x > 0).astype(int)": (NOT, ".astype is not part of the language", 8, FLOATS),
    "x.astype(np.float32)": (NOT, ".astype is not part of the language", 2, FLOATS),
    "x.astype(open(y))": (NOT, ".astype is not part of the language", 2, FLOATS),
    "x.tofile(y)": (NOT, ".tofile is not part of the language", 2, ARE),
    "(x * y).tofile(y)": (NOT, ".tofile is not part of the language", 8, ARE),
    "np.linalg.norm(x)": (NOT, ".norm is not part of the language", 10, "write sqrt(sum(x ** 2))"),
    "np.linalg.sum(x)": (
        NOT,
        ".linalg is not part of the language",
        3,
        "there are @, sum and sqrt: the norm is sqrt(sum(x ** 2))",
    ),
    "y + np.tile(v, (N, 1))": (Code.UNKNOWN_OPERATION, "there is no operation tile", 4, COPIES),
    "x.repeat(2)": (NOT, ".repeat is not part of the language", 2, COPIES),
    "x * np.broadcast_to(y, (2, 5, 3))": (
        Code.SHAPES_DISAGREE,
        "(4, 3) does not broadcast to (2, 5, 3)",
        0,
        "",
    ),
    "x.sum(axis=0, keepdims=2)": (Code.WRONG_ARGUMENT, "keepdims must be true or false", 23, ""),
    "x.__class__.__bases__[0]": (NOT, ".__bases__ is not part of the language", 12, ARE),
    "x.__class__.shape[0]": (NOT, ".__class__ is not part of the language", 2, ARE),
    "x.T.__class__": (NOT, ".__class__ is not part of the language", 4, ARE),
    "np.pi * x": (NOT, ".pi is not part of the language", 3, ARE),
    "np + 1": (Code.UNKNOWN_NAME, "np is not defined before this line", 0, ""),
    "np.sum(q)": (Code.UNKNOWN_NAME, "q is not defined before this line", 7, ""),
    "x + q.sum(axis=0)": (Code.UNKNOWN_NAME, "q is not defined before this line", 4, ""),
    "x + y.sum(axes=0)": (Code.WRONG_ARGUMENT, "sum takes no (second) axes", 10, "did you mean axis?"),
    "x.reshape(4, y)": (Code.WRONG_ARGUMENT, "this argument must be a number, not a node", 13, ""),
    "x.reshape(*y)": (NOT, "a star before an argument is not part of the language", 10, ""),
    "x.reshape()": (Code.WRONG_ARGUMENT, "reshape needs shape", 0, ""),
    "np.reshape(x, 4, 3)": (Code.WRONG_ARGUMENT, "reshape takes no further argument", 17, BRACKETS),
    "np.zeros(4, 3)": (Code.UNKNOWN_OPERATION, "there is no operation zeros", 0, "write zeros((N, D))"),
    "np.zeros(0.5)": (Code.WRONG_ARGUMENT, "shape must be a whole number, or some in brackets", 9, ""),
    "np.concatenate((x, y), 0, axis=1)": (
        Code.WRONG_ARGUMENT,
        "concatenate takes no (second) axis",
        26,
        "did you mean axis?",
    ),
    "np.concatenate((x, y), 0, 1)": (
        Code.WRONG_ARGUMENT,
        "concatenate takes no (second) axis",
        26,
        "did you mean axis?",
    ),
    "x + y.shape": (
        Code.WRONG_ARGUMENT,
        "this stands for (4, 3), which can only be an argument",
        4,
        ARGUMENT,
    ),
    "x + y.shape[2]": (Code.WRONG_ARGUMENT, "the shape is (4, 3), which has no place 2", 4, ""),
    "x.shape[0, 1] * x": (Code.WRONG_ARGUMENT, "a shape has one index", 0, ""),
    "x.reshape(x.shape[::0])": (Code.WRONG_ARGUMENT, "the step of a slice is not 0", 10, ""),
    "y.shape[x]": (Code.WRONG_ARGUMENT, "this argument must be a number, not a node", 8, ""),
    "y + (x @ x).shape[0]": (
        Code.SHAPES_DISAGREE,
        "matmul: the 3 columns of the left do not meet the 4 rows of the right",
        5,
        "",
    ),
    "q.shape[0] * x": (Code.UNKNOWN_NAME, "q is not defined before this line", 0, ""),
    "x + v.dot(v)": (Code.SHAPES_DISAGREE, "dot takes two matrices: this has the shape (3,)", 4, DOT),
    "np.dot(x, t)": (Code.SHAPES_DISAGREE, "dot takes two matrices: this has the shape (2, 4, 3)", 10, DOT),
    "np.dot(2, x)": (Code.SHAPES_DISAGREE, "dot takes two matrices: this has the shape ()", 7, DOT),
    "np.dot(x, x * v * t)": (
        Code.SHAPES_DISAGREE,
        "dot takes two matrices: this has the shape (2, 4, 3)",
        10,
        DOT,
    ),
    "np.dot(x)": (Code.WRONG_ARGUMENT, "dot takes two matrices", 0, "write a @ b"),
    "x[y > 0]": (
        NOT,
        "to pick by a comparison is not part of the language",
        2,
        "use where(y > 0, x, 0) or x * (y > 0)",
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_formula_is_refused_with_its_reason_the_column_of_what_was_typed_and_a_hint(text):
    with pytest.raises(SlipError) as caught:
        evaluate(text, VALUES, SIZES)
    slip = caught.value
    assert (slip.code, slip.message, slip.column, slip.hint) == REFUSED[text]


@pytest.mark.parametrize(
    "text",
    [
        "open('/etc/passwd')",
        "np.load('/etc/passwd')",
        "np.fromfile('/etc/passwd')",
        "np.save('a', x)",
        "x.dump('a')",
        "x.tofile('a')",
        "np.array('x')",
        "np.asarray(x, 'i')",
        "np.ctypeslib.load_library('a', 'b')",
        "x.astype('O')",
        "x.base",
        "x.ctypes.data",
        "x.setflags(1)",
        "getattr(x, 'T')",
        "np.__dict__['load']",
        "(lambda: x)().T",
        "x.sum.__self__",
        "x.T.T.real",
        "np.np.sum(x)",
        "f'{x}'.shape",
        "[x, y].shape",
        "(x, y).T",
        "np.vectorize(x)(y)",
        "x.shape.sum()",
    ],
)
def test_what_could_look_or_reach_outside_is_refused(text):
    with pytest.raises(SlipError):
        evaluate(text, VALUES, SIZES)


HOSTILE = {
    "transposes": "x" + ".T" * 400,
    "methods": "x" + ".copy()" * 130,
    "dots side by side": f"concatenate({', '.join(['dot(x,w)'] * 100)})",
    "dots inside each other": "x.dot(" * 30 + "w" + ")" * 30,
    "shapes inside each other": "zeros_like(" * 36 + "x" + ")" * 36,
    "shapes of shapes": "x.reshape(" * 16 + "x" + ".shape)" * 16,
    "shapes side by side": f"reshape(x, ({'(x*y).shape[0], ' * 55}))",
    "new axes": f"x[{'None, ' * 150}]",
    "a new axis at a time": "x" + "[None]" * 35,
    "large zeros": "zeros((1000000, 1000000, 1000000))",
    "large shape": "broadcast_to(s, (1000000, 1000000, 1000000)).size * x",
    "comparisons": "x" + " > x" * 200,
    "nested comparisons": "(" * 60 + "x" + " > x)" * 60,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_formula_is_refused_or_answered_soon(name):
    start = perf_counter()
    try:
        evaluate(HOSTILE[name], VALUES, SIZES)
    except SlipError as slip:
        assert 0 <= slip.column <= len(HOSTILE[name])
    assert perf_counter() - start < 1.0


# --- any formula, in NumPy's words ------------------------------------------------------------------------

leaves = st.sampled_from(
    ["x", "y", "v", "s", "t", *map("np.asarray({})".format, (2, 0.5, "x.shape[0]", "len(y)"))]
)
unary = st.sampled_from(["tanh", "abs", "square", "negative", "absolute", "zeros_like", "ones_like", "copy"])
binary = st.sampled_from(["add", "subtract", "multiply", "maximum", "minimum"])
comparing = st.sampled_from(["greater", "less_equal"])
signs = st.sampled_from(["+", "-", "*", "/"])
comparisons = st.sampled_from([">", ">=", "<", "<="])
reducing = st.sampled_from(["sum", "mean", "max"])
axes = st.sampled_from(["", "0", "axis=0", "axis=-1", "axis=(0, 1)", "axis=0, keepdims=True", "1"])
tails = st.sampled_from([".T", ".flatten()", ".copy()", ".astype(float)", ".reshape(-1)", "[None]", "[0]"])


def longer(inner):
    """Return forms that hold others, as functions, methods and attributes."""
    return st.one_of(
        st.tuples(unary, inner).map("np.{0[0]}({0[1]})".format),
        st.tuples(binary, inner, inner).map("np.{0[0]}({0[1]}, {0[2]})".format),
        st.tuples(inner, signs, inner).map("(({0[0]}) {0[1]} ({0[2]}))".format),
        # To NumPy a sum of two truth values is another one; here they are numbers.
        st.tuples(inner, comparisons, inner).map("((({0[0]}) {0[1]} ({0[2]})) * 1.0)".format),
        st.tuples(comparing, inner, inner).map("np.{0[0]}({0[1]}, {0[2]}).astype(float)".format),
        st.tuples(reducing, inner, axes).map("np.{0[0]}({0[1]}, {0[2]})".format),
        st.tuples(reducing, inner, axes).map("({0[1]} * 1.0).{0[0]}({0[2]})".format),
        st.tuples(inner, tails).map("({0[0]} * x){0[1]}".format),
        st.tuples(inner, inner, inner).map("np.where({0[0]}, {0[1]}, {0[2]})".format),
        st.tuples(inner, inner).map("np.dot({0[0]} * x, ({0[1]} * y).T)".format),
    )


@given(st.recursive(leaves, longer, max_leaves=6))
def test_any_formula_of_these_forms_comes_to_what_numpy_makes_of_it(text):
    """What NumPy refuses is refused, too; the language is stricter about axes and shapes."""
    with np.errstate(all="ignore"):
        try:
            expected = by_numpy(text)
        except (ValueError, TypeError, IndexError, AttributeError):
            expected = None
        try:
            value = evaluate(text, VALUES, SIZES)
        except SlipError:
            return
    assert expected is not None, text
    assert value.shape == expected.shape, text
    np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)


# --- in a lesson ------------------------------------------------------------------------------------------

MASKED = """\
+++
format = 1
title = "Masked"
summary = "A mask"

[sizes]
N = 4
D = 3

[inputs]
x = { shape = ["N", "D"] }
t = { shape = ["D"], constant = true }
+++

# Masked

A mask.

```graph
mask = x > t
out = x * mask / x.shape[0]
```

```backward
dx = np.where(x > t, dout, 0) / len(x)
```

## `mask`

One where x is large.

## `out`

Kept there.

### backward

No gradient passes the mask: {value: mask[0]}.

```derivation
dout * (x > t) / N
(dout * mask).reshape(-1, D) / x.shape[0]
```
"""
FAULTS = {
    "mask = x > t": ("mask = x < t", [Code.WRONG_GRADIENT, Code.BROKEN_CHAIN]),
    "np.where(x > t, dout, 0)": ("np.where(x > t, 0, dout)", [Code.WRONG_GRADIENT]),
    "len(x)": ("x.shape[1]", [Code.WRONG_GRADIENT]),
    "(dout * mask).reshape(-1, D)": ("(dout * mask).T.reshape(-1, D)", [Code.BROKEN_CHAIN]),
    "out = x * mask": ("out = x.T * mask", [Code.SHAPES_DISAGREE]),
}


def linted(tmp_path, text):
    path = tmp_path / "masked.md"
    path.write_text(text)
    return [problem.code for problem in lint(path, "masked.md")]


def test_lesson_in_numpys_words_is_proven(tmp_path):
    assert linted(tmp_path, MASKED) == []


@pytest.mark.parametrize("old", FAULTS)
def test_fault_in_a_lesson_in_numpys_words_is_found(tmp_path, old):
    new, codes = FAULTS[old]
    assert MASKED.count(old) == 1
    assert linted(tmp_path, MASKED.replace(old, new)) == codes
