"""The walk as one JSON document: its keys, its precision, and that a program can check it."""

import json
import math

import numpy as np
import pytest

from bn_tutor.engine.replay import gradients
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.document import jsonable, walk_document, walk_json

TOP = {
    *("format", "lesson", "sizes", "choices", "seed"),
    *("inputs", "nodes", "upstream", "steps", "gradients"),
}
SWITCHED = """\
+++
format = 1
title = "Switched"

[sizes]
N = 4
D = 3

[switches]
mode = ["train", "inference"]
axis = { rows = [0], all = [0, 1] }

[inputs]
x = { shape = ["N", "D"] }
+++

```graph when mode = train
mu = mean(x, axis=axis, keepdims=true)
out = (x - mu) * mu
```
"""
NODE = {"name", "formula", "inputs", "shape", "value"}
STEP = {"node", "upstream", "edges"}
EDGE = {"input", "formula", "local", "gradient", "complete"}
SHAPED = {"shape", "value"}


def read(story):
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    return json.loads(walk_json(story), parse_constant=refuse)


def missing_keys(document):
    """Return what the document lacks of what its readers were promised."""
    missing = [("document", key) for key in TOP - document.keys()]
    missing += [("node", key) for node in document["nodes"] for key in NODE - node.keys()]
    for step in document["steps"]:
        missing += [("step", key) for key in STEP - step.keys()]
        missing += [("upstream", key) for key in SHAPED - step["upstream"].keys()]
        for edge in step["edges"]:
            missing += [("edge", key) for key in EDGE - edge.keys()]
            missing += [(part, key) for part in ("local", "gradient") for key in SHAPED - edge[part].keys()]
    return missing


def wrong_shapes(document):
    """Return the shapes that are not those of the value beside them."""
    parts = [*document["nodes"], *(step["upstream"] for step in document["steps"])]
    parts += [
        edge[part] for step in document["steps"] for edge in step["edges"] for part in ("local", "gradient")
    ]
    return [part for part in parts if list(np.shape(part["value"])) != part["shape"]]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("level", Level)
def test_the_document_has_every_key_that_was_promised(lesson_tour, order, level):
    document = read(lesson_tour(order).story(level))
    assert missing_keys(document) == []
    assert wrong_shapes(document) == []


def test_a_missing_key_would_be_seen(tour):
    document = walk_document(tour.story(Level.NODE))
    del document["seed"], document["steps"][2]["edges"][0]["local"]["shape"]
    assert missing_keys(document) == [("document", "seed"), ("local", "shape")]


def test_a_wrong_shape_would_be_seen(tour):
    document = walk_document(tour.story(Level.NODE))
    document["nodes"][0]["shape"] = [4, 3]
    assert wrong_shapes(document) == [document["nodes"][0]]


def test_the_document_says_what_was_walked(lesson_tour):
    document = read(lesson_tour(seed=5, N=6).story(Level.NODE))
    assert document["format"] == 1
    assert document["lesson"] == "batchnorm"
    assert document["sizes"] == {"N": 6, "D": 3}
    assert document["seed"] == 5
    assert document["choices"] == {}
    assert list(document["inputs"]) == ["x", "gamma", "beta", "eps"]
    assert document["inputs"]["eps"] == 1e-5


def test_the_document_says_which_variant_was_walked(text_tour):
    usual, other = (read(text_tour(SWITCHED, **each).story(Level.NODE)) for each in ({}, {"axis": "0,1"}))
    assert usual["choices"] == {"mode": "train", "axis": "rows"}
    assert other["choices"] == {"mode": "train", "axis": "0,1"}
    assert [each["nodes"][0]["shape"] for each in (usual, other)] == [[1, 3], [1, 1]]
    assert edges_off(other) == []


def test_a_function_has_no_choices(traced_tour, random_arrays):
    assert read(traced_tour(lambda x: x * 2.0, *random_arrays(3)).story(Level.NODE))["choices"] == {}


def test_nodes_and_steps_come_in_their_order(tour):
    document = read(tour.story(Level.NODE))
    names = ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out"]
    assert [node["name"] for node in document["nodes"]] == names
    assert [step["node"] for step in document["steps"]] == [*names[::-1], "x"]
    assert document["nodes"][4]["inputs"] == ["var", "eps"]
    assert document["nodes"][4]["formula"] == "sqrt(var + eps)"


def test_every_edge_says_whether_the_gradient_is_complete(tour):
    edges = [edge for step in read(tour.story(Level.NODE))["steps"] for edge in step["edges"]]
    incomplete = [edge["input"] for edge in edges if not edge["complete"]]
    assert incomplete == ["xmu", "x"]
    assert [edge["complete"] for edge in edges if edge["input"] == "x"] == [False, True]


def test_local_gradients_are_written_as_formulas(tour):
    edges = {
        (step["node"], edge["input"]): edge["formula"]
        for step in read(tour.story(Level.NODE))["steps"]
        for edge in step["edges"]
    }
    assert edges["ivar", "sqrtvar"] == "-1 / sqrtvar**2"
    assert edges["sqrtvar", "var"] == "1 / (2 * sqrtvar)"
    assert edges["sq", "xmu"] == "2 * xmu"
    assert edges["out", "gammax"] == "1"


# --- precision --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
def test_every_number_comes_back_exactly(tour, level):
    story = tour.story(level)
    document = read(story)
    for node in document["nodes"]:
        assert np.array_equal(node["value"], story.recording[node["name"]])
    for name, value in document["inputs"].items():
        assert np.array_equal(value, story.recording[name])
    for step, kept in zip(document["steps"], story.steps, strict=True):
        assert np.array_equal(step["upstream"]["value"], kept.upstream)
    assert np.array_equal(document["upstream"], story.subject.upstream)


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-308, 5e-324, 1.7976931348623157e308, -1 / 3, 2.0**53 + 1])
def test_one_number_comes_back_exactly(value):
    assert json.loads(json.dumps(jsonable(np.array([value])))) == [value]


def test_inf_and_nan_are_written_as_texts():
    value = np.array([[math.inf, -math.inf], [math.nan, 1.5]])
    assert jsonable(value) == [["inf", "-inf"], ["nan", 1.5]]
    assert jsonable(np.array(math.nan)) == "nan"
    assert jsonable(np.array([True, False])) == [True, False]
    assert jsonable(np.zeros((0, 3))) == []


@pytest.mark.parametrize("level", Level)
def test_a_constant_column_without_eps_is_valid_json(data_tour, level):
    x = np.random.default_rng(3).normal(size=(4, 3))
    x[:, 1] = 2.0
    with np.errstate(all="ignore"):
        document = read(data_tour(x=x, eps=0.0).story(level))
    texts = {number for row in document["gradients"]["x"] for number in row if isinstance(number, str)}
    assert texts <= {"inf", "-inf", "nan"}
    assert texts
    assert all(isinstance(row[0], float) for row in document["gradients"]["x"])


# --- a program can check it -------------------------------------------------------------------------------


def fitted(product, shape):
    """Sum a product over the axes that the forward pass broadcast, or spread it where it was reduced."""
    if np.ndim(product) < len(shape):
        return np.broadcast_to(product, shape)
    extra = tuple(range(np.ndim(product) - len(shape)))
    summed = np.sum(product, axis=extra)
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 != summed.shape[axis])
    return np.sum(summed, axis=axes, keepdims=True)


def computed(step, edge):
    """Compute an edge's gradient from the document alone: upstream times local gradient."""
    upstream, local = np.array(step["upstream"]["value"]), np.array(edge["local"]["value"])
    shape = edge["gradient"]["shape"]
    if edge["formula"].startswith("through"):
        return (upstream.ravel() @ local).reshape(shape)
    return fitted(upstream * local, shape)


def edges_off(document):
    """Return the edges whose gradient is not upstream times local gradient."""
    pairs = [(step, edge) for step in document["steps"] for edge in step["edges"]]
    return [
        (step["node"], edge["input"])
        for step, edge in pairs
        if not np.allclose(computed(step, edge), edge["gradient"]["value"], rtol=1e-9, atol=1e-12)
    ]


def sums(document):
    """Add up what the edges bring to each input."""
    found = {}
    for edge in (edge for step in document["steps"] for edge in step["edges"]):
        found[edge["input"]] = found.get(edge["input"], 0) + np.array(edge["gradient"]["value"])
    return found


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("options", [{}, {"N": 1}, {"N": 2, "D": 5, "seed": 4}])
def test_the_document_reproduces_every_gradient(lesson_tour, level, options):
    story = lesson_tour(**options).story(level)
    document = read(story)
    assert edges_off(document) == []
    wanted = gradients(story.recording, story.subject.upstream)
    for name, value in document["gradients"].items():
        np.testing.assert_allclose(value, wanted[name], rtol=1e-12)
        np.testing.assert_allclose(sums(document)[name], value, rtol=1e-9, atol=1e-12)


def test_a_wrong_gradient_would_be_seen(tour):
    document = walk_document(tour.story(Level.NODE))
    document["steps"][3]["edges"][0]["gradient"]["value"][1] *= 1.001
    assert edges_off(document) == [("ivar", "sqrtvar")]


@pytest.mark.parametrize("order", [Order.RECURSIVE, Order.TWICE])
def test_a_demonstration_writes_down_its_wrong_gradients(lesson_tour, order):
    story = lesson_tour(order).story(Level.NODE)
    written = read(story)["gradients"]
    for name, wrong, _ in story.verdict.gradients:
        assert np.array_equal(written[name], wrong)


def test_an_input_that_is_not_used_has_a_gradient_of_zeros(traced_tour, random_arrays):
    def function(x, w):
        return x * 2.0

    document = read(traced_tour(function, *random_arrays((4, 3), (3,))).story(Level.NODE))
    assert document["gradients"]["w"] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("level", Level)
def test_a_formula_speaks_of_the_inputs_of_its_node(tour, level):
    document = read(tour.story(level))
    constants = document["inputs"].keys() - document["gradients"].keys()
    strange = [
        (node["name"], name)
        for node in document["nodes"]
        for name in set(node["inputs"]) - constants
        if name not in node["formula"]
    ]
    assert strange == []
