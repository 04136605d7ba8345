"""One recording, seen at three levels: single operations, the lesson's nodes, the whole layer as one node.

Of a layer with several outputs each is a node of its own, computed from the sources alone: what two outputs
need is in both. So an output that another one is computed from does not feed it at this level, and the
gradients of the inputs are the same.

A group of operations is folded into one node whose operation is made on the spot. Its local gradient is the
chain of the local gradients on the road through the group; where several roads lead through it, it is the
sum over them, which ``Through`` computes by replaying the group's own backward pass.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np

from bn_tutor.engine.gradients import Array, LinearMap, chain, named
from bn_tutor.engine.graph import Graph, Node, Recording, build, placeholders, record
from bn_tutor.engine.operation import INPUT, LITERAL, Operation, Parameters
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.text import bracketed

# A hidden part of a group is written out in formulas up to this length.
LONGEST_PART = 120
# Where several roads lead through a group, so many are written as a sum, up to this length.
MOST_ROADS = 3
LONGEST_SUM = 240


class Level(StrEnum):
    """How much one node holds."""

    LAYER = "layer"
    NODE = "node"
    OPERATION = "operation"


@dataclass(frozen=True, eq=False)
class Through:
    """The local gradient through a group in which several roads lead from one input to the output."""

    recording: Recording
    input: str

    def forward(self, tangent: Array) -> Array:
        """Push a tangent through the group, one node at a time; shape of the input -> of the output."""
        graph, values = self.recording.graph, self.recording.values
        tangents: dict[str, Array] = {self.input: tangent}
        for stop in reversed(graph.stops):
            operands = tuple(values[name] for name in stop.node.inputs)
            for way in stop.edges:
                if way.input in tangents:
                    local = way.local(way.place, operands, values[stop.node.name], stop.node.parameters)
                    moved = local.forward(tangents[way.input])
                    tangents[stop.node.name] = moved + tangents.get(stop.node.name, 0.0)
        return tangents.get(graph.output, np.zeros(self.recording.output.shape))

    def backward(self, upstream: Array) -> Array:
        """Replay the group's backward pass; shape of the output -> of the input."""
        return gradients(self.recording, upstream)[self.input]

    @property
    def words(self) -> str:
        """How many operations lie on the roads."""
        return f"through {len(self.recording.graph.operations)} operations, every road added up"

    def numpy(self, upstream: str) -> str:
        """Return the sum over the roads where it can be written, else a comment."""
        roads = f"...  # every road from {self.recording.graph.output} back to {self.input}, added up"
        return self.line(upstream) or roads

    def line(self, upstream: str) -> str:
        """Return the sum over the roads as one line; nothing where they are many, or name what is hidden."""
        if _roads(self.recording.graph)[self.input] > MOST_ROADS:
            return ""
        chains = [chain(*reversed(links)) for links in _links_upwards(self.recording, self.input)]
        total = " + ".join(each.numpy(upstream) for each in chains)
        hidden = {node.name for node in self.recording.graph.operations} - {self.recording.graph.output}
        is_readable = hidden.isdisjoint(re.findall(r"\w+", total)) and len(total) <= LONGEST_SUM
        return total if is_readable else ""


def zoom(recording: Recording, level: Level) -> Recording:
    """Return the recording at ``level``; the values are shared, not computed again."""
    graph = recording.graph
    if level is Level.OPERATION:
        return recording
    nodes = [node for node in graph.nodes if node.is_source]
    if level is Level.LAYER:
        nodes += _layers(graph)
    else:
        nodes += [_folded(group, graph, _as_written(group)) for group in _groups(graph)]
    zoomed = build(nodes, graph.outputs)
    return Recording(zoomed, {node.name: recording[node.name] for node in zoomed.nodes})


def _groups(graph: Graph) -> Iterable[list[Node]]:
    groups: dict[str, list[Node]] = {}
    for node in graph.operations:
        # Put in again, so that a group stands where its last member stood.
        groups[node.group] = [*groups.pop(node.group, []), node]
    return groups.values()


def _layers(graph: Graph) -> list[Node]:
    """Return one node for each output, in the order of the graph; an output that is a source needs none."""
    outputs = [node for node in graph.operations if node.name in graph.outputs]
    groups = [_needed(graph, node.name) for node in outputs]
    return [_as_layer(_folded(group, graph, _as_used(group)), graph) for group in groups]


def _as_layer(node: Node, graph: Graph) -> Node:
    names = ", ".join(name for name in node.inputs if graph[name].operation is not LITERAL)
    is_all = len(graph.outputs) == 1
    formula = f"layer({names})" if is_all else f"layer_{node.name}({names})"
    caption = "everything as one node" if is_all else f"all that {node.name} needs as one node"
    return replace(node, formula=formula, caption=caption, group="")


def _needed(graph: Graph, output: str) -> list[Node]:
    """Return the operations that the output is computed by, in order."""
    needed = {output}
    for node in reversed(graph.operations):
        if node.name in needed:
            needed.update(node.inputs)
    return [node for node in graph.operations if node.name in needed]


def _folded(group: Sequence[Node], graph: Graph, outside: tuple[str, ...]) -> Node:
    """Fold a group into one node, named after the last of the group; ``outside`` are its inputs."""
    last = group[-1]
    if len(group) == 1:
        return replace(last, formula=last.written or last.formula)
    inner = [Node(name, INPUT, shape=graph[name].shape) for name in outside]
    return replace(
        last,
        operation=_composite(build([*inner, *group], last.name)),
        inputs=outside,
        parameters={},
        formula=last.written or last.formula,
    )


def _as_used(group: Sequence[Node]) -> tuple[str, ...]:
    """Return what a group is computed from, in the order in which it is first used."""
    members = {node.name for node in group}
    return tuple(dict.fromkeys(name for node in group for name in node.inputs if name not in members))


def _as_written(group: Sequence[Node]) -> tuple[str, ...]:
    """Return what a group is computed from, in the order in which the group's one line writes it."""
    members = {node.name: node for node in group}
    found: dict[str, None] = {}
    # From the last node down, left before right; after that, what no road to it passes.
    waiting = [*(node.name for node in group), group[-1].name]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in members:
            found[name] = None
        elif name not in seen:
            seen.add(name)
            waiting += reversed(members[name].inputs)
    return tuple(found)


def _composite(graph: Graph) -> Operation:
    names = [node.name for node in graph.inputs]
    # An input from which no gradient can reach the group's end must stay without one outside, too.
    reached = [name in graph.arrivals for name in names]
    return Operation(
        name="composite",
        formula=graph[graph.output].formula,
        forward=partial(_run, graph, names),
        shape=partial(_known_shape, graph[graph.output].shape),
        locals=tuple(partial(_road, graph, names) if flows else None for flows in reached),
        smooth=all(node.operation.smooth for node in graph.nodes),
        declared=any(node.operation.declared for node in graph.nodes),
    )


def _run(graph: Graph, names: Sequence[str], *operands: Array) -> Array:
    return record(graph, dict(zip(names, operands, strict=True))).output


def _known_shape(shape: Shape, *_: Shape) -> Shape:
    return shape


def _road(
    graph: Graph,
    names: Sequence[str],
    index: int,
    inputs: tuple[Array, ...],
    output: Array,
    parameters: Parameters,
) -> LinearMap:
    """Return the local gradient of the group: a plain chain where only one road leads through it."""
    inner = record(graph, dict(zip(names, inputs, strict=True)))
    name = names[index]
    if _roads(graph)[name] > 1:
        return Through(inner, name)
    (road,) = _links_upwards(inner, name)
    return chain(*reversed(road))


def _roads(graph: Graph) -> Mapping[str, int]:
    """Return how many roads lead from the output back to each node."""
    roads = {graph.output: 1}
    for stop in graph.stops:
        for way in stop.edges:
            roads[way.input] = roads.get(way.input, 0) + roads[stop.node.name]
    return roads


def _outside_names(graph: Graph, node: Node) -> dict[str, str]:
    """Return what fills a formula's placeholders; a part of the group, unknown outside, is written out."""
    hidden = (each for each in graph.nodes if not each.is_source and each.name != graph.output)
    texts = {each.name: bracketed(each.written) for each in hidden if 0 < len(each.written) <= LONGEST_PART}
    return {place: texts.get(name, name) for place, name in placeholders(node).items()}


def _links_upwards(recording: Recording, name: str) -> list[list[LinearMap]]:
    """Return the named local gradients on each road from ``name`` up to the output."""
    found: dict[str, list[list[LinearMap]]] = {name: [[]]}
    for stop in reversed(recording.graph.stops):
        for way in stop.edges:
            if way.input in found:
                operands = tuple(recording[each] for each in stop.node.inputs)
                local = way.local(way.place, operands, recording[stop.node.name], stop.node.parameters)
                link = named(local, _outside_names(recording.graph, stop.node))
                longer = [[*links, link] for links in found[way.input]]
                found[stop.node.name] = found.get(stop.node.name, []) + longer
    return found[recording.graph.output]
