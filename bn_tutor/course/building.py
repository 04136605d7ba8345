"""From the lines of a lesson's graph block to a checked graph; all problems are found at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

from bn_tutor.course.codes import Code
from bn_tutor.course.expression import Lowering, named_nodes
from bn_tutor.course.lesson import InputRow, Lesson, Line
from bn_tutor.course.problem import Findings, Problem, SlipError, did_you_mean
from bn_tutor.course.shaping import shape_of, too_large
from bn_tutor.course.variants import resolved, with_tuples
from bn_tutor.engine.graph import Graph, GraphError, Node, build
from bn_tutor.engine.operation import CONSTANT, INPUT
from bn_tutor.engine.shapes import Shape

MOST_NODES = 5_000
# Of all nodes together, 8 bytes each.
MOST_IN_ALL = 200_000_000


@dataclass
class _Site:
    """A graph while it is built. ``names`` are those that a line may use, with their shapes.

    A line that is wrong has the shape None, and no line that uses it is blamed for that.
    """

    # Sizes, and what the lesson's switches stand for.
    sizes: Mapping[str, Any]
    # Every name of the lesson: operations inside a line must not take one of them.
    taken: frozenset[str]
    findings: Findings
    nodes: dict[str, Node] = field(default_factory=dict)
    names: dict[str, Shape | None] = field(default_factory=dict)
    # The shapes of all nodes, also of those that have no name in the lesson.
    shapes: dict[str, Shape] = field(default_factory=dict)
    # How many numbers they hold together.
    count: int = 0


def build_graph(lesson: Lesson, sizes: Mapping[str, int]) -> Graph | tuple[Problem, ...]:
    """Return the lesson's graph, one node an operation, for these sizes; or what is wrong with its lines."""
    names = {line.name for line in lesson.graph} | {row.name for row in lesson.inputs}
    known = resolved(lesson.constants, sizes)
    taken = frozenset(names | known.keys() | {switch.name for switch in lesson.switches})
    site = _Site(known, taken, Findings(lesson.path))
    for row in lesson.inputs:
        _add_input(site, row, lesson)
    for line in lesson.graph:
        if site.findings.full or site.count > MOST_IN_ALL:
            break
        if len(site.nodes) > MOST_NODES:
            message = f"the graph has more than {MOST_NODES} nodes"
            site.findings.add(line.line, 1, Code.TOO_LARGE, message)
            return tuple(site.findings.problems)
        _add_line(site, line)
    return _finished(site, lesson)


def shape_of_input(row: InputRow, sizes: Mapping[str, Any]) -> Shape:
    """Return the shape of an input for these sizes."""
    if row.value is not None:
        return np.shape(row.value)
    return tuple(sizes[entry] if isinstance(entry, str) else entry for entry in row.shape)


def _add_input(site: _Site, row: InputRow, lesson: Lesson) -> None:
    shape = shape_of_input(row, site.sizes)
    node = Node(row.name, CONSTANT if row.constant else INPUT, shape=shape, formula=row.name, group=row.name)
    if reason := too_large(node, shape):
        site.findings.add(*lesson.lines_of.get(row.name, (0, 0)), Code.TOO_LARGE, reason)
    site.nodes[row.name], site.names[row.name], site.shapes[row.name] = node, shape, shape


def _add_line(site: _Site, line: Line) -> None:
    if line.name in site.names or line.name in site.sizes:
        message, hint = f"the name {line.name} is taken", "each name is defined once"
        site.findings.add(line.line, line.name_column, Code.NAME_TAKEN, message, hint)
        return
    lowering = Lowering(line.name, line.text, site.names, site.sizes, line.line, taken=site.taken)
    try:
        *inner, last = named_nodes(lowering, line.caption)
    except SlipError as slip:
        site.findings.add_slip(line.line, line.column, slip)
    else:
        shown = replace(last, written=with_tuples(last.written, site.sizes))
        _add_nodes(site, (*inner, shown), line)
    site.names[line.name] = site.shapes.get(line.name)


def _add_nodes(site: _Site, nodes: tuple[Node, ...], line: Line) -> None:
    """Keep the nodes of a line; of its problems with shapes the first is reported."""
    before = len(site.findings.problems)
    for node in nodes:
        site.nodes.setdefault(node.name, node)  # a number is one node wherever it is written
        slip = _shaped(site, node)
        site.count += 0 if slip is not None else prod(site.shapes.get(node.name, ()))
        if slip is None and site.count > MOST_IN_ALL:
            slip = SlipError(
                Code.TOO_LARGE, f"with this line the graph has more than {MOST_IN_ALL:,} numbers"
            )
        if slip is not None and len(site.findings.problems) == before:
            # Where in the line the operation stands: at the text that was written for it.
            slip.column = max(line.text.find(node.written), 0)
            site.findings.add_slip(line.line, line.column, slip)


def _shaped(site: _Site, node: Node) -> SlipError | None:
    """Find the node's shape, if those of its inputs are known; return what is wrong with it."""
    if not all(name in site.shapes for name in node.inputs):
        return None
    try:
        site.shapes[node.name] = shape_of(node, site.shapes)
    except SlipError as slip:
        return slip
    reason = too_large(node, site.shapes[node.name])
    return SlipError(Code.TOO_LARGE, reason) if reason else None


def _finished(site: _Site, lesson: Lesson) -> Graph | tuple[Problem, ...]:
    computed = {line.name for line in lesson.graph}
    for output in lesson.outputs:
        if output not in computed and not site.findings.full:
            hint = did_you_mean(output, computed)
            message = f"the output {output} is not a node of the graph"
            place = lesson.lines_of.get(f"output.{output}") or lesson.lines_of.get("output", (0, 0))
            site.findings.add(*place, Code.UNKNOWN_OUTPUT, message, hint)
    if site.findings.problems:
        return tuple(site.findings.problems)
    try:
        return build(site.nodes.values(), lesson.outputs)
    except GraphError as error:
        # What ``build`` refuses was found above; should it ever refuse more, it is said.
        line = site.nodes[error.node].line if error.node in site.nodes else 0
        return (Problem(lesson.path, line or 0, 1, error.reason, code=Code.SHAPES_DISAGREE),)
