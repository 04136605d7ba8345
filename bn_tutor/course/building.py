"""From the lines of a lesson's graph block to a checked graph; all problems are found at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bn_tutor.course.expression import Lowering, named_nodes
from bn_tutor.course.lesson import InputRow, Lesson, Line
from bn_tutor.course.problem import Findings, Problem, SlipError, did_you_mean
from bn_tutor.course.shaping import shape_of, too_large
from bn_tutor.engine.graph import Graph, GraphError, Node, build
from bn_tutor.engine.operation import CONSTANT, INPUT
from bn_tutor.engine.shapes import Shape

MOST_NODES = 5_000


@dataclass
class _Site:
    """A graph while it is built. ``names`` are those that a line may use."""

    sizes: Mapping[str, int]
    # Every name of the lesson: operations inside a line must not take one of them.
    taken: frozenset[str]
    findings: Findings
    nodes: dict[str, Node] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    # A line that is wrong has no shape, and no line that uses it is blamed for that.
    shapes: dict[str, Shape] = field(default_factory=dict)


def build_graph(lesson: Lesson, sizes: Mapping[str, int]) -> Graph | tuple[Problem, ...]:
    """Return the lesson's graph, one node an operation, for these sizes; or what is wrong with its lines."""
    names = {line.name for line in lesson.graph} | {row.name for row in lesson.inputs}
    site = _Site(sizes, frozenset(names | sizes.keys()), Findings(lesson.path))
    for row in lesson.inputs:
        _add_input(site, row)
    for line in lesson.graph:
        if site.findings.full:
            break
        if len(site.nodes) > MOST_NODES:
            site.findings.add(0, 0, f"the graph has more than {MOST_NODES} nodes")
            return tuple(site.findings.problems)
        _add_line(site, line)
    return _finished(site, lesson)


def shape_of_input(row: InputRow, sizes: Mapping[str, int]) -> Shape:
    """Return the shape of an input for these sizes."""
    if row.value is not None:
        return np.shape(row.value)
    return tuple(sizes[entry] if isinstance(entry, str) else entry for entry in row.shape)


def _add_input(site: _Site, row: InputRow) -> None:
    shape = shape_of_input(row, site.sizes)
    node = Node(row.name, CONSTANT if row.constant else INPUT, shape=shape, formula=row.name, group=row.name)
    if reason := too_large(node, shape):
        site.findings.add(0, 0, reason)
    site.nodes[row.name], site.names[row.name], site.shapes[row.name] = node, None, shape


def _add_line(site: _Site, line: Line) -> None:
    if line.name in site.names or line.name in site.sizes:
        message = f"the name {line.name} is taken"
        site.findings.add(line.line, line.name_column, message, "each name is defined once")
        return
    lowering = Lowering(line.name, line.text, site.names, site.sizes, line.line, taken=site.taken)
    try:
        nodes = named_nodes(lowering, line.caption)
    except SlipError as slip:
        site.findings.add(line.line, line.column + slip.column, slip.message, slip.hint)
    else:
        _add_nodes(site, nodes)
    site.names[line.name] = None


def _add_nodes(site: _Site, nodes: tuple[Node, ...]) -> None:
    """Keep the nodes of a line; of its problems with shapes the first is reported."""
    before = len(site.findings.problems)
    for node in nodes:
        site.nodes.setdefault(node.name, node)  # a number is one node wherever it is written
        reason = _shaped(site, node)
        if reason and len(site.findings.problems) == before:
            site.findings.add(node.line or 0, 1, reason)


def _shaped(site: _Site, node: Node) -> str:
    """Find the node's shape, if those of its inputs are known; return what is wrong with it."""
    if not all(name in site.shapes for name in node.inputs):
        return ""
    try:
        site.shapes[node.name] = shape_of(node, site.shapes)
    except SlipError as slip:
        return slip.message
    return too_large(node, site.shapes[node.name])


def _finished(site: _Site, lesson: Lesson) -> Graph | tuple[Problem, ...]:
    if lesson.output not in site.names and not site.findings.full:
        hint = did_you_mean(lesson.output, site.names)
        message = f"the output {lesson.output} is not a node of the graph"
        site.findings.add(lesson.output_line, 1, message, hint)
    if site.findings.problems:
        return tuple(site.findings.problems)
    try:
        return build(site.nodes.values(), lesson.output)
    except GraphError as error:
        # What ``build`` refuses was found above; should it ever refuse more, it is said.
        return (Problem(lesson.path, site.nodes[error.node].line or 0, 1, error.reason),)
