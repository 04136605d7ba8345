"""What stands beside the nodes of a network while one of its training steps is walked: why, on the way back.

A lesson's prose speaks of its own nodes. That of a network speaks of operations, for the nodes that are one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bn_tutor.course.lesson import Lesson, Section
from bn_tutor.engine.graph import Graph, Node
from bn_tutor.engine.operation import LITERAL

_OF_OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "matmul": "Each factor gets the upstream times the other one, transposed. The weights met every "
        "sample, so their gradient sums over all samples.",
        "add": "A sum passes the gradient on to both. What was broadcast, such as a bias or beta, "
        "sums it over the samples that shared it.",
        "subtract": "A difference passes the gradient on, and turns its sign for what is subtracted. What "
        "was broadcast, such as a mean, sums it over all that it was taken from.",
        "multiply": "Each factor gets the upstream times the other one. What was broadcast, such as "
        "gamma, sums it over the samples that shared it.",
        "divide": "The numerator gets the upstream divided by the denominator, and the denominator gets "
        "it times -a / b**2, summed where it was broadcast.",
        "square": "The slope of u**2 is 2u.",
        "sqrt": "The slope of the root of u is one half, divided by the root. Small deviations make "
        "it large.",
        "reciprocal": "The slope of 1/u is -1/u**2: the sign turns, and small deviations make the factor "
        "large.",
        "mean": "Each number has the same share in the mean, one divided by their count, and gets "
        "that share of the upstream.",
        "relu": "What was positive went on as it was, and its gradient does too. What became 0 passes "
        "nothing back.",
        "conv2d": "Each filter met every window of the image, so its gradient sums the upstream times "
        "all windows. Each window gets the upstream times the filters, added back at the "
        "place where it was seen.",
        "max_pool2d": "Only the largest number of a window went on, so it alone gets the upstream. Those "
        "that tie share it.",
        "reshape": "Nothing is computed: the gradient is laid out again as the input was.",
    }
)
_OF_NODES: Mapping[str, str] = MappingProxyType(
    {
        "gap": "The gradient passes on. The largest score is held constant: to shift all scores "
        "alike changes no probability.",
        "total": "Each exponential counts once in the total, and the slope of exp is exp itself.",
        "loss": "Two roads lead back from the loss: minus the labels here, and the probabilities by "
        "way of the total. At the scores they add up to (softmax - labels) / N.",
    }
)


def explained(lesson: Lesson, graph: Graph) -> Lesson:
    """Return a network's lesson with what stands beside its nodes; ``graph`` is one node an operation."""
    groups: dict[str, list[Node]] = {}
    for node in graph.operations:
        groups.setdefault(node.group, []).append(node)
    found = {name: _said(name, nodes, graph) for name, nodes in groups.items()}
    return replace(lesson, sections={name: Section(backward=text) for name, text in found.items() if text})


def _said(name: str, nodes: Sequence[Node], graph: Graph) -> str:
    """Return what is said of a node: by its name, or by its only operation. Adding eps is none."""
    telling = [node for node in nodes if not _adds_a_number(node, graph)]
    operation = telling[0].operation.name if len(telling) == 1 else ""
    return _OF_NODES.get(name) or _OF_OPERATIONS.get(operation, "")


def _adds_a_number(node: Node, graph: Graph) -> bool:
    return node.operation.name == "add" and graph[node.inputs[1]].operation is LITERAL
