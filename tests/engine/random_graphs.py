"""Random graphs with several outputs, and their gradients by HIPS autograd."""

from dataclasses import replace

import autograd.numpy as anp
import numpy as np
from autograd import make_vjp

from bn_tutor.engine.graph import build, record

from .oracles import operation_node, source_node

SHAPES = {"x": (4, 3), "w": (3,), "b": (4, 1), "s": ()}
# What autograd computes for an operation, and how often it is drawn.
FUNCTIONS = {
    "add": (anp.add, 3),
    "subtract": (anp.subtract, 2),
    "multiply": (anp.multiply, 4),
    "tanh": (anp.tanh, 3),
    "sigmoid": (lambda a: 1.0 / (1.0 + anp.exp(-a)), 1),
    "negative": (anp.negative, 1),
    "mean": (anp.mean, 2),
    "sum": (anp.sum, 1),
}
BINARY = {"add", "subtract", "multiply"}
REDUCING = {"mean", "sum"}
NAMES = [name for name, (_, weight) in FUNCTIONS.items() for _ in range(weight)]


def random_recording(seed, count=12):
    """Record a graph of so many operations on random inputs, with two to four outputs in any order."""
    generator = np.random.default_rng(seed)
    sources = [source_node(name, shape) for name, shape in SHAPES.items()]
    nodes = random_operations(generator, count)
    places = generator.choice(count - 1, size=generator.integers(1, 4), replace=False)
    outputs = [nodes[-1].name, *(nodes[place].name for place in places)]
    if generator.random() < 0.3:
        outputs.append("x")
    generator.shuffle(outputs)
    graph = build([*sources, *grouped(generator, nodes, outputs)], [str(name) for name in outputs])
    return record(graph, {name: generator.normal(size=shape) for name, shape in SHAPES.items()})


def random_operations(generator, count):
    shapes, nodes = dict(SHAPES), []
    for number in range(count):
        node = random_operation(generator, f"n{number}", shapes)
        operands = [shapes[name] for name in node.inputs]
        shapes[node.name] = node.operation.shape(*operands, **node.parameters)
        nodes.append(node)
    return nodes


def random_operation(generator, name, shapes):
    """Draw an operation that fits; later nodes are read more often, so that roads become long."""
    names = list(shapes)
    recent = [*names, *names[-4:], *names[-4:]]
    while True:
        operation = str(generator.choice(NAMES))
        inputs = [str(generator.choice(recent)) for _ in range(2 if operation in BINARY else 1)]
        if operation == "subtract" and inputs[0] == inputs[1]:
            continue  # zero, and so are all gradients through it
        parameters = random_axes(generator, shapes[inputs[0]]) if operation in REDUCING else {}
        node = operation_node(name, operation, *inputs, **parameters)
        try:
            node.operation.shape(*(shapes[each] for each in inputs), **parameters)
        except ValueError:
            continue
        return node


def random_axes(generator, shape):
    axis = int(generator.integers(len(shape))) if shape else None
    return {"axis": axis, "keepdims": bool(generator.integers(2))}


def grouped(generator, nodes, outputs):
    """Put some of the nodes that only one group reads, and that are no output, into that group."""
    groups = {}
    for node in reversed(nodes):
        readers = {groups[each.name] for each in nodes if node.name in each.inputs}
        is_part = len(readers) == 1 and node.name not in outputs and generator.random() < 0.5
        groups[node.name] = next(iter(readers)) if is_part else node.name
    return [replace(node, group=groups[node.name]) for node in nodes]


def random_upstreams(recording, seed=99):
    generator = np.random.default_rng(seed)
    return {name: generator.normal(size=value.shape) for name, value in recording.outputs.items()}


def gradients_by_autograd(recording, upstreams):
    """Return the gradient of the sum of <upstream, output> over the outputs, for every input."""
    names = [node.name for node in recording.graph.inputs]
    arrays = [recording[name] for name in names]

    def loss(*operands):
        values = run(recording.graph, dict(zip(names, operands, strict=True)))
        every = sum(anp.sum(0.0 * operand) for operand in operands)  # those that nothing depends on, too
        return every + sum(anp.sum(upstreams[name] * values[name]) for name in upstreams)

    backward, _ = make_vjp(loss, argnum=tuple(range(len(names))))(*arrays)
    return dict(zip(names, backward(1.0), strict=True))


def run(graph, values):
    """Run the graph's operations with autograd's functions; they must be single operations."""
    for node in graph.operations:
        function, _ = FUNCTIONS[node.operation.name]
        values[node.name] = function(*(values[name] for name in node.inputs), **node.parameters)
    return values
