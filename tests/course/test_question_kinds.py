"""What is taken for right: shapes strictly, formulas to rounding, typed numbers to about one percent."""

import numpy as np
import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Line, Question
from bn_tutor.course.problem import SlipError
from bn_tutor.course.question_kinds import KINDS, NUMBER_TOLERANCE, SMALLEST_NUMBER, accepts

VALUES = {
    "x": np.arange(12.0).reshape(4, 3),
    "row": np.array([1.0, -2.0, 3.0]),
    "kept": np.array([[1.0, -2.0, 3.0]]),
    "one": np.array(1.0),
    "single": np.array([1.0]),
    "zero": np.array(0.0),
    "zeros": np.zeros(3),
    "odd": np.array(np.nan),
    "endless": np.array(np.inf),
}
NAMES = {"N": 4, "D": 3, "ddof": 1, "axes": (0, 1)}


def accepted(kind, key, answer, equals=None):
    written = Line("equals", equals, 1, 1) if equals else None
    question = Question("a", kind, "what?", Line(KINDS[kind].key, key, 1, 1), equals=written)
    return accepts(question, answer, VALUES, NAMES)


def test_table_names_its_rows():
    assert list(KINDS) == [kind.name for kind in KINDS.values()] == ["choice", "number", "shape", "formula"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_key_is_not_named_twice(kind):
    keys = [kind.key, *kind.needed, *kind.optional]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("kind", "equals"), [("choice", "row"), ("number", None), ("shape", None), ("formula", "row")]
)
def test_every_kind_takes_its_own_key(kind, equals):
    key = "one" if kind == "number" else "row"
    assert accepted(kind, key, key, equals)


# --- choice -----------------------------------------------------------------------------------------------

CHOICES = {
    "It is the mean": True,
    " It is the mean ": True,
    "it is the mean": False,
    "It is": False,
    "": False,
}


@pytest.mark.parametrize("answer", CHOICES)
def test_choice_is_the_very_text(answer):
    assert accepted("choice", "It is the mean", answer) is CHOICES[answer]


def test_texts_of_choices_are_no_formulas():
    assert not accepted("choice", "row", "1 * row")
    assert accepted("choice", "not a formula (", "not a formula (")


@pytest.mark.parametrize(
    ("answer", "right"), [("row", True), ("kept[0]", True), ("-row", False), ("kept", False)]
)
def test_choice_of_formulas_is_right_where_it_equals_the_value(answer, right):
    assert accepted("choice", "row", answer, equals="1 * row") is right


# --- formula ----------------------------------------------------------------------------------------------

FORMULAS = {
    "row": True,
    "2 * row - row": True,
    "kept[0]": True,
    "row * (1 + 1e-10)": True,
    "row * (1 + 1e-8)": False,
    "row + 1e-7": False,
    "-row": False,
    # The shape is part of the answer, also where NumPy would broadcast.
    "kept": False,
    "broadcast_to(row, (N, D))": False,
    "sum(row)": False,
    "2": False,
    "odd * row": False,
    "endless * row": False,
}


@pytest.mark.parametrize("answer", FORMULAS)
def test_formula_is_right_where_it_comes_to_the_value_in_its_shape(answer):
    assert accepted("formula", "row", answer, equals="row") is FORMULAS[answer]


def test_formula_is_compared_with_what_it_must_equal_and_not_with_the_key():
    assert not accepted("formula", "x", "x", equals="row")
    assert accepted("formula", "x", "row", equals="row")


@pytest.mark.parametrize(
    ("answer", "right"), [("zeros", True), ("zeros + 1e-12", True), ("zeros + 1e-6", False)]
)
def test_value_of_zero_is_compared_with_the_size_of_the_data(answer, right):
    assert accepted("formula", "zeros", answer, equals="zeros") is right


def test_names_stand_for_sizes_and_switches():
    assert accepted("formula", "row", "row * (N - ddof) / D", equals="row")
    assert accepted("formula", "row", "sum(x, axis=axes) + 0 * row", equals="66 + 0 * row")


# --- number -----------------------------------------------------------------------------------------------

NUMBERS = {
    "one": True,
    "1": True,
    "1.009": True,
    "0.991": True,
    "1.011": False,
    "0.989": False,
    "-1": False,
    "0": False,
    "single": False,
    "row": False,
    "row[0]": True,
    "kept[0, 0]": True,
    "odd": False,
    "endless": False,
    "N / 4": True,
}


@pytest.mark.parametrize("answer", NUMBERS)
def test_number_is_right_to_about_one_percent(answer):
    assert accepted("number", "one", answer) is NUMBERS[answer]


@pytest.mark.parametrize("scale", [SMALLEST_NUMBER, 1.0, 1e3, 1e9])
@pytest.mark.parametrize("sign", ["", "-"])
def test_tolerance_of_a_number_follows_its_size(scale, sign):
    key = f"{sign}{scale!r} * one"
    assert accepted("number", key, f"{key} * {1 + 0.9 * NUMBER_TOLERANCE}")
    assert not accepted("number", key, f"{key} * {1 + 1.1 * NUMBER_TOLERANCE}")
    assert not accepted("number", key, f"-({key})")


@pytest.mark.parametrize("key", ["zero", "0.001 * one"])
def test_small_number_is_compared_with_a_small_one(key):
    bound = NUMBER_TOLERANCE * SMALLEST_NUMBER
    assert accepted("number", key, f"{key} + {0.9 * bound}")
    assert not accepted("number", key, f"{key} + {1.1 * bound}")


@pytest.mark.parametrize("key", ["row", "single", "kept", "x[0]"])
def test_key_of_a_number_must_be_a_single_one(key):
    with pytest.raises(SlipError) as caught:
        accepted("number", key, "1")
    assert (caught.value.code, caught.value.column) == (Code.WRONG_SHAPE, 0)
    assert caught.value.message.startswith("a number has the shape (), and this (")


@pytest.mark.parametrize("key", ["odd", "log(-one)"])
@pytest.mark.parametrize("answer", ["1", "0", "endless"])
def test_no_number_is_right_where_the_key_is_none(key, answer):
    assert not accepted("number", key, answer)


# --- shape ------------------------------------------------------------------------------------------------

SHAPES = {"row": True, "zeros": True, "x[0]": True, "kept": False, "single": False, "one": False, "x": False}


@pytest.mark.parametrize("answer", SHAPES)
def test_shape_is_compared_strictly_and_values_are_not(answer):
    assert accepted("shape", "row", answer) is SHAPES[answer]


@pytest.mark.parametrize(
    ("key", "answer"), [("one", "single"), ("single", "one"), ("kept", "row"), ("x", "transpose(x)")]
)
def test_shapes_that_would_broadcast_are_different(key, answer):
    assert not accepted("shape", key, answer)


# --- what is no formula -----------------------------------------------------------------------------------

SLIPS = {
    "row +": (Code.NOT_A_FORMULA, 5),
    "rwo": (Code.UNKNOWN_NAME, 0),
    "2 * rwo": (Code.UNKNOWN_NAME, 4),
    "x @ x": (Code.SHAPES_DISAGREE, 0),
    "row.std()": (Code.NOT_IN_LANGUAGE, 4),
    "": (Code.NOT_A_FORMULA, 0),
    "broadcast_to(one, (1000000, 1000000))": (Code.TOO_LARGE, 0),
}


@pytest.mark.parametrize("answer", SLIPS)
@pytest.mark.parametrize(
    ("kind", "equals"), [("choice", "row"), ("number", None), ("shape", None), ("formula", "row")]
)
def test_answer_that_is_no_formula_is_a_slip(kind, equals, answer):
    with pytest.raises(SlipError) as caught:
        accepted(kind, "one" if kind == "number" else "row", answer, equals)
    assert (caught.value.code, caught.value.column) == SLIPS[answer]
