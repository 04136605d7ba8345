import ast
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.course.codes import Code
from bn_tutor.course.parsing import DEEPEST_TREE, LONGEST_LINE, names_in, parsed
from bn_tutor.course.problem import SlipError


def refusal(text):
    """Return (code, column) of the refusal, which must come within a second."""
    start = perf_counter()
    with pytest.raises(SlipError) as caught:
        parsed(text)
    assert perf_counter() - start < 1.0
    return caught.value.code, caught.value.column


@pytest.mark.parametrize("text", ["x", "x + 1", "sum(x, axis=0)", "x[0:2, 1]", "x.y", "lambda: x"])
def test_expression_is_parsed_whatever_it_means(text):
    assert ast.unparse(parsed(text)) == text


@pytest.mark.parametrize(("text", "column"), [("x", 0), ("(x + 1)", 1), ("((x))  ", 2)])
def test_columns_are_those_of_the_text(text, column):
    assert parsed(text).col_offset == column


REFUSED = {
    "": (Code.NOT_A_FORMULA, 0),
    "   ": (Code.NOT_A_FORMULA, 0),
    "x +": (Code.NOT_A_FORMULA, 3),
    "x y": (Code.NOT_A_FORMULA, 2),
    "(x": (Code.NOT_A_FORMULA, 0),
    " x": (Code.NOT_A_FORMULA, 0),
    "x = 1": (Code.NOT_A_FORMULA, 2),
    "x; y": (Code.NOT_A_FORMULA, 1),
    "import os": (Code.NOT_A_FORMULA, 0),
    "é": (Code.NOT_IN_LANGUAGE, 0),
    "x\n": (Code.NOT_IN_LANGUAGE, 1),
    "x\x7f": (Code.NOT_IN_LANGUAGE, 1),
    "x" * (LONGEST_LINE + 1): (Code.TOO_LARGE, LONGEST_LINE),
    "é" * 1_000_000: (Code.TOO_LARGE, LONGEST_LINE),
    "-" * 500 + "x": (Code.TOO_LARGE, 0),
    "x" + ".y" * 400: (Code.TOO_LARGE, 0),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:16]))
def test_text_is_refused_with_its_place(text):
    assert refusal(text) == REFUSED[text]


@pytest.mark.parametrize("bracket", ["(", "["])
def test_very_many_brackets_are_refused_whatever_python_says_of_them(bracket):
    assert refusal(bracket * LONGEST_LINE)[0] in (Code.TOO_LARGE, Code.NOT_A_FORMULA)


def test_line_of_the_greatest_length_is_parsed():
    assert parsed("x" * LONGEST_LINE)


def test_tree_of_the_greatest_depth_is_parsed_and_no_deeper_one():
    depths = [depth for depth in range(2 * DEEPEST_TREE) if _is_parsed("-" * depth + "x")]
    assert depths == list(range(len(depths)))
    assert DEEPEST_TREE // 2 - 1 <= len(depths) <= DEEPEST_TREE


def _is_parsed(text):
    try:
        return bool(parsed(text))
    except SlipError:
        return False


@pytest.mark.parametrize("text", ["1if x else y", "'\\d'", "x is 1"])
def test_warnings_of_pythons_parser_are_not_shown(text):
    assert parsed(text)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text):
    try:
        assert isinstance(parsed(text), ast.expr)
    except SlipError as slip:
        assert 0 <= slip.column <= len(text)


NAMES = {
    "": set(),
    "1 + 2": set(),
    "x": {"x"},
    "sum(x_1, axis=0) * dx2": {"sum", "x_1", "axis", "dx2"},
    "x[0] + _y": {"x", "_y"},
    "2x": {"x"},
    "not a formula (": {"not", "a", "formula"},
    "x.y": {"x"},
    "np.sum(x1.s1a_b.T, axis=N)": {"np", "x1", "axis", "N"},
    "0.5*x + 2.*y": {"x", "y"},
}


@pytest.mark.parametrize("text", NAMES)
def test_names_in_a_text(text):
    assert names_in(text) == NAMES[text]
