"""The values that formulas in a lesson may speak of, and what a formula comes to."""

from collections.abc import Iterable, Mapping

import numpy as np

from bn_tutor.course.expression import Lowering, lower
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import GraphError, Node, Recording, build, record
from bn_tutor.engine.operation import CONSTANT
from bn_tutor.engine.replay import BackwardStep


def environment(recording: Recording, steps: Iterable[BackwardStep]) -> dict[str, Array]:
    """Return every value that a formula beside the lesson may name.

    That is each node; ``dmu``, the gradient of each node; and where several contributions meet, ``dx1``,
    ``dx2`` and so on, in the order in which they arrive.
    """
    found = dict(recording.values)
    arrivals = recording.graph.arrivals
    for step in steps:
        found[f"d{step.node.name}"] = step.upstream
        for edge in step.edges:
            found[f"d{edge.input}"] = edge.after
            if arrivals[edge.input] > 1:
                found[f"d{edge.input}{edge.way.arrival}"] = edge.contribution
    return found


def evaluate(text: str, values: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    """Return what a formula of the lesson language comes to. Raises SlipError with the column."""
    lowering = Lowering("value", text, tuple(values), sizes)
    result = lower(lowering)
    if not isinstance(result, str):
        return np.asarray(result)
    if not lowering.nodes:
        return values[result]
    used = {name for node in lowering.nodes for name in node.inputs if name in values}
    sources = [Node(name, CONSTANT, shape=np.shape(values[name])) for name in used]
    try:
        unique = {node.name: node for node in lowering.nodes}
        graph = build([*sources, *unique.values()], result)
    except GraphError as error:
        raise SlipError(error.reason) from None
    return record(graph, {name: values[name] for name in used}).output
