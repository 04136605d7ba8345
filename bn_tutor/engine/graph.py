"""The graph: what is computed from what, and the values of one run through it.

A Graph is structure only. It is checked once, when it is built, and then serves any number of runs. A
Recording is one run: the graph and the value of every node. Both are immutable.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.operation import INPUT, LITERAL, Local, Operation, Parameters
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.text import key_in_code


class GraphError(ValueError):
    """A graph that cannot be built. ``node`` is the name of the node at fault."""

    def __init__(self, node: str, reason: str) -> None:
        super().__init__(f"{node}: {reason}")
        self.node = node
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Node:
    """One node: a source (input, constant, literal), or an operation on nodes before it.

    ``formula`` writes this operation; ``written`` is the whole right-hand side that the lesson or the
    function has for the ``group``, the node of the lesson that this operation is a part of; ``line`` is its
    place there.
    """

    name: str
    operation: Operation
    inputs: tuple[str, ...] = ()
    parameters: Parameters = field(default_factory=dict)
    shape: Shape = ()
    formula: str = ""
    written: str = ""
    group: str = ""
    line: int | None = None
    caption: str = ""

    @property
    def is_source(self) -> bool:
        """Whether the node computes nothing: an input, a constant or a literal."""
        return not self.inputs


@dataclass(frozen=True, eq=False)
class Stop:
    """One stop of the backward pass: a node, and the inputs that a gradient flows on to."""

    node: Node
    edges: tuple["Way", ...]


@dataclass(frozen=True, eq=False)
class Way:
    """From a node to its input at ``place``: how the local gradient is made there.

    What it brings is the input's contribution number ``arrival``, from 1.
    """

    place: int
    input: str
    local: Local
    arrival: int


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in topological order; made by ``build``, which checks them.

    The loss L is the sum, over the ``outputs``, of each output times an upstream gradient of its own.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    # What is computed, in order, and the backward pass in its order, worked out once.
    sources: tuple[Node, ...] = field(repr=False)
    # The sources that a gradient is wanted for.
    inputs: tuple[Node, ...] = field(repr=False)
    operations: tuple[Node, ...] = field(repr=False)
    stops: tuple[Stop, ...] = field(repr=False)
    # How many contributions arrive at each node; a node that is not in it gets no gradient. What an output
    # has from outside, its own upstream, is not counted: it is there before the first contribution.
    arrivals: Mapping[str, int] = field(repr=False)
    by_name: Mapping[str, Node] = field(repr=False)

    def __getitem__(self, name: str) -> Node:
        return self.by_name[name]

    @property
    def output(self) -> str:
        """The first of the outputs; mostly there is no other."""
        return self.outputs[0]

    def parts(self, name: str) -> int:
        """How many gradients are added up at a node: contributions, and an output's own upstream."""
        return self.arrivals.get(name, 0) + (name in self.outputs)


@dataclass(frozen=True, eq=False)
class Recording:
    """One run through a graph: the value of each node, by name."""

    graph: Graph
    values: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.values[name]

    @property
    def output(self) -> Array:
        """The value of the first output."""
        return self.values[self.graph.output]

    @property
    def outputs(self) -> Mapping[str, Array]:
        """The value of each output, by name."""
        return {name: self.values[name] for name in self.graph.outputs}


def build(nodes: Iterable[Node], output: str | Sequence[str]) -> Graph:
    """Check the nodes, infer their shapes, and return the graph with its output or outputs.

    Sources bring their shape with them. Raises GraphError, naming the node, where a name is taken, an input
    is not defined before its use, shapes do not agree, or an output is missing or named twice.
    """
    outputs = (output,) if isinstance(output, str) else tuple(output)
    checked: dict[str, Node] = {}
    for node in nodes:
        if node.name in checked:
            raise GraphError(node.name, "this name is taken by an earlier node")
        checked[node.name] = _with_shape(node, checked)
    _check_outputs(outputs, checked)
    nodes = tuple(checked.values())
    stops, arrivals = _plan(nodes, outputs)
    sources = tuple(node for node in nodes if node.is_source)
    inputs = tuple(node for node in sources if node.operation is INPUT)
    operations = tuple(node for node in nodes if not node.is_source)
    return Graph(nodes, outputs, sources, inputs, operations, stops, arrivals, checked)


def _check_outputs(outputs: tuple[str, ...], nodes: Mapping[str, Node]) -> None:
    if not outputs:
        raise GraphError("output", "a graph needs one at least")
    for place, name in enumerate(outputs):
        if name not in nodes:
            raise GraphError(name, "the output is not a node of the graph")
        if name in outputs[:place]:
            raise GraphError(name, "the output is named twice")


def _with_shape(node: Node, before: Mapping[str, Node]) -> Node:
    if node.is_source:
        return node
    for name in node.inputs:
        if name not in before:
            raise GraphError(node.name, f"{name} is not defined before its use")
    try:
        shape = node.operation.shape(*(before[name].shape for name in node.inputs), **node.parameters)
    except ValueError as error:
        raise GraphError(node.name, str(error)) from None
    return replace(node, shape=shape)


def _plan(nodes: Sequence[Node], outputs: tuple[str, ...]) -> tuple[tuple[Stop, ...], Mapping[str, int]]:
    """Work out which gradients flow where: from the outputs back, to all that an input feeds."""
    wanted = _wanted(nodes)
    arrivals = dict.fromkeys(outputs, 0)
    stops = []
    for node in reversed(nodes):
        if node.name not in arrivals:
            continue
        edges = []
        for place, name in enumerate(node.inputs):
            local = node.operation.local(place)
            if name in wanted and local is not None:
                arrivals[name] = arrivals.get(name, 0) + 1
                edges.append(Way(place, name, local, arrivals[name]))
        # An input gets a stop of its own only where gradients meet.
        if not node.is_source or arrivals[node.name] + (node.name in outputs) > 1:
            stops.append(Stop(node, tuple(edges)))
    return tuple(stops), arrivals


def _wanted(nodes: Sequence[Node]) -> set[str]:
    """Names of the nodes that depend on an input, and not only on constants."""
    wanted: set[str] = set()
    for node in nodes:
        flows = (node.operation.local(place) and name in wanted for place, name in enumerate(node.inputs))
        if node.operation is INPUT or any(flows):
            wanted.add(node.name)
    return wanted


def record(graph: Graph, inputs: Mapping[str, Array]) -> Recording:
    """Run the graph forward on ``inputs``, arrays by source name, and keep every node's value.

    The arrays are not copied: do not write into them while the recording is in use. Raises GraphError
    where one is missing or its shape is not the one that the graph was built for.
    """
    values = {node.name: _source_value(node, inputs) for node in graph.sources}
    for node in graph.operations:
        operands = [values[name] for name in node.inputs]
        values[node.name] = np.asarray(node.operation.forward(*operands, **node.parameters))
    return Recording(graph, values)


def _source_value(node: Node, inputs: Mapping[str, Array]) -> Array:
    if node.operation is LITERAL:
        return np.asarray(node.parameters["value"])
    if node.name not in inputs:
        raise GraphError(node.name, "no value is given for this input")
    value = np.asarray(inputs[node.name])
    if value.shape != node.shape:
        raise GraphError(node.name, f"the graph is built for shape {node.shape}, the value has {value.shape}")
    return value


_OPTIONAL = ("keepdims", "stride", "padding")


def placeholders(node: Node) -> dict[str, str]:
    """Return the names that fill the placeholders of the node's formulas."""
    names = dict(zip("abc", node.inputs, strict=False))
    defaults = {"axis": 0 if node.operation.variadic else None}
    parameters = {name: node.parameters.get(name, defaults.get(name)) for name in node.operation.parameters}
    names |= {name: key_in_code(value) for name, value in parameters.items()}
    # What was not given, or is nothing, is not written: no keepdims, no stride of its own, no padding.
    for name in _OPTIONAL:
        value = parameters.get(name)
        names[name] = f", {name}={value}" if value else ""
    comma = "," if len(node.inputs) == 1 else ""
    return names | {"out": node.name, "all": f"({', '.join(node.inputs)}{comma})"}
