"""Variants, several outputs and files beside the lesson, as they are loaded."""

import numpy as np
import pytest

from bn_tutor.course.loading import (
    LessonError,
    load,
    names_of,
    record,
    upstream_of,
    upstreams_of,
    with_choices,
)

from .lessons import SMALL, parsed, with_front, with_input, written

# --- variants and several outputs -------------------------------------------------------------------------

SWITCHED = with_front(
    "output = 'y'",
    "[switches]",
    "mode = ['plain', 'shifted']",
    "factor = [2, 0.5]",
    "ends = { last = ['D'], both = ['N', 'D'] }",
    "[sizes]",
    "N = 4",
    "D = 3",
    body="""\
```graph
scaled = x * factor
```
```graph when mode = plain
y = -scaled
```
```graph when mode = shifted
y = scaled + mean(x, axis=trailing(x, ends), keepdims=true)
```
""",
)


def test_first_choices_are_loaded(tmp_path):
    lesson = load(written(tmp_path, SWITCHED))
    assert lesson.choices == {"mode": "plain", "factor": "2", "ends": "last"}
    recording = record(lesson)
    np.testing.assert_array_equal(recording.output, -2 * recording["x"])


@pytest.mark.parametrize(("ends", "axis"), [("last", 1), ("both", (0, 1)), ("D", 1), ("4,3", (0, 1))])
def test_choices_are_loaded(ends, axis, tmp_path):
    path = written(tmp_path, SWITCHED)
    recording = record(load(path, {"mode": "shifted", "factor": "0.5", "ends": ends}))
    x = recording["x"]
    np.testing.assert_allclose(recording["y"], x / 2 + x.mean(axis=axis, keepdims=True), rtol=1e-14)


REFUSED_CHOICES = [
    ({"mood": "plain"}, "there is no switch mood (did you mean mode?)"),
    ({"mode": "shiftd"}, "mode has no choice shiftd (did you mean shifted?)"),
    ({"factor": "3"}, "factor has no choice 3 (there are: 2, 0.5)"),
    ({"ends": "Q"}, "ends has no choice Q (there are: last, both)"),
]


@pytest.mark.parametrize(("choices", "message"), REFUSED_CHOICES)
def test_choice_that_there_is_not_is_refused(choices, message, tmp_path):
    path = written(tmp_path, SWITCHED)
    for refused in (lambda: load(path, choices), lambda: with_choices(load(path), choices)):
        with pytest.raises(LessonError) as caught:
            refused()
        assert str(caught.value) == f"lesson: error: {message}"


def test_choice_that_the_graph_cannot_take_is_refused_at_its_line():
    with pytest.raises(LessonError) as caught:
        with_choices(parsed(SWITCHED), {"mode": "shifted", "ends": "N"})
    message = "x has the shape (4, 3), which does not end with (4,)"
    expected = f"lesson.md:21:39: error[shapes-disagree]: {message} (it ends with (3,), (4, 3))"
    assert str(caught.value) == expected


def test_free_choice_of_an_axis_may_lie_outside(tmp_path):
    text = with_input("shape = [4, 3]").replace("[inputs]", "[switches]\naxis = { rows = [0] }\n[inputs]")
    text = text.replace("y = z * 2", "y = sum(z, axis=axis)")
    assert record(with_choices(parsed(text), {"axis": "1"})).output.shape == (4,)
    with pytest.raises(LessonError, match=r"lesson\.md:9:5: error\[shapes-disagree\]: axis 2 is out of"):
        with_choices(parsed(text), {"axis": "2"})


def test_another_choice_begins_from_the_whole_file():
    shifted = with_choices(parsed(SWITCHED), {"mode": "shifted"})
    assert [line.text for line in with_choices(shifted, {"mode": "plain"}).graph][1:] == ["-scaled"]
    assert with_choices(shifted, {"factor": "0.5"}).choices["mode"] == "plain"


def test_names_in_formulas_are_sizes_and_what_the_choices_stand_for():
    lesson = with_choices(parsed(SWITCHED), {"factor": "0.5", "ends": "both"})
    assert names_of(lesson, {"N": 7, "D": 2}) == {"N": 7, "D": 2, "factor": 0.5, "ends": (7, 2)}
    assert names_of(parsed(SMALL), {"N": 7, "D": 2}) == {"N": 7, "D": 2}


DRAWN = with_front(
    "[switches]",
    "keep = [0.0, 1.0]",
    "shape = { two = [2], three = [3, 1] }",
    body="```graph\ny = x * 2\n```\n",
).replace("x = { shape = [4, 3] }", "x = { shape = [5, 'shape'], draw = 'bernoulli', p = 'keep' }")


@pytest.mark.parametrize("keep", ["0.0", "1.0"])
@pytest.mark.parametrize(("shape", "expected"), [("two", (5, 2)), ("three", (5, 3, 1)), ("4", (5, 4))])
def test_shape_and_parameters_of_a_draw_follow_the_choices(keep, shape, expected):
    x = record(with_choices(parsed(DRAWN), {"keep": keep, "shape": shape}))["x"]
    assert (x.shape, set(x.ravel())) == (expected, {float(keep)})


def test_labels_are_drawn():
    labels = record(parsed(with_input("shape = [6, 4], draw = 'one_hot'")))["z"]
    assert (labels.sum(axis=1) == 1).all() and set(labels.ravel()) == {0.0, 1.0}


def two_outputs(*outputs):
    return parsed(with_front(f"output = {list(outputs)}", body="```graph\ny = x * 2\nz = sum(y)\n```\n"))


def test_first_output_has_the_upstream_that_it_has_alone():
    recording = record(two_outputs("y", "z"))
    found = upstreams_of(recording, 3)
    assert list(found) == ["y", "z"]
    np.testing.assert_array_equal(found["y"], upstream_of((4, 3), 3))


def test_every_output_has_random_numbers_of_its_own():
    lesson = parsed(with_front("output = ['y', 'z']", body="```graph\ny = x * 2\nz = y * 3\n```\n"))
    first, second = (upstreams_of(record(lesson), seed) for seed in (0, 1))
    assert {value.shape for value in first.values()} == {(4, 3)}
    assert not np.any(first["y"] == first["z"])
    assert not np.any(first["z"] == second["z"])


@pytest.mark.parametrize("outputs", [("z", "y"), ("y", "z"), ("z",)])
def test_upstream_of_a_single_number_is_one(outputs):
    assert upstreams_of(record(two_outputs(*outputs)), 0)["z"] == 1.0


def test_each_output_that_is_no_node_is_reported(problems):
    found = problems(with_front("output = ['y', 'z', 'yy']"))
    assert found == [
        "lesson.md:3:17: error[unknown-output]: the output z is not a node of the graph",
        "lesson.md:3:22: error[unknown-output]: the output yy is not a node of the graph (did you mean y?)",
    ]


# --- a file beside the lesson -----------------------------------------------------------------------------

BESIDE = "file = 'data.csv'"


def test_table_beside_the_lesson_is_its_input(tmp_path):
    (tmp_path / "data.csv").write_text("1,2,3\n4,5,6\n")
    lesson = load(written(tmp_path, with_input(BESIDE)))
    np.testing.assert_array_equal(record(lesson)["z"], [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    ("shape", "expected"), [("[6]", (6,)), ("['N', 3]", (2, 3)), ("[3, 'N', 1]", (3, 2, 1))]
)
def test_table_beside_the_lesson_is_laid_out_in_a_shape(shape, expected, tmp_path):
    (tmp_path / "data.csv").write_text("1,2,3\n4,5,6\n")
    text = with_input(f"{BESIDE}, shape = {shape}").replace("[inputs]", "[sizes]\nN = 2\n[inputs]")
    z = record(load(written(tmp_path, text)))["z"]
    np.testing.assert_array_equal(z, np.arange(1.0, 7.0).reshape(expected))


BESIDE_REFUSED = {
    BESIDE: "there is no file data.csv beside the lesson",
    "file = '../data.csv'": "it must lie in the folder of the lesson",
    "file = 'lesson.md'": 'it must be a name in quotes that ends in .csv: file = "data.csv"',
    "file = 3": 'it must be a name in quotes that ends in .csv: file = "data.csv"',
    "file = 'six.csv', shape = [4]": "its 6 numbers do not fit the shape (4,)",
    "file = 'odd.csv'": "every number in it must be finite",
}


@pytest.mark.parametrize("row", BESIDE_REFUSED)
def test_file_that_cannot_be_used_is_reported_at_the_input(row, problems, tmp_path):
    (tmp_path / "six.csv").write_text("1,2,3\n4,5,6\n")
    (tmp_path / "odd.csv").write_text("1,inf\n")
    expected = f"lesson.md:4:7: error[bad-data-file]: the file of z: {BESIDE_REFUSED[row]}"
    assert problems(with_input(row)) == [expected]


@pytest.mark.parametrize("key", ["draw = 'normal'", "mean = 2.0", "p = 0.5"])
def test_file_takes_nothing_but_a_shape_beside_it(key, problems, tmp_path):
    (tmp_path / "data.csv").write_text("1,2\n")
    message = f"the input z has a file, and so no {key.split()[0]}"
    assert problems(with_input(f"{BESIDE}, {key}")) == [f"lesson.md:4:26: error[unknown-key]: {message}"]


def test_value_and_file_do_not_stand_beside_each_other(problems):
    expected = "lesson.md:4:7: error[unknown-key]: the input z has a value, and so no file"
    assert problems(with_input(f"{BESIDE}, value = 1.0")) == [expected]
