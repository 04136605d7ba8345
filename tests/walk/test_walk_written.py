"""The lesson's own lines for a contribution, with the helpers that they name."""

import numpy as np
import pytest

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.loading import load, record
from bn_tutor.course.problem import Findings
from bn_tutor.course.reader import parse_lesson
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject
from bn_tutor.walk.written import written_lines

LESSON = """\
+++
format = 1
title = "Roads"
output = "out"

[sizes]
N = 4
D = 3

[inputs]
x = { shape = ["N", "D"], draw = "normal" }
g = { shape = ["D"], draw = "normal" }
+++

# Roads

```graph
xhat = (x - mean(x, axis=0)) * g + x * x
out = xhat * xhat
```

```backward
dxhat1 = dout * xhat
dxhat2 = dxhat1
dxhat = dxhat1 + dxhat2
part = dxhat * g
shift = mean(part, axis=0)
unused = part * 2
dx = part - shift + 2 * x * dxhat
```

```closed
dg = sum(2 * dout * xhat * (x - mean(x, axis=0)), axis=0)
```
"""


def tour_of(text):
    lesson = parse_lesson(text, "roads", Findings("roads.md"))
    assert not isinstance(lesson, tuple), lesson
    recording = record(lesson, level=Level.OPERATION)
    upstream = np.random.default_rng(3).normal(size=recording.output.shape)
    return Tour(Subject("roads", recording, upstream, 0, dict(lesson.sizes), lesson))


@pytest.fixture(scope="module")
def roads():
    return tour_of(LESSON)


def test_a_line_comes_with_the_helpers_it_names_and_no_others(roads):
    assert written_lines(roads.story(Level.NODE), "dx") == [
        "part = dxhat * g",
        "shift = mean(part, axis=0)",
        "dx = part - shift + 2 * x * dxhat",
    ]


def test_gradients_of_the_walk_are_no_helpers(roads):
    assert written_lines(roads.story(Level.NODE), "dxhat2") == ["dxhat2 = dxhat1"]


def test_closed_lines_stand_in_where_the_staged_ones_are_silent(roads):
    (line,) = written_lines(roads.story(Level.NODE), "dg")
    assert line.startswith("dg = sum(2 * dout")


def test_the_lines_give_the_gradient(roads):
    story = roads.story(Level.NODE)
    values = dict(story.values)
    for line in written_lines(story, "dx"):
        name, _, formula = line.partition(" = ")
        values[name] = evaluate(formula, values, story.subject.names)
    assert np.allclose(values["dx"], story.values["dx"], rtol=1e-12)


@pytest.mark.parametrize("level", [Level.LAYER, Level.OPERATION])
def test_names_of_the_lesson_mean_something_else_at_other_levels(roads, level):
    assert written_lines(roads.story(level), "dx") == []


def test_what_a_lesson_does_not_write_has_no_lines(roads, traced_tour):
    assert written_lines(roads.story(Level.NODE), "dnothing") == []
    function = traced_tour(lambda x: x * np.tanh(x), np.ones(3))
    assert written_lines(function.story(Level.NODE), "dx") == []


def test_tuples_that_switches_stand_for_are_written_out():
    lesson = load("groupnorm")
    recording = record(lesson, level=Level.OPERATION)
    upstream = np.ones(recording.output.shape)
    story = Tour(Subject("groupnorm", recording, upstream, 0, dict(lesson.sizes), lesson)).story(Level.NODE)
    lines = [line for each in lesson.backward for line in written_lines(story, each.name)]
    assert any("axis=(2, 3, 4)" in line for line in lines)
    assert not any("axis=axis" in line for line in lines)
