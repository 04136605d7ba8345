"""The backward pass, replayed one node at a time.

Reverse mode in its textbook form (Griewank & Walther 2008, section 3.2): visit the nodes in reverse
topological order; when a node is reached, every node that uses it has been, so its gradient is complete.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bn_tutor.engine.gradients import Array, LinearMap, named
from bn_tutor.engine.graph import Node, Recording, Way, placeholders

Rule = Callable[[Node, int, LinearMap], LinearMap]
Combine = Callable[[Array, Array], Array]


@dataclass(frozen=True, eq=False)
class Edge:
    """What one node sends back to one of its inputs.

    ``before`` and ``after`` are the input's gradient before and after this contribution; ``before`` is None
    for the first.
    """

    node: Node
    way: Way
    local: LinearMap
    contribution: Array
    before: Array | None
    after: Array

    @property
    def input(self) -> str:
        """The name of the input that the gradient flows to."""
        return self.way.input

    @property
    def named_local(self) -> LinearMap:
        """The local gradient, with the nodes' names in its formula."""
        return named(self.local, placeholders(self.node))


@dataclass(frozen=True, eq=False)
class BackwardStep:
    """One node of the backward pass: its upstream gradient, and what it sends to its inputs.

    A step of an input, where gradients meet, has no edges.
    """

    node: Node
    upstream: Array
    edges: tuple[Edge, ...]


def replay(
    recording: Recording,
    upstream: Array,
    *,
    rule: Rule | None = None,
    combine: Combine = np.add,
    start: Mapping[str, Array] | None = None,
) -> Iterator[BackwardStep]:
    """Yield the backward pass of ``recording``, one BackwardStep a node, output first.

    ``upstream`` is the gradient of the loss with respect to the output, in the output's shape. ``rule``
    may replace an edge's local gradient and ``combine`` the sum of two contributions: that is how mistakes
    are made. ``start`` holds gradients that are there already when the pass begins. Nothing is changed, so
    a replay can be repeated. Raises ValueError where the upstream's shape is not the output's.
    """
    totals = dict(start or {})
    for node, total, sent in _flow(recording, upstream, rule, combine, totals):
        yield BackwardStep(node, total, tuple([Edge(node, *each) for each in sent]))


# (way, local, contribution, before, after): an Edge before it is one. Those who only want the gradients are
# spared the objects, which for small arrays cost more than the arithmetic.
Sent = tuple[Way, LinearMap, Array, Array | None, Array]


def _flow(
    recording: Recording, upstream: Array, rule: Rule | None, combine: Combine, totals: dict[str, Array]
) -> Iterator[tuple[Node, Array, list[Sent]]]:
    """Run the backward pass; at its end ``totals`` holds the gradients of the sources that have one."""
    graph, values = recording.graph, recording.values
    totals[graph.output] = _checked(upstream, recording.output)
    for stop in graph.stops:
        node = stop.node
        # A gradient is let go once it has been sent on; a source, which sends nothing, keeps its own.
        total = totals.pop(node.name) if stop.edges else totals[node.name]
        value = values[node.name]
        operands = tuple([values[name] for name in node.inputs])
        sent = []
        for way in stop.edges:
            local = way.local(way.place, operands, value, node.parameters)
            if rule is not None:
                local = rule(node, way.place, local)
            contribution = local.backward(total)
            before = totals.get(way.input)
            after = contribution if before is None else combine(before, contribution)
            totals[way.input] = after
            sent.append((way, local, contribution, before, after))
        yield node, total, sent


def _checked(upstream: Array, output: Array) -> Array:
    upstream = np.asarray(upstream)
    if upstream.shape != output.shape:
        raise ValueError(f"the upstream has shape {upstream.shape}, the output {output.shape}")
    return upstream


def gradients(
    recording: Recording, upstream: Array, *, rule: Rule | None = None, combine: Combine = np.add
) -> dict[str, Array]:
    """Return the gradient of every input by name, each in its input's shape.

    An input that the output does not depend on has a gradient of zeros. An array may be a read-only view,
    or the upstream itself where it passes on unchanged; copy before you write. Raises ValueError where the
    upstream's shape is not the output's.
    """
    totals: dict[str, Array] = {}
    for _ in _flow(recording, upstream, rule, combine, totals):
        pass
    inputs = recording.graph.inputs
    return {node.name: totals[node.name] if node.name in totals else np.zeros(node.shape) for node in inputs}
