import sys

import numpy as np
import pytest

from bn_tutor.course.functions import traced
from bn_tutor.course.loading import LessonError, load, record

BATCHNORM = """\
import numpy as np

def forward(x, gamma, beta, eps):
    mu = x.mean(axis=0)
    xmu = x - mu
    var = (xmu ** 2).mean(axis=0)
    return gamma * xmu / np.sqrt(var + eps) + beta

def course(x, gamma, beta, bn_param):
    assert bn_param["mode"] == "train"
    return forward(x, gamma, beta, bn_param["eps"])

def other(x, weight):
    return x * weight

def with_default(x, weight=2.0):
    return x * weight

limit = 3
"""


@pytest.fixture
def run(tmp_path):
    """Return a function: the text of a Python file, and a function's name in it -> its recording."""

    def found(text, name, sizes=None, seed=0, **given):
        path = tmp_path / "mine.py"
        path.write_text(text, encoding="utf-8")
        return traced(path, name, sizes or {}, seed, given)

    return found


@pytest.fixture
def refusal(run, tmp_path):
    """Return a function: as ``run``, but -> the reason for which it is refused, without the folder."""

    def found(*arguments, **given):
        with pytest.raises(LessonError) as caught:
            run(*arguments, **given)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return found


@pytest.mark.parametrize("name", ["forward", "course"])
def test_function_runs_on_the_data_of_batchnorm(name, run):
    lesson = record(load("batchnorm"), sizes={"N": 5}, seed=3)
    recording = run(BATCHNORM, name, {"N": 5}, 3)
    np.testing.assert_allclose(recording.output, lesson.output, rtol=1e-12)


def test_nodes_have_the_names_of_the_functions_variables(run):
    np.testing.assert_array_equal(run(BATCHNORM, "forward")["mu"], record(load("batchnorm"))["mu"])


def test_given_data_replace_what_is_made(run):
    recording = run(BATCHNORM, "other", x=np.ones((2, 2)), weight=np.array([2.0, 3.0]))
    np.testing.assert_array_equal(recording.output, [[2, 3], [2, 3]])


def test_parameter_with_a_default_needs_no_value(run):
    recording = run(BATCHNORM, "with_default", x=np.ones((2, 2)))
    np.testing.assert_array_equal(recording.output, [[2, 2], [2, 2]])


def test_search_path_is_left_as_it_was(run):
    before = [*sys.path]
    run(BATCHNORM, "forward")
    assert sys.path == before


def test_file_may_import_its_neighbour(run, tmp_path):
    (tmp_path / "neighbour_of_mine.py").write_text("factor = 3.0\n")
    text = "from neighbour_of_mine import factor\ndef f(x):\n    return x * factor\n"
    np.testing.assert_array_equal(run(text, "f", x=np.ones((1, 1))).output, [[3.0]])
    del sys.modules["neighbour_of_mine"]


def test_file_may_hold_a_dataclass_with_late_annotations(run):
    head = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    text = head + "@dataclass\nclass Cache:\n    x: int\ndef f(x):\n    return x * 2\n"
    assert run(text, "f").output.shape == (4, 3)


REFUSED = {
    "no such function": (
        (BATCHNORM, "forwrd"),
        "mine.py: error: there is no function forwrd (did you mean forward?)",
    ),
    "not a function": (
        (BATCHNORM, "limit"),
        "mine.py: error: there is no function limit (there are: forward, course, other, with_default)",
    ),
    "no value": (
        (BATCHNORM, "other"),
        "mine.py: error: there is no value for the parameter weight (give it with --data",
    ),
    "syntax": (("x = 1\ndef f(:\n", "f"), "mine.py:2: error: not Python 3: invalid syntax"),
    "error on import": (("x = 1\n1 / 0\n", "f"), "mine.py:2: error: ZeroDivisionError: division by zero"),
    "exit on import": (("import sys\nsys.exit(3)\n", "f"), "mine.py:2: error: SystemExit: 3"),
    "error when run": (
        ("def f(x):\n    y = x * 2\n    return y[{}]['a']\n", "f"),
        "mine.py:3: error: ",
    ),
    "error in a function within": (
        ("def g(x):\n    raise KeyError('a')\n\ndef f(x):\n    return g(x)\n", "f"),
        "mine.py:2: error: KeyError: 'a'",
    ),
    "exit when run": (
        ("import sys\ndef f(x):\n    sys.exit(3)\n", "f"),
        "mine.py:3: error: SystemExit: 3",
    ),
    "escape in a message": (
        ("def f(x):\n    raise ValueError('a\\x1b[2J\\nb')\n", "f"),
        "mine.py:2: error: ValueError: a[2J b",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_function_is_refused_with_its_reason_and_line(case, refusal):
    arguments, expected = REFUSED[case]
    assert refusal(*arguments).startswith(expected)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(LessonError, match=r"none\.py: error: there is no such Python file"):
        traced(tmp_path / "none.py", "f", {}, 0, {})


def test_error_has_its_line_where_the_path_is_relative(refusal, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("def f(x):\n    raise KeyError('a')\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LessonError, match=r"^mine\.py:2: error: KeyError"):
        traced(type(tmp_path)("mine.py"), "f", {}, 0, {})
