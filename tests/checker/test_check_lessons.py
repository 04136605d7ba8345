"""Functions for any lesson's graph: one of the course, or an instructor's own."""

import subprocess

import pytest

from bn_tutor.course.loading import load
from tests.checker.check_files import checked, said_of, with_fault
from tests.cli.conftest import PROGRAM

RMSNORM = '''"""Mine.

bn-tutor: forward=f backward=g lesson=rmsnorm
"""
import numpy as np


def f(x, gamma, eps):
    inverse = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
    return gamma * x * inverse, (x, gamma, inverse)


def g(dout, cache):
    x, gamma, inverse = cache
    xhat = x * inverse
    dxhat = dout * gamma
    dx = inverse * (dxhat - xhat * (dxhat * xhat).mean(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0)
'''
LAYER = """
import numpy as np


class Norm:
    def __init__(self, gamma, eps):
        self.gamma, self.eps = gamma, eps

    def forward(self, x):
        self.inverse = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + self.eps)
        self.xhat = x * self.inverse
        return self.gamma * self.xhat

    def backward(self, dout):
        dxhat = dout * self.gamma
        self.dgamma = (dout * self.xhat).sum(axis=0)
        return self.inverse * (dxhat - self.xhat * (dxhat * self.xhat).mean(axis=1, keepdims=True))
"""
# What `lesson new` writes: tanh(w * x + b).
OWN = """
import numpy as np


def swish_forward(x, w, b):
    out = np.tanh(w * x + b)
    return out, (x, w, out)


def swish_backward(dout, cache):
    x, w, out = cache
    dshifted = dout * (1 - out**2)
    return {gradients}
"""
BY_NAME = {"x": "dshifted * w", "w": "(dshifted * x).sum(axis=0)", "b": "dshifted.sum(axis=0)"}


def verdicts(report):
    return {each.name: str(each.verdict) for each in report.functions}


def test_a_file_may_name_its_lesson(tmp_path):
    assert verdicts(checked(tmp_path, RMSNORM)) == {"f": "right", "g": "right"}
    report = checked(tmp_path, with_fault(RMSNORM, "(dout * xhat).sum(axis=0)", "(dout * x).sum(axis=0)"))
    assert verdicts(report) == {"f": "right", "g": "wrong"}
    assert said_of(report, "g").keys() == {"dgamma"}


def test_a_lesson_that_is_not_there_is_told(tmp_path):
    report = checked(tmp_path, with_fault(RMSNORM, "lesson=rmsnorm", "lesson=rmsnom"))
    assert report.verdict == "error"
    assert "rmsnorm" in report.problems[0].message


@pytest.mark.parametrize("words", [(), ("forward=f", "backward=g"), ("forward=f",)])
def test_a_lesson_is_named_on_the_command_line(tmp_path, words):
    plain = RMSNORM.partition('"""\n')[2].replace("def f(", "def forward(").replace("def g(", "def backward(")
    mapped = RMSNORM if words else plain
    report = checked(tmp_path, mapped, functions=words, lesson=load("rmsnorm"))
    assert report.verdict == "right"
    assert len(report.functions) == (1 if words == ("forward=f",) else 2)


def test_a_class_is_checked_against_a_lesson(tmp_path):
    report = checked(tmp_path, LAYER, lesson=load("rmsnorm"))
    assert verdicts(report) == {"Norm.forward": "right", "Norm.backward": "right"}
    report = checked(tmp_path, with_fault(LAYER, "(dxhat - self", "(dxhat + self"), lesson=load("rmsnorm"))
    assert said_of(report, "Norm.backward").keys() == {"dx"}


@pytest.fixture(scope="module")
def own_lesson(tmp_path_factory):
    """Write a lesson as an instructor does."""
    folder = tmp_path_factory.mktemp("lesson")
    subprocess.run([*PROGRAM, "lesson", "new", "swish"], cwd=folder, check=True, capture_output=True)
    return load(folder / "swish.md")


def own(lesson, **changed):
    gradients = {**BY_NAME, **changed}
    text = ", ".join(gradients[row.name] for row in lesson.inputs if not row.constant)
    return OWN.replace("{gradients}", text)


def test_an_instructors_own_lesson(tmp_path, own_lesson):
    report = checked(tmp_path, own(own_lesson), lesson=own_lesson)
    assert verdicts(report) == {"swish_forward": "right", "swish_backward": "right"}


@pytest.mark.parametrize(
    ("gradient", "wrong", "say"),
    [
        ("x", "dshifted", "dx is off"),
        ("w", "dshifted * x", "dw has the shape"),
        ("b", "dout.sum(axis=0)", "db is off"),
    ],
)
def test_a_fault_in_an_own_lesson_is_told(tmp_path, own_lesson, gradient, wrong, say):
    report = checked(tmp_path, own(own_lesson, **{gradient: wrong}), lesson=own_lesson)
    assert verdicts(report) == {"swish_forward": "right", "swish_backward": "wrong"}
    said = said_of(report, "swish_backward")
    assert said.keys() == {f"d{gradient}"}
    assert said[f"d{gradient}"].startswith(say)
