import numpy as np
import pytest

from bn_tutor.course.quotes import fill, quote_problems

VALUES = {
    "mu": np.array([1.0, -2.5, 1e-9]),
    "dmu": np.array([0.25, 0.5, 0.75]),
    "x": np.arange(12.0).reshape(4, 3),
    "eps": np.array(1e-5),
}
SIZES = {"N": 4}


def filled(text, precision=3):
    return fill(text, VALUES, SIZES, precision)


def problems(text):
    return [(place, slip.message) for place, slip in quote_problems(text, VALUES, SIZES)]


FILLED = {
    "{value: mu}": "(1.000, −2.500, 1e−9)",
    "{value:mu}": "(1.000, −2.500, 1e−9)",
    "{value:  mu  }": "(1.000, −2.500, 1e−9)",
    "{grad: mu}": "(0.250, 0.500, 0.750)",
    "{grad: mu[0]}": "0.250",
    "{shape: mu}": "(3,)",
    "{shape: x}": "(4, 3)",
    "{shape: eps}": "()",
    "{value: eps}": "1e−5",
    "{value: x}": "(0, 1.000, 2.000, 3.000, 4.000, 5.000, 6.000, 7.000, …)",
    "{value: x[N - 1, 0]}": "9.000",
    "{value: sum(x, axis=0)}": "(18.000, 22.000, 26.000)",
    "a {value: x[1, 1]} b {shape: mu} c": "a 4.000 b (3,) c",
}


@pytest.mark.parametrize("text", FILLED)
def test_quote_is_filled_in(text):
    assert filled(text) == FILLED[text]
    assert problems(text) == []


def test_precision_is_followed():
    assert filled("{value: dmu}", precision=1) == "(0.2, 0.5, 0.8)"


@pytest.mark.parametrize("text", ["{ value: mu}", "{value : mu }"])
def test_blanks_in_a_quote_do_no_harm(text):
    assert filled(text) == filled("{value: mu}")


@pytest.mark.parametrize("text", ["see {value: mu", "{shape: mu\nand more}"])
def test_quote_that_is_not_closed_is_found(text):
    assert filled(text) == text
    assert problems(text) == [(text.index("{"), "this quote is not closed")]


@pytest.mark.parametrize("text", ["plain", "{x}", "{value mu}", "{value:}", ""])
def test_other_text_is_left_alone(text):
    assert filled(text) == text
    assert problems(text) == []


@pytest.mark.parametrize(
    "text", ["{value: muu}", "{grad: x}", "{value: x @ x}", "{value: x.nbytes}", "{value: }"]
)
def test_quote_that_fails_stands_with_a_mark(text):
    assert filled(f"a {text} b") == f"a {text}(?) b"


def test_problems_have_their_place():
    text = "a {value: mu} b {value: muu} c {grad: y}"
    assert problems(text) == [
        (16, "muu is not defined before this line"),
        (31, "dy is not defined before this line"),
    ]


def test_quote_of_a_large_shape_is_a_problem():
    text = "{value: broadcast_to(eps, (1000000, 1000000, 1000000))}"
    assert filled(text) == f"{text}(?)"
    assert len(problems(text)) == 1


def test_quote_with_a_wrong_argument_is_a_problem():
    assert filled("{value: sum(x, axis=0.5)}") == "{value: sum(x, axis=0.5)}(?)"
