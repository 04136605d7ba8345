"""What is written for Graphviz and Mermaid holds the graph: it is read back and compared, node by node.

The readers below know just the part of the two languages that is written. They decode labels as Graphviz and
Mermaid do, so a label that was escaped wrongly does not come back as it was.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bn_tutor.course.loading import load, record
from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.graph import Node, build
from bn_tutor.engine.operation import CONSTANT, INPUT, LITERAL
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.tracing import trace
from bn_tutor.engine.zoom import Level
from bn_tutor.export.dot import dot
from bn_tutor.export.mermaid import mermaid

LESSONS = sorted(
    path.stem for path in (Path(__file__).parents[2] / "lessons").glob("*.md") if path.stem != "README"
)
EXPORTS = {"dot": dot, "mermaid": mermaid}
# Words of the two languages, and signs that begin or end something in one of them.
STRANGE = [
    *["end", "graph", "class", "o", "x", "subgraph", "style", "click", "default", "node", "edge", "strict"],
    *['a"b', "a\\b", "a\\", "\\N", "\\n", "a\\nb", "#35;", "#quot;", "&lt;", "&", "<b>b</b>", "<", ">"],
    *["{a|b}", "[a]", "(a)", "{{a}}", "a;b", "`a`", "*a*b*", "_a_", "__a__", "**a**", "- a", "1. a"],
    *["%% a", "%%{init: {}}%%", "// a", "/* a */", "# a", "-->", "a --x b", "@{ shape: x }", ":::a", "a:b"],
    *["$$a$$", "fa:fa-car", "style: #35;", "~~~", "漢字", "∂×−√²", "' '", "a  b", "http://a.b", "<!-- a -->"],
]
STEERING = {
    "a\x1b[31mb": "a[31mb",
    "a\x00b": "ab",
    "a\x9b2Jb": "a2Jb",
    "a\u202eb\u200bc": "abc",
    "a\nb": "a b",
    "a\r\nb\tc": "a b c",
    "a\u2028b\u2029c": "a b c",
    "a\ud800b": "ab",
}


@dataclass(frozen=True)
class Found:
    """What was read: nodes as (label, kind, is an output) in order, edges as (place, place)."""

    nodes: tuple[tuple[str, str, bool], ...]
    edges: tuple[tuple[int, int], ...]


# --- reading ----------------------------------------------------------------------------------------------

DOT_NODE = re.compile(r'  (\w+) \[label="((?:[^"\\]|\\.)*)", shape=(\w+)(, peripheries=2)?\];')
DOT_EDGE = re.compile(r"  (\w+) -> (\w+);")
DOT_KINDS = {"ellipse": "input", "hexagon": "constant", "plaintext": "number", "box": "operation"}
MERMAID_NODE = re.compile(r'  (\w+)(\[\[|\(\[|\{\{|\(\(|\[)"([^"]*)"(\]\]|\]\)|\}\}|\)\)|\])')
MERMAID_EDGE = re.compile(r"  (\w+) --> (\w+)")
MERMAID_KINDS = {
    ("([", "])"): "input",
    ("{{", "}}"): "constant",
    ("((", "))"): "number",
    ("[", "]"): "operation",
    ("[[", "]]"): "operation",
}


def read_dot(text):
    legend, head, *lines, foot, end = text.split("\n")
    assert legend.startswith("// ")
    assert (head, foot, end) == ("digraph {", "}", "")
    nodes, edges = read_lines(lines, DOT_NODE, DOT_EDGE)
    found = [(dot_label(label), DOT_KINDS[shape], bool(double)) for _, label, shape, double in nodes]
    return Found(tuple(found), places(nodes, edges))


def dot_label(text):
    """Decode an escString and the HTML entities in it."""
    assert not re.search(r"&(?!amp;)", text)
    lines = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)
    return lines.replace("&amp;", "&")


def read_mermaid(text):
    legend, head, *lines, end = text.split("\n")
    assert legend.startswith("%% ")
    assert (head, end) == ("flowchart TD", "")
    nodes, edges = read_lines(lines, MERMAID_NODE, MERMAID_EDGE)
    found = [
        (mermaid_label(label), MERMAID_KINDS[before, after], before == "[[")
        for _, before, label, after in nodes
    ]
    return Found(tuple(found), places(nodes, edges))


def mermaid_label(text):
    """Decode the codes of a label, in which nothing else may stand that Mermaid could take for its own."""
    lines = text.split("<br/>")
    left = re.sub(r"#\d+;", "", "".join(lines))
    assert all(sign.isalnum() or sign in " =+-/(),." or not sign.isascii() for sign in left), left
    decoded = [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), line) for line in lines]
    return "\n".join(decoded).replace("\u200b", "")


def read_lines(lines, node, edge):
    """Match each line as a node or else as an edge; nodes come first."""
    nodes = [found for line in lines if (found := node.fullmatch(line))]
    edges = [found for line in lines if (found := edge.fullmatch(line))]
    assert len(nodes) + len(edges) == len(lines), lines
    assert all(node.fullmatch(line) for line in lines[: len(nodes)])
    return [found.groups() for found in nodes], [found.groups() for found in edges]


def places(nodes, edges):
    place = {key: at for at, (key, *_) in enumerate(nodes)}
    assert len(place) == len(nodes)
    return tuple((place[start], place[end]) for start, end in edges)


READERS = {"dot": read_dot, "mermaid": read_mermaid}


def content(graph):
    """Return what an export of a graph has to hold."""
    place = {node.name: at for at, node in enumerate(graph.nodes)}
    nodes = tuple((label(node), kind(node), node.name in graph.outputs) for node in graph.nodes)
    edges = ((place[name], place[node.name]) for node in graph.nodes for name in node.inputs)
    return Found(nodes, tuple(edges))


def label(node):
    if node.operation is LITERAL:
        return node.name
    written = node.name if node.is_source else f"{node.name} = {node.formula}"
    return f"{written}\n{shape_text(node.shape)}"


def kind(node):
    return {INPUT: "input", CONSTANT: "constant", LITERAL: "number"}.get(node.operation, "operation")


# --- every lesson -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("notation", EXPORTS)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("lesson", LESSONS)
def test_an_export_holds_the_graph(lesson, level, notation):
    with np.errstate(all="ignore"):
        graph = record(load(lesson), level=level).graph
    assert READERS[notation](EXPORTS[notation](graph)) == content(graph)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz, the program dot, is not installed")
@pytest.mark.parametrize("lesson", LESSONS)
def test_graphviz_takes_it(lesson):
    with np.errstate(all="ignore"):
        graph = record(load(lesson), level=Level.OPERATION).graph
    drawn = subprocess.run(["dot", "-Tplain"], input=dot(graph), capture_output=True, encoding="utf-8")
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert drawn.stdout.count("\nnode ") == len(graph.nodes)


# --- names that mean something ----------------------------------------------------------------------------


def graph_of_names(names):
    """Return a graph of inputs and constants with these names and operations with such formulas."""
    sources = [
        Node(name, CONSTANT if at % 2 else INPUT, shape=(2, 3), formula=name) for at, name in enumerate(names)
    ]
    sums = [Node(f"{name}!", OPERATIONS["add"], (name, names[0]), formula=f"[{name}]") for name in names]
    return build([*sources, Node("2", LITERAL, parameters={"value": 2.0}), *sums], sums[-1].name)


@pytest.mark.parametrize("notation", EXPORTS)
def test_every_name_comes_back(notation):
    graph = graph_of_names(STRANGE)
    assert READERS[notation](EXPORTS[notation](graph)) == content(graph)


@pytest.mark.parametrize("notation", EXPORTS)
@pytest.mark.parametrize("name", STEERING)
def test_no_control_character_is_written(notation, name):
    text = EXPORTS[notation](graph_of_names([name]))
    assert text.replace("\n", "").isprintable()
    assert READERS[notation](text).nodes[0][0] == f"{STEERING[name]}\n(2, 3)"


@pytest.mark.parametrize("notation", EXPORTS)
def test_no_name_is_a_name_of_the_notation(notation):
    """Mermaid takes ``end`` and others for its own, and an ``o`` or ``x`` behind an edge for its head."""
    text = EXPORTS[notation](graph_of_names(STRANGE))
    keys = re.findall(r"^  (\w+)", text, re.MULTILINE) + re.findall(r"-> (\w+)", text)
    assert keys and all(re.fullmatch(r"n\d+", key) for key in keys)


# --- what tells nodes apart -------------------------------------------------------------------------------


def twice(x):
    return x * x + 2.0


@pytest.mark.parametrize("notation", EXPORTS)
def test_an_operand_that_is_used_twice_has_two_edges(notation):
    graph = trace(twice, np.ones((2,))).graph
    found = READERS[notation](EXPORTS[notation](graph))
    square = next(node for node in graph.operations if len(node.inputs) == 2)
    place = graph.nodes.index(square)
    assert found.edges.count((graph.nodes.index(graph["x"]), place)) == 2


def several_outputs():
    x = Node("x", INPUT, shape=(2,), formula="x")
    first = Node("first", OPERATIONS["exp"], ("x",), formula="exp(x)")
    second = Node("second", OPERATIONS["tanh"], ("first",), formula="tanh(first)")
    return build([x, first, second], ("first", "second"))


@pytest.mark.parametrize("notation", EXPORTS)
def test_every_output_is_marked(notation):
    nodes = READERS[notation](EXPORTS[notation](several_outputs())).nodes
    assert [is_output for _, _, is_output in nodes] == [False, True, True]


@pytest.mark.parametrize("notation", EXPORTS)
def test_each_kind_has_its_shape(notation):
    nodes = READERS[notation](EXPORTS[notation](graph_of_names(["a", "b"]))).nodes
    assert [found for _, found, _ in nodes] == [
        "input",
        "constant",
        "number",
        "operation",
        "operation",
    ]


@pytest.mark.parametrize("notation", EXPORTS)
def test_the_same_graph_gives_the_same_text(notation):
    first, second = (record(load("batchnorm"), seed=seed).graph for seed in (0, 1))
    assert EXPORTS[notation](first) == EXPORTS[notation](second)


def test_the_text_for_graphviz():
    assert dot(several_outputs()).split("\n")[1:] == [
        "digraph {",
        '  n0 [label="x\\n(2,)", shape=ellipse];',
        '  n1 [label="first = exp(x)\\n(2,)", shape=box, peripheries=2];',
        '  n2 [label="second = tanh(first)\\n(2,)", shape=box, peripheries=2];',
        "  n0 -> n1;",
        "  n1 -> n2;",
        "}",
        "",
    ]


def test_the_text_for_mermaid():
    assert mermaid(several_outputs()).split("\n")[1:] == [
        "flowchart TD",
        '  n0(["x<br/>(2,)"])',
        '  n1[["first = exp(x)<br/>(2,)"]]',
        '  n2[["second = tanh(first)<br/>(2,)"]]',
        "  n0 --> n1",
        "  n1 --> n2",
        "",
    ]


# --- the readers notice a fault ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notation", "old", "new"),
    [
        ("dot", "  n0 -> n1;\n", ""),
        ("dot", "n1 -> n2", "n2 -> n1"),
        ("dot", "shape=ellipse", "shape=box"),
        ("dot", ", peripheries=2", ""),
        ("dot", "exp(x)", "exp(y)"),
        ("mermaid", "  n0 --> n1\n", ""),
        ("mermaid", "n1 --> n2", "n2 --> n1"),
        ("mermaid", '(["x<br/>(2,)"])', '["x<br/>(2,)"]'),
        ("mermaid", '[["first = exp(x)<br/>(2,)"]]', '["first = exp(x)<br/>(2,)"]'),
        ("mermaid", "exp(x)", "exp(y)"),
    ],
)
def test_a_fault_in_an_export_would_be_seen(notation, old, new):
    text = EXPORTS[notation](several_outputs())
    assert old in text
    assert READERS[notation](text.replace(old, new, 1)) != content(several_outputs())


@pytest.mark.parametrize("sign", list('#<&`*_\\"'))
def test_a_sign_that_was_not_escaped_for_mermaid_would_be_seen(sign):
    with pytest.raises(AssertionError):
        read_mermaid(mermaid(several_outputs()).replace("exp(x)", f"exp({sign})"))
