"""``walk --json``: one document, its keys, its precision, and that it can be walked again."""

import json
import subprocess
import sys

import numpy as np
import pytest

KEYS = ["format", "lesson", "sizes", "choices", "seed", "inputs", "nodes", "upstream", "steps", "gradients"]


def closed_form(document):
    """Return the gradients of batch norm, in one breath, from what a document says went in."""
    x, gamma, eps = (np.array(document["inputs"][name]) for name in ("x", "gamma", "eps"))
    dout = np.array(document["upstream"])
    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    dxhat = gamma * dout
    inner = dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)
    dx = inner / np.sqrt(x.var(axis=0) + eps)
    return {"x": dx, "gamma": (dout * xhat).sum(axis=0), "beta": dout.sum(axis=0)}


def assert_right(document):
    for name, right in closed_form(document).items():
        np.testing.assert_allclose(document["gradients"][name], right, rtol=1e-9, atol=1e-12)


def strict(text):
    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def batchnorm():
    """The document of the lesson, made once."""
    command = [sys.executable, "-m", "bn_tutor", "walk", "--json"]
    return strict(subprocess.run(command, capture_output=True, check=True).stdout)


def test_keys_of_the_document(batchnorm):
    assert list(batchnorm) == KEYS
    assert (batchnorm["format"], batchnorm["lesson"], batchnorm["seed"]) == (1, "batchnorm", 0)
    assert (batchnorm["sizes"], batchnorm["choices"]) == ({"N": 4, "D": 3}, {})
    assert set(batchnorm["inputs"]) == {"x", "gamma", "beta", "eps"}
    assert set(batchnorm["gradients"]) == {"x", "gamma", "beta"}


def test_nodes(batchnorm):
    first = batchnorm["nodes"][0]
    assert len(batchnorm["nodes"]) == 9
    assert set(first) == {"name", "formula", "inputs", "shape", "value"}
    assert (first["name"], first["formula"]) == ("mu", "mean(x, axis=0)")
    assert (first["inputs"], first["shape"]) == (["x"], [3])
    np.testing.assert_allclose(first["value"], np.mean(batchnorm["inputs"]["x"], axis=0), rtol=1e-15)


def test_steps(batchnorm):
    nodes = [step["node"] for step in batchnorm["steps"]]
    assert nodes == ["out", "gammax", "xhat", "ivar", "sqrtvar", "var", "sq", "xmu", "mu", "x"]
    assert all(set(step) == {"node", "upstream", "edges"} for step in batchnorm["steps"])
    assert batchnorm["steps"][0]["upstream"] == {"shape": [4, 3], "value": batchnorm["upstream"]}
    assert batchnorm["steps"][-1]["edges"] == []


def test_edges(batchnorm):
    edges = [edge for step in batchnorm["steps"] for edge in step["edges"]]
    assert all({"input", "formula", "local", "gradient", "complete"} <= set(edge) for edge in edges)
    arrivals = [(edge["input"], edge["complete"]) for edge in edges if edge["input"] in ("x", "xmu")]
    assert arrivals == [("xmu", False), ("xmu", True), ("x", False), ("x", True)]


def test_an_edge_is_upstream_times_local(batchnorm):
    step = next(step for step in batchnorm["steps"] if step["node"] == "ivar")
    edge = step["edges"][0]
    assert (edge["input"], edge["formula"], edge["local"]["shape"]) == ("sqrtvar", "-1 / sqrtvar**2", [3])
    product = np.multiply(step["upstream"]["value"], edge["local"]["value"])
    np.testing.assert_allclose(edge["gradient"]["value"], product, rtol=1e-14)


def test_gradients_are_the_closed_form(batchnorm):
    assert_right(batchnorm)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--size", "N=7,D=5", "--seed", "11"],
        ["--eps", "0.3", "--level", "operation"],
        ["--level", "layer"],
    ],
)
def test_gradients_are_the_closed_form_whatever_is_asked(document, arguments):
    assert_right(document(*arguments))


def test_numbers_keep_every_digit(batchnorm, document, written):
    path = written("again.json", json.dumps(batchnorm))
    again = document("--data", path)
    assert again["inputs"] == batchnorm["inputs"]
    assert again["upstream"] == batchnorm["upstream"]
    assert again["gradients"] == batchnorm["gradients"]


def test_not_a_number_and_infinity_are_texts(walk):
    found = strict(walk("--json", "--size", "N=1", "--eps", "0"))
    nodes = {node["name"]: node["value"] for node in found["nodes"]}
    assert nodes["ivar"] == ["inf", "inf", "inf"]
    assert nodes["xhat"] == [["nan", "nan", "nan"]]
    assert found["gradients"]["x"] == [["nan", "nan", "nan"]]
    assert all(isinstance(each, float) for each in found["gradients"]["beta"])


def test_twice_doubles_the_gradients(batchnorm, document):
    twice = document("--twice")
    assert len(twice["steps"]) == 20
    np.testing.assert_allclose(
        twice["gradients"]["gamma"], 2 * np.array(batchnorm["gradients"]["gamma"]), rtol=1e-12
    )


def test_document_is_one_line(walk):
    assert walk("--json").count("\n") == 1
