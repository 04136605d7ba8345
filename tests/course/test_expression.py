from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_tutor.course.codes import Code
from bn_tutor.course.expression import Lowering, lower, named_nodes
from bn_tutor.course.parsing import DEEPEST_TREE, LONGEST_LINE
from bn_tutor.course.problem import SlipError

NAMES = {"x": (4, 6, 3), "y": (4, 3), "gamma": (3,), "wrong": None}
SIZES = {"N": 4, "D": 3, "C": 6, "G": 2, "H": 8, "W": 10, "axes": (0, 2), "keep": 0.5}


def lowered(text):
    """Return what a line stands for, and its nodes."""
    lowering = Lowering("out", text, NAMES, SIZES, line=7)
    return lower(lowering), lowering.nodes


def rows(text):
    """Return the operations of a line, (name, inputs, parameters), numbered #1, #2 and so on."""
    nodes = [node for node in lowered(text)[1] if not node.is_source]
    numbers = {node.name: f"#{place}" for place, node in enumerate(nodes, 1)}
    names = [tuple(numbers.get(name, name) for name in node.inputs) for node in nodes]
    return [(node.operation.name, inputs, node.parameters) for node, inputs in zip(nodes, names, strict=True)]


def refusal(text):
    """Return (code, message, column, hint) of the refusal, which must come within a second."""
    start = perf_counter()
    with pytest.raises(SlipError) as caught:
        lowered(text)
    assert perf_counter() - start < 1.0
    slip = caught.value
    return slip.code, slip.message, slip.column, slip.hint


# --- what the language has --------------------------------------------------------------------------------

ONE_OPERATION = {
    "x + y": ("add", ("x", "y"), {}),
    "x - y": ("subtract", ("x", "y"), {}),
    "x * y": ("multiply", ("x", "y"), {}),
    "x / y": ("divide", ("x", "y"), {}),
    "x @ y": ("matmul", ("x", "y"), {}),
    "-x": ("negative", ("x",), {}),
    "1 / x": ("reciprocal", ("x",), {}),
    "1.0 / x": ("reciprocal", ("x",), {}),
    "2 / x": ("divide", ("2", "x"), {}),
    "x / 1": ("divide", ("x", "1"), {}),
    "x ** 2": ("square", ("x",), {}),
    "x ** 2.0": ("square", ("x",), {}),
    "x ** 3": ("power", ("x",), {"exponent": 3}),
    "x ** -1": ("power", ("x",), {"exponent": -1}),
    "x ** 0.5": ("power", ("x",), {"exponent": 0.5}),
    "x ** (1 / 2)": ("power", ("x",), {"exponent": 0.5}),
    "power(x, 3)": ("power", ("x",), {"exponent": 3}),
    "power(x, exponent=3)": ("power", ("x",), {"exponent": 3}),
    "sqrt(x)": ("sqrt", ("x",), {}),
    "maximum(x, 0)": ("maximum", ("x", "0"), {}),
    "x > y": ("greater", ("x", "y"), {}),
    "x >= 0": ("greater_equal", ("x", "0"), {}),
    "0 < x": ("less", ("0", "x"), {}),
    "x <= N": ("less_equal", ("x", "4"), {}),
    "x == y": ("equal", ("x", "y"), {}),
    "x != 1": ("not_equal", ("x", "1"), {}),
    "not_equal(x, y)": ("not_equal", ("x", "y"), {}),
    "sum(x, 0, keepdims=1)": ("sum", ("x",), {"axis": 0, "keepdims": True}),
    "sum(x, keepdims=0)": ("sum", ("x",), {"keepdims": False}),
    "greater(x, y)": ("greater", ("x", "y"), {}),
    "where(x, y, gamma)": ("where", ("x", "y", "gamma"), {}),
    "stop_gradient(x)": ("stop_gradient", ("x",), {}),
    "sum(x)": ("sum", ("x",), {}),
    "sum(x, 0)": ("sum", ("x",), {"axis": 0}),
    "sum(x, axis=0)": ("sum", ("x",), {"axis": 0}),
    "sum(x, axis=-1)": ("sum", ("x",), {"axis": -1}),
    "sum(x, 0, True)": ("sum", ("x",), {"axis": 0, "keepdims": True}),
    "sum(x, 0, keepdims=false)": ("sum", ("x",), {"axis": 0, "keepdims": False}),
    "mean(x, keepdims=True, axis=0)": ("mean", ("x",), {"axis": 0, "keepdims": True}),
    "mean(x, axis=(0, 2, 3), keepdims=true)": ("mean", ("x",), {"axis": (0, 2, 3), "keepdims": True}),
    "max(x, axis=None)": ("max", ("x",), {"axis": None}),
    "max(x, axis=none)": ("max", ("x",), {"axis": None}),
    "clip(x, -1, 1)": ("clip", ("x",), {"low": -1, "high": 1}),
    "clip(x, high=1, low=0)": ("clip", ("x",), {"low": 0, "high": 1}),
    "transpose(x)": ("transpose", ("x",), {}),
    "transpose(x, (1, 0))": ("transpose", ("x",), {"axes": (1, 0)}),
    "reshape(x, -1)": ("reshape", ("x",), {"shape": -1}),
    "reshape(x, (N, D))": ("reshape", ("x",), {"shape": (4, 3)}),
    "reshape(x, [N, D])": ("reshape", ("x",), {"shape": (4, 3)}),
    "reshape(x, (N * D,))": ("reshape", ("x",), {"shape": (12,)}),
    "reshape(x, (N, G, C // G))": ("reshape", ("x",), {"shape": (4, 2, 3)}),
    "reshape(x, (N + 1, D - 1))": ("reshape", ("x",), {"shape": (5, 2)}),
    "broadcast_to(x, (N, D))": ("broadcast_to", ("x",), {"shape": (4, 3)}),
    "concatenate(x)": ("concatenate", ("x",), {}),
    "concatenate(x, y, gamma, axis=1)": ("concatenate", ("x", "y", "gamma"), {"axis": 1}),
    "x[0]": ("take", ("x",), {"key": 0}),
    "x[-1]": ("take", ("x",), {"key": -1}),
    "x[N - 1]": ("take", ("x",), {"key": 3}),
    "x[0, 1]": ("take", ("x",), {"key": (0, 1)}),
    "x[:, 1]": ("take", ("x",), {"key": (slice(None), 1)}),
    "x[1:N:2]": ("take", ("x",), {"key": slice(1, 4, 2)}),
    "x[: N // 2]": ("take", ("x",), {"key": slice(None, 2)}),
    "x[None]": ("take", ("x",), {"key": None}),
    "x[:, None, 0]": ("take", ("x",), {"key": (slice(None), None, 0)}),
    "x * keep": ("multiply", ("x", "0.5"), {}),
    "x ** keep": ("power", ("x",), {"exponent": 0.5}),
    "clip(x, -keep, 1 / keep)": ("clip", ("x",), {"low": -0.5, "high": 2.0}),
    "sum(x, axis=axes)": ("sum", ("x",), {"axis": (0, 2)}),
    "reshape(x, axes)": ("reshape", ("x",), {"shape": (0, 2)}),
    "sum(x, axis=trailing(x, D))": ("sum", ("x",), {"axis": (2,)}),
    "sum(x, axis=trailing(x, (D,)))": ("sum", ("x",), {"axis": (2,)}),
    "sum(x, axis=trailing(x, (C, D)))": ("sum", ("x",), {"axis": (1, 2)}),
    "sum(x, axis=trailing(x, [N, 6, D]))": ("sum", ("x",), {"axis": (0, 1, 2)}),
    "sum(x, trailing(y, (N, D)), true)": ("sum", ("x",), {"axis": (0, 1), "keepdims": True}),
    # The shape of a line that is wrong is not known, and what uses it is not blamed.
    "sum(wrong, axis=trailing(wrong, D))": ("sum", ("wrong",), {"axis": ()}),
    "take(x, 0)": ("take", ("x",), {"key": (0,)}),
    "take(x, (0, 2))": ("take", ("x",), {"key": ([0, 2],)}),
    "take(x, (0, 2), axis=1)": ("take", ("x",), {"key": (slice(None), [0, 2])}),
}


@pytest.mark.parametrize("text", ONE_OPERATION)
def test_form_becomes_one_operation(text):
    assert rows(text) == [ONE_OPERATION[text]]


SEVERAL_OPERATIONS = {
    "-x ** 2": [("square", ("x",), {}), ("negative", ("#1",), {})],
    "2 * x + y": [("multiply", ("2", "x"), {}), ("add", ("#1", "y"), {})],
    "1 / sqrt(x + 1e-5)": [
        ("add", ("x", "1e-05"), {}),
        ("sqrt", ("#1",), {}),
        ("reciprocal", ("#2",), {}),
    ],
    "y * (x > 0)": [("greater", ("x", "0"), {}), ("multiply", ("y", "#1"), {})],
    "y * x > 0": [("multiply", ("y", "x"), {}), ("greater", ("#1", "0"), {})],
    "-x > y + 1": [
        ("negative", ("x",), {}),
        ("add", ("y", "1"), {}),
        ("greater", ("#1", "#2"), {}),
    ],
    "(x > y) > 0.5": [("greater", ("x", "y"), {}), ("greater", ("#1", "0.5"), {})],
    "where(x > 0, y, 0)": [("greater", ("x", "0"), {}), ("where", ("#1", "y", "0"), {})],
    "x / N * (y - x)": [
        ("divide", ("x", "4"), {}),
        ("subtract", ("y", "x"), {}),
        ("multiply", ("#1", "#2"), {}),
    ],
}


@pytest.mark.parametrize("text", SEVERAL_OPERATIONS)
def test_form_becomes_several_operations_in_order(text):
    assert rows(text) == SEVERAL_OPERATIONS[text]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("3", 3), ("N", 4), ("N * D", 12), ("N / D", 4 / 3), ("-N", -4), ("+N", 4), ("2 - 0.5", 1.5)],
        *[("N > D", 1.0), ("N < D", 0.0), ("N >= 4", 1.0), ("N <= D", 0.0), ("(N > D) * N", 4.0)],
        *[("N == D", 0.0), ("N != D", 1.0), ("N == 4", 1.0), ("4 != N", 0.0)],
    ],
)
def test_arithmetic_on_sizes_is_a_number(text, number):
    assert lowered(text) == (number, [])


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("reshape(x, (N, C // G * 2))", (4, 6)),
        ("reshape(x, (H // 2) * (W // 2))", 20),
        ("reshape(x, (N, C // G + 1))", (4, 4)),
        ("reshape(x, (N, -(-C // G)))", (4, 3)),
    ],
)
def test_floor_division_may_stand_inside_size_arithmetic(text, shape):
    assert rows(text) == [("reshape", ("x",), {"shape": shape})]


def test_earlier_node_stands_for_itself():
    assert lowered("x") == ("x", [])
    assert lowered("+x") == ("x", [])


def test_number_becomes_a_literal_node():
    literal = lowered("2 * x")[1][0]
    assert (literal.name, literal.operation.name, literal.parameters) == ("2", "literal", {"value": 2})
    assert literal.is_source


def test_node_knows_its_line_group_and_text():
    first, last = (node for node in lowered("sqrt(x) + y")[1] if not node.is_source)
    assert (first.written, first.formula) == ("sqrt(x)", "sqrt(x)")
    assert (last.written, last.formula) == ("sqrt(x) + y", f"{first.name} + y")
    assert {first.group, last.group} == {"out"}
    assert {first.line, last.line} == {7}


def test_last_operation_of_a_graph_line_takes_its_name():
    inner, last = named_nodes(Lowering("out", "sqrt(x) + y", NAMES, SIZES, 7), "a caption")
    assert (last.name, last.written, last.caption) == ("out", "sqrt(x) + y", "a caption")
    assert (last.inputs, last.formula) == ((inner.name, "y"), f"{inner.name} + y")


@pytest.mark.parametrize("text", ["x", "+x", "(x)", "N", "3", "N * D"])
def test_graph_line_must_compute_something(text):
    with pytest.raises(SlipError) as caught:
        named_nodes(Lowering("out", text, NAMES, SIZES))
    message, hint = "a node must compute something", "write an operation, as in y = 2 * x"
    assert caught.value == SlipError(Code.COMPUTES_NOTHING, message, 0, hint)


# --- what it refuses --------------------------------------------------------------------------------------

SIGNS = "> >= < <= == != are"
COMMA = "a number with a comma is not part of the language"
POINT = "write a point, not a comma: 0.5"
NO_INVERSE = "there is no inverse of a matrix, and a gradient needs none"
PICKED = "to pick by a comparison is not part of the language"
OPERATORS = "+ - * / ** @ are"
BOTH = "both is (a > 0) * (b > 0)"
EITHER = f"{BOTH}, either is maximum(a > 0, b > 0)"
AS_ARGUMENT = "axis=..., or a shape"
AXES = "a whole number, some in brackets, or none"
WHOLE = "the shape (4, 6, 3), which does not end with"
ENDINGS = "it ends with (3,), (6, 3), (4, 6, 3)"
TRAILING = (
    Code.WRONG_ARGUMENT,
    "trailing takes a node of this graph and a shape",
    12,
    "trailing(x, (C, D))",
)
CHOOSE = "where(x > 0, a, b) chooses"
ARE = "x.T, x.shape and x.sum(axis=0) are"
REFUSED = {
    # names
    "summ(x)": (Code.UNKNOWN_OPERATION, "there is no operation summ", 0, "did you mean sum?"),
    "x + sqt(y)": (Code.UNKNOWN_OPERATION, "there is no operation sqt", 4, "did you mean sqrt?"),
    "x + gama": (Code.UNKNOWN_NAME, "gama is not defined before this line", 4, "did you mean gamma?"),
    "x + qqq": (Code.UNKNOWN_NAME, "qqq is not defined before this line", 4, ""),
    "x + mean": (Code.UNKNOWN_NAME, "mean is an operation", 4, "call it: mean(...)"),
    "nan": (Code.UNKNOWN_NAME, "nan is not defined before this line", 0, ""),
    "x + inf": (Code.UNKNOWN_NAME, "inf is not defined before this line", 4, ""),
    '__import__("os")': (Code.UNKNOWN_OPERATION, "there is no operation __import__", 0, ""),
    "x(1)": (Code.UNKNOWN_OPERATION, "there is no operation x", 0, "did you mean max?"),
    # numbers
    "x + True": (Code.WRONG_NUMBER, "true, false is not a number", 4, ""),
    "x * None": (Code.WRONG_NUMBER, "none is not a number", 4, ""),
    "x + 1j": (Code.WRONG_NUMBER, "a complex number is not a number", 4, ""),
    "x + ...": (Code.WRONG_NUMBER, "this is not a number", 4, ""),
    "x * 'y'": (Code.WRONG_NUMBER, "a text is not a number", 4, ""),
    "x * b'y'": (Code.WRONG_NUMBER, "a text is not a number", 4, ""),
    "x + 1e400": (Code.WRONG_NUMBER, "numbers go up to 1e+15", 4, ""),
    "1e400 - 1e400": (Code.WRONG_NUMBER, "numbers go up to 1e+15", 0, ""),
    "1e15 * 10": (Code.WRONG_NUMBER, "numbers go up to 1e+15", 0, ""),
    "1 / 0": (Code.WRONG_NUMBER, "division by zero", 0, ""),
    "N @ D": (Code.SHAPES_DISAGREE, "@ takes matrices, not numbers", 0, ""),
    "x + 1" + "0" * 400: (Code.WRONG_NUMBER, "numbers go up to 1e+15", 4, ""),
    "9**9**9": (Code.WRONG_NUMBER, "write the number out: powers of numbers are not computed", 3, ""),
    "x ** y": (Code.WRONG_ARGUMENT, "an exponent must be a number", 5, ""),
    # Python that is no formula
    "x.tofile(gamma)": (Code.NOT_IN_LANGUAGE, ".tofile is not part of the language", 2, ARE),
    "x + y.t": (Code.NOT_IN_LANGUAGE, ".t is not part of the language", 6, ARE),
    "x.__class__": (Code.NOT_IN_LANGUAGE, ".__class__ is not part of the language", 2, ARE),
    "2 * x.__class__.sum()": (Code.NOT_IN_LANGUAGE, ".__class__ is not part of the language", 6, ARE),
    "y + np.linalg.inv(x)": (Code.NOT_IN_LANGUAGE, ".inv is not part of the language", 14, NO_INVERSE),
    "x + y.sum": (Code.NOT_IN_LANGUAGE, ".sum is not part of the language", 6, "call it: sum(x), or x.sum()"),
    "sum(x)(y)": (
        Code.NOT_IN_LANGUAGE,
        "a call of anything but an operation is not part of the language",
        0,
        "",
    ),
    "lambda: x": (Code.NOT_IN_LANGUAGE, "lambda is not part of the language", 0, ""),
    "x + [a for a in y]": (Code.NOT_IN_LANGUAGE, "a comprehension is not part of the language", 4, ""),
    "sum(a for a in x)": (Code.NOT_IN_LANGUAGE, "a comprehension is not part of the language", 3, ""),
    "x + (a := y)": (Code.NOT_IN_LANGUAGE, ":= is not part of the language", 5, ""),
    "x * f'{y}'": (Code.NOT_IN_LANGUAGE, "a text is not part of the language", 4, ""),
    "x + (1, 2)": (Code.NOT_IN_LANGUAGE, "a tuple outside of an argument is not part of the language", 4, ""),
    "x + {1: 2}": (Code.NOT_IN_LANGUAGE, "a dictionary is not part of the language", 4, ""),
    "x if y else x": (Code.NOT_IN_LANGUAGE, "if ... else is not part of the language", 0, CHOOSE),
    "x is y": (Code.NOT_IN_LANGUAGE, "this comparison is not part of the language", 0, SIGNS),
    "x not in y": (Code.NOT_IN_LANGUAGE, "this comparison is not part of the language", 0, SIGNS),
    "x == y == 1": (
        Code.NOT_IN_LANGUAGE,
        "a chain of comparisons is not part of the language",
        0,
        "write (a < x) * (x < b)",
    ),
    "0,5 * x": (Code.NOT_IN_LANGUAGE, COMMA, 1, POINT),
    "y * (x + 0,5 * x)": (Code.NOT_IN_LANGUAGE, COMMA, 10, POINT),
    "x, 5": (Code.NOT_IN_LANGUAGE, "a tuple outside of an argument is not part of the language", 0, ""),
    "x + y[x > 0]": (Code.NOT_IN_LANGUAGE, PICKED, 6, "use where(x > 0, y, 0) or y * (x > 0)"),
    "x[y == x + x + x + x + x + x + x + x]": (
        Code.NOT_IN_LANGUAGE,
        PICKED,
        2,
        "use where(x > 0, x, 0) or x * (x > 0)",
    ),
    "y * (0 < x < 1)": (
        Code.NOT_IN_LANGUAGE,
        "a chain of comparisons is not part of the language",
        5,
        "write (a < x) * (x < b)",
    ),
    "x and y": (Code.NOT_IN_LANGUAGE, "and, or is not part of the language", 0, EITHER),
    "x * ~y": (Code.NOT_IN_LANGUAGE, "not, ~ is not part of the language", 4, "not is 1 - (x > 0)"),
    "not x": (Code.NOT_IN_LANGUAGE, "not, ~ is not part of the language", 0, "not is 1 - (x > 0)"),
    "(x > 0) & (y > 0)": (Code.NOT_IN_LANGUAGE, "this operator is not part of the language", 0, BOTH),
    "(x > 0) | y": (
        Code.NOT_IN_LANGUAGE,
        "this operator is not part of the language",
        0,
        "either is maximum(a > 0, b > 0)",
    ),
    "sum(x, axis=N > D)": (Code.WRONG_ARGUMENT, f"axis must be {AXES}", 12, ""),
    "sum(x, axis=x > 0)": (Code.WRONG_ARGUMENT, "this argument must be a number, not a node", 12, ""),
    "await x": (Code.NOT_IN_LANGUAGE, "await is not part of the language", 0, ""),
    "x % y": (Code.NOT_IN_LANGUAGE, "this operator is not part of the language", 0, OPERATORS),
    "x // 2": (Code.NOT_IN_LANGUAGE, "this operator is not part of the language", 0, OPERATORS),
    "x + (y << 2)": (Code.NOT_IN_LANGUAGE, "this operator is not part of the language", 5, OPERATORS),
    # calls
    "sum()": (Code.WRONG_ARGUMENT, "sum takes 1 input, not 0", 0, ""),
    "x + maximum(y)": (Code.WRONG_ARGUMENT, "maximum takes 2 inputs, not 1", 4, ""),
    "concatenate()": (Code.WRONG_ARGUMENT, "concatenate takes at least one input, not 0", 0, ""),
    "sum(x, y)": (Code.WRONG_ARGUMENT, "this argument must be a number, not a node", 7, ""),
    "sum(x, 0, True, 3)": (Code.WRONG_ARGUMENT, "sum takes no further argument", 16, ""),
    "sum(x, axi=0)": (Code.WRONG_ARGUMENT, "sum takes no (second) axi", 7, "did you mean axis?"),
    "sum(x, 0, axis=1)": (Code.WRONG_ARGUMENT, "sum takes no (second) axis", 10, "did you mean axis?"),
    "sum(x, axis=0, axis=1)": (Code.WRONG_ARGUMENT, "sum takes no (second) axis", 15, "did you mean axis?"),
    "sum(x, **y)": (Code.WRONG_ARGUMENT, "sum takes no (second) **", 7, ""),
    "sum(*x)": (Code.NOT_IN_LANGUAGE, "a star before an argument is not part of the language", 4, ""),
    "concatenate(x, *y)": (
        Code.NOT_IN_LANGUAGE,
        "a star before an argument is not part of the language",
        15,
        "",
    ),
    "sum(x, axis='a')": (Code.WRONG_NUMBER, "a text is not a number", 12, ""),
    "x + reshape(y)": (Code.WRONG_ARGUMENT, "reshape needs shape", 4, ""),
    "clip(x)": (Code.WRONG_ARGUMENT, "clip needs high, low", 0, ""),
    "power(x)": (Code.WRONG_ARGUMENT, "power needs exponent", 0, ""),
    "reshape(x, (N // 0, 3))": (Code.WRONG_NUMBER, "// divides whole sizes", 12, ""),
    "take(x, 0, axis=-1)": (Code.WRONG_ARGUMENT, "take needs an axis from 0 up", 0, ""),
    "take(x)": (Code.WRONG_ARGUMENT, "take takes an input and indices", 0, "take(x, (0, 2), axis=1)"),
    "take(x, 0, 1)": (Code.WRONG_ARGUMENT, "take takes an input and indices", 0, "take(x, (0, 2), axis=1)"),
    "take(x, 0, axes=1)": (Code.WRONG_ARGUMENT, "take takes no (second) axes", 11, "did you mean axis?"),
    "take(x, (0, 0.5))": (Code.WRONG_ARGUMENT, "indices must be a whole number, or some in brackets", 8, ""),
    "take(x, true)": (Code.WRONG_ARGUMENT, "indices must be a whole number, or some in brackets", 8, ""),
    "sum(x, keepdims=2)": (Code.WRONG_ARGUMENT, "keepdims must be true or false", 16, ""),
    # switches that stand for a tuple
    "x + axes": (
        Code.WRONG_ARGUMENT,
        "axes stands for (0, 2), which can only be an argument",
        4,
        AS_ARGUMENT,
    ),
    "sum(x, axis=(axes, 1))": (Code.WRONG_ARGUMENT, f"axis must be {AXES}", 12, ""),
    "sum(x, axis=axes + 1)": (
        Code.WRONG_ARGUMENT,
        "axes stands for (0, 2), which can only be an argument",
        12,
        AS_ARGUMENT,
    ),
    # trailing
    "sum(x, axis=trailing(x, N))": (Code.SHAPES_DISAGREE, f"x has {WHOLE} (4,)", 24, ENDINGS),
    "sum(x, axis=trailing(x, (D, C)))": (Code.SHAPES_DISAGREE, f"x has {WHOLE} (3, 6)", 24, ENDINGS),
    "sum(x, axis=trailing(x, (1, N, C, D)))": (
        Code.SHAPES_DISAGREE,
        f"x has {WHOLE} (1, 4, 6, 3)",
        24,
        ENDINGS,
    ),
    "sum(x, axis=trailing(x, ()))": (Code.SHAPES_DISAGREE, f"x has {WHOLE} ()", 24, ENDINGS),
    "sum(x, axis=trailing(x, 1.5))": (
        Code.WRONG_ARGUMENT,
        "shape must be a whole number, or some in brackets",
        24,
        "",
    ),
    "sum(x, axis=trailing(x))": TRAILING,
    "sum(x, axis=trailing(x, D, 1))": TRAILING,
    "sum(x, axis=trailing(x, shape=D))": TRAILING,
    "sum(x, axis=trailing())": TRAILING,
    "sum(x, axis=trailing(N, D))": TRAILING,
    "sum(x, axis=trailing(-x, D))": TRAILING,
    # square brackets
    "x[(0, 1), 0]": (Code.WRONG_ARGUMENT, "an index must be a whole number", 2, ""),
    "x[y]": (Code.WRONG_ARGUMENT, "this argument must be a number, not a node", 2, ""),
    "x[0.5]": (Code.WRONG_ARGUMENT, "an index must be a whole number", 2, ""),
    "x[True]": (Code.WRONG_ARGUMENT, "an index must be a whole number", 2, ""),
    "x[0:y]": (Code.WRONG_ARGUMENT, "this argument must be a number, not a node", 4, ""),
    "x[9**9]": (Code.WRONG_NUMBER, "write the number out: powers of numbers are not computed", 2, ""),
    # signs
    "sum(х)": (
        Code.NOT_IN_LANGUAGE,
        "the character х (U+0445) is not part of the language",
        4,
        "use plain ASCII",
    ),
    "𝐬𝐮𝐦(x)": (
        Code.NOT_IN_LANGUAGE,
        "the character 𝐬 (U+1D42C) is not part of the language",
        0,
        "use plain ASCII",
    ),
    "x − y": (
        Code.NOT_IN_LANGUAGE,
        "the character − (U+2212) is not part of the language",
        2,
        "write -",
    ),
    "x + \u202ey": (
        Code.NOT_IN_LANGUAGE,
        "the character '\\u202e' is not part of the language",
        4,
        "use plain ASCII",
    ),
    "x\0": (Code.NOT_IN_LANGUAGE, "the character '\\x00' is not part of the language", 1, "use plain ASCII"),
    "x +\ty": (Code.NOT_IN_LANGUAGE, "the character '\\t' is not part of the language", 3, "use plain ASCII"),
    "x\n+ y": (Code.NOT_IN_LANGUAGE, "the character '\\n' is not part of the language", 1, "use plain ASCII"),
    # size
    "x" * 1_000_000: (Code.TOO_LARGE, "the line has 1000000 characters, 1000 are allowed", LONGEST_LINE, ""),
    "-" * 100_000 + "x": (
        Code.TOO_LARGE,
        "the line has 100001 characters, 1000 are allowed",
        LONGEST_LINE,
        "",
    ),
    "(" * 100_000: (Code.TOO_LARGE, "the line has 100000 characters, 1000 are allowed", LONGEST_LINE, ""),
    "-" * 900 + "x": (Code.TOO_LARGE, "nested more than 40 deep", 0, "give a part of it a name of its own"),
    "x" + "[0]" * 300: (Code.TOO_LARGE, "nested more than 40 deep", 0, "give a part of it a name of its own"),
    "x" + " + x" * 200: (
        Code.TOO_LARGE,
        "nested more than 40 deep",
        0,
        "give a part of it a name of its own",
    ),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:24]))
def test_line_is_refused_with_its_reason_column_and_hint(text):
    assert refusal(text) == REFUSED[text]


@pytest.mark.parametrize(
    ("text", "column"),
    [("", 0), ("   ", 0), ("(", 0), ("x y", 2), ("x = 3", 2), ("x;y", 1), ("x +* y", 3), ("x + 'y", 4)],
)
def test_line_that_is_no_python_is_no_formula(text, column):
    code, message, place, _ = refusal(text)
    assert message.startswith("not a formula: ")
    assert (code, place) == (Code.NOT_A_FORMULA, column)


@pytest.mark.parametrize("bracket", ["(", "["])
def test_hundreds_of_brackets_are_refused(bracket):
    code, message, _, _ = refusal(bracket * 900)
    assert code in (Code.TOO_LARGE, Code.NOT_A_FORMULA) and "nested" in message


def test_trees_of_the_greatest_depth_are_let_through():
    deepest = DEEPEST_TREE // 2 - 1
    assert len(rows("-" * deepest + "x")) == deepest
    with pytest.raises(SlipError, match="nested more than"):
        lowered("-" * DEEPEST_TREE + "x")


@pytest.mark.parametrize("text", ["reshape(x, (True, 12))", "sum(x, axis=True)", "sum(x, axis=true)"])
def test_true_is_no_number_in_an_argument_either(text):
    assert refusal(text)[2] in (11, 12)


def test_complex_zero_is_no_argument():
    assert refusal("sum(x, axis=0j)")[2] == 12


@pytest.mark.parametrize("text", ["take(x, 0, axes=1)", "take(x, 0, **y)"])
def test_keyword_that_take_does_not_have_is_refused(text):
    assert refusal(text)[2] == 11


def test_trailing_is_no_operation():
    assert refusal("2 * trailing(x, D)")[:3] == (
        Code.UNKNOWN_OPERATION,
        "there is no operation trailing",
        4,
    )


def test_nothing_is_evaluated(tmp_path):
    victim = tmp_path / "victim"
    refusal(f"open('{victim}', 'w')")
    assert not victim.exists()


# --- anything at all --------------------------------------------------------------------------------------

PIECES = [*"xyNDCG0123()[],.:=+-*/@ '\"\\#{}", "**", "//", "1e9", "True", "None", "none", "0j", "axis=", "*x"]
PIECES += ["sum(", "mean(", "take(", "reshape(", "clip(", "concatenate(", "lambda ", " if ", " for ", ":="]
brief = settings(max_examples=300, deadline=1000, derandomize=True, database=None)


def only_slips(text):
    try:
        lowered(text)
    except SlipError as slip:
        assert 0 <= slip.column <= len(text)


@brief
@given(st.text())
def test_any_text_is_lowered_or_refused(text):
    only_slips(text)


@brief
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_of_the_language_is_lowered_or_refused(text):
    only_slips(text)


formulas = st.recursive(
    st.sampled_from(["x", "y", "N", "2", "0.5", "True", "(1, 2)", "None"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " / ", " ** ", " @ ", " // "]), inner).map("".join),
        st.tuples(st.sampled_from(["sum", "take", "clip", "reshape", "where"]), st.lists(inner)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(inner, inner).map("{0[0]}[{0[1]}]".format),
    ),
)


@brief
@given(formulas)
def test_any_formula_is_lowered_or_refused(text):
    only_slips(text)
