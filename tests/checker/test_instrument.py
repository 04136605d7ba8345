"""Probes change nothing: every right file is right with them, and each statement's value is seen."""

import ast
from pathlib import Path

import numpy as np
import pytest

from bn_tutor.checker.calling import Caller
from bn_tutor.checker.instrument import Kind, probed
from bn_tutor.checker.probe import Probe
from bn_tutor.checker.source import Source, read_source

RIGHT = sorted((Path(__file__).parent / "right").glob("*.py"))
PLAN = {
    "arrays": {"x": np.arange(6.0).reshape(3, 2)},
    "tables": {},
    "calls": [{"as": "out", "function": "f", "arguments": [["array", "x"]], "named": {}, "whole": True}],
}


def run(text, patches=None):
    """Run ``f`` of a probed source on x; return the sites and what the run gave."""
    source = Source(Path("/f.py"), text, ast.parse(text))
    tree, sites = probed(source)
    caller = Caller()
    caller.path, caller.space = "/f.py", {"np": np}
    exec(compile(tree, "/f.py", "exec"), caller.space)
    return sites, caller.run(PLAN, patches or {}, True)


def seen(text):
    """Return what every site made at its first visit, by the name that it is stored in."""
    sites, result = run(text)
    return {sites[each["place"]].name: each["value"] for each in result["seen"] if each["time"] == 1}


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_a_probed_file_is_python_and_keeps_its_lines(path):
    source = read_source(path)
    tree, sites = probed(source)
    compile(tree, str(path), "exec")
    written = {node.lineno for node in ast.walk(source.tree) if isinstance(node, ast.stmt)}
    assert sites
    assert {site.line for site in sites} <= written


def test_every_kind_of_statement_is_seen():
    found = seen(
        "def f(x):\n"
        "    a, b = x.sum(0), x.mean(0)\n"
        "    c = a * b\n"
        "    c += 1\n"
        "    d = {}\n"
        "    d['k'] = c - 1\n"
        "    e, (g, h) = b, (a, c)\n"
        "    np.add(a, b, out=a)\n"
        "    total = 0\n"
        "    for row in x:\n"
        "        total = total + row\n"
        "    return total\n"
    )
    assert found.keys() >= {"a", "b", "c", "d['k']", "e", "g", "h", "total", ""}
    np.testing.assert_array_equal(found["d['k']"], found["b"] * np.array([6.0, 9.0]))


def test_a_value_is_put_in_the_place_of_a_statement():
    sites, result = run("def f(x):\n    a = x + 1\n    return a * 2\n")
    place = next(site.number for site in sites if site.name == "a")
    _, patched = run("def f(x):\n    a = x + 1\n    return a * 2\n", {str(place): {"value": np.ones((3, 2))}})
    assert result["given"]["out"]["array"][0, 0] == 2.0
    np.testing.assert_array_equal(patched["given"]["out"]["array"], np.full((3, 2), 2.0))


def test_a_formula_is_put_in_the_place_of_a_statement_that_raises():
    text = "def f(x):\n    scale = 3.0\n    a = x + undefined\n    return a\n"
    sites, result = run(text)
    assert result["error"]["type"] == "NameError"
    place = next(site.number for site in sites if site.name == "a")
    _, patched = run(text, {str(place): {"code": "x * scale"}})
    np.testing.assert_array_equal(patched["given"]["out"]["array"], PLAN["arrays"]["x"] * 3.0)


def test_only_one_visit_is_patched():
    loop = "    for row in x:\n        y = row * 1\n        out.append(y)\n"
    text = f"def f(x):\n    out = []\n{loop}    return np.array(out)\n"
    sites, _ = run(text)
    place = next(site.number for site in sites if site.name == "y")
    _, patched = run(text, {str(place): {"value": np.zeros(2), "time": 2}})
    np.testing.assert_array_equal(patched["given"]["out"]["array"], [[0, 1], [0, 0], [4, 5]])


def test_what_is_no_formula_is_an_error_of_the_run():
    sites, _ = run("def f(x):\n    return x\n")
    _, result = run("def f(x):\n    return x\n", {str(sites[0].number): {"code": "x +"}})
    assert result["error"]["type"] == "SyntaxError"


def test_generators_are_left_alone():
    tree = ast.parse("def f(x):\n    y = 1\n    yield y\n")
    _, sites = probed(Source(Path("/f.py"), "", tree))
    assert sites == ()


def test_a_probe_counts_visits():
    probe = Probe({}, record=True)
    assert [probe.value(3, lambda: 1.5) for _ in range(2)] == [1.5, 1.5]
    assert [(each["place"], each["time"]) for each in probe.seen] == [(3, 1), (3, 2)]


def test_kinds():
    sites, _ = run("def f(x):\n    a, b = x\n    for k in range(2):\n        x[0] = k\n    return a, b\n")
    assert {site.kind for site in sites} >= {Kind.UNPACKED, Kind.LOOP, Kind.PART, Kind.AFTER, Kind.RETURNED}
