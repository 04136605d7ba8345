"""The values that formulas in a lesson may speak of, and what a formula comes to."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

import numpy as np

from bn_tutor.course.codes import Code
from bn_tutor.course.expression import Lowering, lower
from bn_tutor.course.problem import SlipError
from bn_tutor.course.shaping import shape_of, too_large
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Graph, GraphError, Node, Recording, build, record
from bn_tutor.engine.operation import CONSTANT
from bn_tutor.engine.replay import BackwardStep
from bn_tutor.engine.shapes import Shape

# What a formula may make: so many numbers in all its operations together, and more where it is given many.
MOST_IN_FORMULA = 10_000_000
MOST_FROM_EACH = 20


def environment(recording: Recording, steps: Iterable[BackwardStep]) -> dict[str, Array]:
    """Return every value that a formula beside the lesson may name.

    That is each node; ``dmu``, the gradient of each node; and where several contributions meet, ``dx1``,
    ``dx2`` and so on, in the order in which they arrive; what an output that feeds other nodes has from
    outside is ``dout0``. Where a name could be two of these, it is the
    first: a node called dx keeps its name, and so does the gradient of a node called x1.
    """
    contributions: dict[str, Array] = {}
    gradients: dict[str, Array] = {}
    for step in steps:
        gradients[f"d{step.node.name}"] = step.upstream
        for edge in step.edges:
            gradients[f"d{edge.input}"] = edge.after
            if recording.graph.parts(edge.input) > 1:
                contributions[f"d{edge.input}{edge.way.arrival}"] = edge.contribution
            if edge.way.arrival == 1 and edge.before is not None:
                contributions[f"d{edge.input}0"] = edge.before
    return {**contributions, **gradients, **recording.values}


def own_upstream(graph: Graph, output: str) -> str:
    """Return the name of what an output has from outside: the whole of its gradient, or the first part."""
    return f"d{output}0" if graph.parts(output) > 1 else f"d{output}"


def evaluate(text: str, values: Mapping[str, Array], sizes: Mapping[str, Any]) -> Array:
    """Return what a formula of the lesson language comes to, in float64; inf and nan as NumPy gives them.

    Raises SlipError with the column, before anything is computed.
    """
    lowering = Lowering("value", text, values, sizes, taken=values)
    result = lower(lowering)
    if not isinstance(result, str):
        return np.asarray(result, dtype=np.float64)
    if result in values:
        return values[result]
    used = {name for node in lowering.nodes for name in node.inputs if name in values}
    sources = [Node(name, CONSTANT, shape=np.shape(values[name])) for name in used]
    graph = _graph([*sources, *lowering.nodes], result)
    _refuse_many(graph)
    with np.errstate(all="ignore"):
        return record(graph, {name: values[name] for name in used}).output


def _refuse_many(graph: Graph) -> None:
    """Refuse a formula that makes very many numbers from what it is given, before they are made."""
    given = sum(prod(node.shape) for node in graph.sources)
    count = sum(prod(node.shape) for node in graph.operations)
    if count > MOST_IN_FORMULA + MOST_FROM_EACH * given:
        raise SlipError(Code.TOO_LARGE, f"this formula makes {count:,} numbers, more than is computed here")


def _graph(nodes: Iterable[Node], output: str) -> Graph:
    unique = {node.name: node for node in nodes}  # a number is one node wherever it is written
    shapes: dict[str, Shape] = {}
    for node in unique.values():
        shapes[node.name] = shape_of(node, shapes)
        if reason := too_large(node, shapes[node.name]):
            raise SlipError(Code.TOO_LARGE, reason)
    try:
        return build(unique.values(), output)
    except GraphError as error:
        raise SlipError(Code.SHAPES_DISAGREE, error.reason) from None
