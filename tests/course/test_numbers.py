import numpy as np
import pytest

from bn_tutor.course.numbers import FORMATS, inline, number, read_shape, shape_text

NUMBERS = [
    (0.0, 3, "0"),
    (-0.0, 3, "0"),
    (1.0, 3, "1.000"),
    (1, 2, "1.00"),
    (-1.25, 3, "-1.250"),
    (2.5, 0, "2"),
    (0.001, 3, "0.001"),
    (0.0009, 3, "9e-4"),
    (-0.0009, 3, "-9e-4"),
    (1.23456789e-17, 6, "1.2346e-17"),
    (0.00012, 4, "0.0001"),
    (0.00001, 4, "1.00e-5"),
    (99999.0, 1, "99999.0"),
    (1e5, 3, "1e5"),
    (-123456.0, 5, "-1.235e5"),
    (1e300, 1, "1e300"),
    (5e-324, 3, "4.9e-324"),
    (float("nan"), 3, "nan"),
    (float("inf"), 3, "inf"),
    (float("-inf"), 3, "-inf"),
]


@pytest.mark.parametrize(("value", "precision", "text"), NUMBERS)
def test_number_is_written(value, precision, text):
    assert number(value, precision) == text
    assert number(np.float64(value), precision) == text


def test_every_number_is_read_back_within_its_precision():
    for value in np.logspace(-300, 300, 601):
        assert abs(float(number(value, 4)) - value) <= max(0.5e-2 * value, 0) + 1e-15 * value


ARRAYS = [
    (np.float64(1.5), "1.50"),
    (np.array(1.5), "1.50"),
    (np.array(float("-inf")), "−inf"),
    (np.array([1.5]), "(1.50)"),
    (np.array([1.5, -2.0]), "(1.50, −2.00)"),
    (np.array([[1.0, 2.0], [3.0, 4.0]]), "(1.00, 2.00, 3.00, 4.00)"),
    (np.array(-1.5), "−1.50"),
    (np.array(-1e-7), "−1e−7"),
    (np.zeros(8), "(0, 0, 0, 0, 0, 0, 0, 0)"),
    (np.zeros(9), "(0, 0, 0, 0, 0, 0, 0, 0, …)"),
    (np.zeros((0, 3)), "()"),
]


@pytest.mark.parametrize(("value", "text"), ARRAYS)
def test_array_is_written_in_a_line(value, text):
    assert inline(value, 2) == text


@pytest.mark.parametrize("shape", [(), (3,), (4, 3), (0,), (1, 1, 2)])
def test_shape_is_written_as_python_does(shape):
    assert shape_text(shape) == str(shape)


SHAPES = [
    ("(7, 5)", (7, 5)),
    ("7x5", (7, 5)),
    ("7 x 5", (7, 5)),
    ("7×5", (7, 5)),
    ("N×D", (7, 5)),
    ("7*5", (7, 5)),
    ("7 5", (7, 5)),
    ("[7,5]", (7, 5)),
    ("shape = (5,)", (5,)),
    ("5", (5,)),
    ("()", ()),
    ("[ ]", ()),
    ("(N, D)", (7, 5)),
    ("(N, 5)", (7, 5)),
    ("N x D", (7, 5)),
    ("N", (7,)),
    ("(x, D)", None),
    ("(M, D)", None),
    ("NxD", None),
    ("n, d", None),
    ("", None),
    ("(-1, 5)", None),
    ("7.0", None),
    ("7; 5", None),
    ("٣", None),
    ("1" * 17, None),
    ("N + 1", None),
    ("(" * 500, None),
]


@pytest.mark.parametrize(("text", "shape"), SHAPES)
def test_shape_is_read_as_people_write_it(text, shape):
    assert read_shape(text, {"N": 7, "D": 5}) == shape


def test_names_are_no_sizes_where_none_are_known():
    assert read_shape("(N, D)") is None
    assert read_shape("(4, 3)") == (4, 3)


def test_a_size_called_x_is_a_size():
    assert read_shape("(x, 2)", {"x": 3}) == (3, 2)


def test_formats():
    value = np.array([1.0, 2.0])
    texts = {name: written(value, 1) for name, written in FORMATS.items()}
    assert texts == {"value": "(1.0, 2.0)", "grad": "(1.0, 2.0)", "shape": "(2,)"}
