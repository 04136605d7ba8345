"""The backward pass, replayed one node at a time.

Reverse mode in its textbook form (Griewank & Walther 2008, section 3.2): visit the nodes in reverse
topological order; when a node is reached, every node that uses it has been, so its gradient is complete.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bn_tutor.engine.gradients import Array, LinearMap, named
from bn_tutor.engine.graph import Node, Recording, Way, placeholders

Rule = Callable[[Node, int, LinearMap], LinearMap]
Combine = Callable[[Array, Array], Array]
# One array where there is one output; in any case a table of arrays by the names of the outputs.
Upstream = Array | Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Edge:
    """What one node sends back to one of its inputs.

    ``before`` and ``after`` are the input's gradient before and after this contribution; ``before`` is None
    for the first, unless the input is an output too: then its own upstream was there before.
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
    upstream: Upstream,
    *,
    rule: Rule | None = None,
    combine: Combine = np.add,
    start: Mapping[str, Array] | None = None,
) -> Iterator[BackwardStep]:
    """Yield the backward pass of ``recording``, one BackwardStep a node, outputs first.

    ``upstream`` is the gradient of the loss with respect to the output, in the output's shape; where there
    are several outputs, one for each, by name. An output that feeds other nodes begins with it, and what
    they send is added. ``rule`` may replace an edge's local gradient and ``combine`` the sum of two
    gradients: that is how mistakes are made. ``start`` holds gradients that are there already when the pass
    begins. Nothing is changed, so a replay can be repeated. Raises ValueError where names or shapes of the
    upstream are not those of the outputs.
    """
    totals = dict(start or {})
    for node, total, sent in _flow(recording, upstream, rule, combine, totals):
        yield BackwardStep(node, total, tuple([Edge(node, *each) for each in sent]))


# (way, local, contribution, before, after): an Edge before it is one. Those who only want the gradients are
# spared the objects, which for small arrays cost more than the arithmetic.
Sent = tuple[Way, LinearMap, Array, Array | None, Array]


def _flow(
    recording: Recording, upstream: Upstream, rule: Rule | None, combine: Combine, totals: dict[str, Array]
) -> Iterator[tuple[Node, Array, list[Sent]]]:
    """Run the backward pass; at its end ``totals`` holds the gradients of the sources that have one."""
    graph, values = recording.graph, recording.values
    for name, own in by_output(recording, upstream).items():
        totals[name] = combine(totals[name], own) if name in totals else own
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


def by_output(recording: Recording, upstream: Upstream) -> dict[str, Array]:
    """Return the upstream gradient of each output, by name, in the order of the outputs.

    Raises ValueError where a plain array stands for several outputs, and where names or shapes do not fit.
    """
    outputs = recording.graph.outputs
    if not isinstance(upstream, Mapping):
        if len(outputs) > 1:
            raise ValueError(
                f"there are several outputs: give each an upstream by its name, {_listed(outputs)}"
            )
        return {outputs[0]: _checked(outputs[0], upstream, recording)}
    if upstream.keys() != set(outputs):
        raise ValueError(f"the upstream is given for {_listed(upstream)}, the outputs are {_listed(outputs)}")
    return {name: _checked(name, upstream[name], recording) for name in outputs}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(str, names)) or "nothing"


def _checked(name: str, upstream: Array, recording: Recording) -> Array:
    upstream, output = np.asarray(upstream), recording.values[name]
    if upstream.shape != output.shape:
        of = "" if len(recording.graph.outputs) == 1 else f" of {name}"
        raise ValueError(f"the upstream{of} has shape {upstream.shape}, the output {output.shape}")
    return upstream


def gradients(
    recording: Recording, upstream: Upstream, *, rule: Rule | None = None, combine: Combine = np.add
) -> dict[str, Array]:
    """Return the gradient of every input by name, each in its input's shape.

    ``upstream`` is as for ``replay``. An input that no output depends on has a gradient of zeros. An array
    may be a read-only view, or an upstream itself where it passes on unchanged; copy before you write.
    Raises ValueError where names or shapes of the upstream are not those of the outputs.
    """
    totals: dict[str, Array] = {}
    for _ in _flow(recording, upstream, rule, combine, totals):
        pass
    inputs = recording.graph.inputs
    return {node.name: totals[node.name] if node.name in totals else np.zeros(node.shape) for node in inputs}
