"""What every drawing of a graph shows of it: parts, their kinds and labels, and the roads between them."""

from dataclasses import dataclass
from enum import StrEnum

from bn_tutor.course.numbers import shape_text
from bn_tutor.course.plain import plain
from bn_tutor.engine.graph import Graph, Node
from bn_tutor.engine.operation import CONSTANT, INPUT, LITERAL


class Kind(StrEnum):
    """What a node is; each has a shape of its own in every notation."""

    INPUT = "input"
    CONSTANT = "constant"
    LITERAL = "number"
    OPERATION = "operation"


@dataclass(frozen=True)
class Part:
    """One node to draw. ``key`` is its name in the drawing: no word of any notation looks like it."""

    key: str
    kind: Kind
    is_output: bool
    label: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """All parts in the graph's order, and a road for each operand, from key to key."""

    parts: tuple[Part, ...]
    roads: tuple[tuple[str, str], ...]


def drawing(graph: Graph) -> Drawing:
    """Return what is to be drawn of a graph. Labels are plain: one line each, no control characters."""
    keys = {node.name: f"n{place}" for place, node in enumerate(graph.nodes)}
    parts = tuple(
        Part(keys[node.name], kind_of(node), node.name in graph.outputs, _label(node)) for node in graph.nodes
    )
    roads = tuple((keys[name], keys[node.name]) for node in graph.nodes for name in node.inputs)
    return Drawing(parts, roads)


def kind_of(node: Node) -> Kind:
    """Return what a node is."""
    kinds = {INPUT: Kind.INPUT, CONSTANT: Kind.CONSTANT, LITERAL: Kind.LITERAL}
    return kinds.get(node.operation, Kind.OPERATION)


def _label(node: Node) -> tuple[str, ...]:
    """Return ``name = formula`` and the shape; of a number written in a formula, the number alone."""
    if node.operation is LITERAL:
        return (_one_line(node.name),)
    head = node.name if node.is_source else f"{node.name} = {node.formula}"
    return (_one_line(head), shape_text(node.shape))


def _one_line(text: str) -> str:
    """Return the text without control characters; every kind of line end becomes a space."""
    return "".join(sign if sign.isprintable() else " " for sign in plain(text))
