"""A lesson with several outputs: walked, written as JSON, and given its upstream gradients by name."""

import json

import numpy as np
import pytest

LESSON = """\
+++
format = 1
title = "Two outputs"
output = ["out", "h"]

[sizes]
N = 2
D = 3

[inputs]
x = { shape = ["N", "D"] }
w = { shape = ["D"] }
+++

```graph
h = x * w
out = h * h
```
"""
X, W = [[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]], [1.0, -2.0, 0.5]
DOUT, DH = [[1.0, 0.0, 2.0], [3.0, 1.0, -1.0]], [[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]


@pytest.fixture
def lesson(written):
    return written("two.md", LESSON)


@pytest.fixture
def data(written):
    return lambda **given: written("data.json", json.dumps({"x": X, "w": W, **given}))


def gradients_of(x, w, dout, dh):
    dh = np.array(dh) + 2 * np.array(x) * w * dout
    return {"x": dh * w, "w": (dh * x).sum(axis=0)}


def assert_right(document):
    inputs, upstream = document["inputs"], document["upstream"]
    expected = gradients_of(inputs["x"], inputs["w"], upstream["out"], upstream["h"])
    for name, value in expected.items():
        np.testing.assert_allclose(document["gradients"][name], value, rtol=1e-12)


def test_the_walk_tells_of_the_upstream_from_outside(walk, lesson):
    text = " ".join(walk(lesson).split())
    assert "this is one of 2 outputs; the loss L is computed from all of them" in text
    assert " ledger dh = dh0 (from outside) + dh1 (from out, left) + dh2 (from out, right), complete " in text


@pytest.mark.parametrize("level", ["node", "operation", "layer"])
def test_each_output_has_its_own_random_upstream(document, lesson, level):
    found = document(lesson, "--level", level)
    assert list(found["upstream"]) == ["out", "h"]
    assert not np.allclose(found["upstream"]["out"], found["upstream"]["h"])
    assert_right(found)


def test_each_upstream_can_be_given(document, lesson, data):
    found = document(lesson, "--data", data(dout=DOUT, dh=DH))
    assert found["upstream"] == {"out": DOUT, "h": DH}
    assert_right(found)


@pytest.mark.parametrize(("name", "given", "other"), [("h", DH, "out"), ("out", DOUT, "h")])
def test_one_that_is_not_given_is_drawn(document, lesson, data, name, given, other):
    drawn = document(lesson)["upstream"][other]
    assert document(lesson, "--data", data(**{f"d{name}": given}))["upstream"] == {name: given, other: drawn}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dh": [1, 2]}, "the upstream gradient dh has the shape (2,), h has (2, 3)"),
        (
            {"upstream": DOUT},
            "there are 2 outputs, each with its own upstream gradient: name them dout and dh",
        ),
    ],
)
def test_upstreams_that_do_not_fit(complaint, lesson, data, given, said):
    assert complaint(lesson, "--data", data(**given)) == said


def test_a_gradient_of_no_output(complaint, lesson, data):
    assert "there is no input dx" in complaint(lesson, "--data", data(dx=X))


def test_wrong_orders_are_shown_and_compared(walk, lesson):
    assert "dx here: wrong" in walk(lesson, "--order", "recursive")
    assert "dx here: wrong" in walk(lesson, "--twice")
