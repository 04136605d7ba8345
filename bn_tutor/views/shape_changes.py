"""What happens to shapes on the way forward, in words, inside a node of several operations too."""

from collections.abc import Sequence

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine import shapes
from bn_tutor.engine.graph import Graph, Node
from bn_tutor.engine.text import axes_in_words
from bn_tutor.views.formula import pretty

# A part of a node is called by its formula up to this length.
LONGEST_PART = 24
MOST_PHRASES = 4
# Holds the place of the one phrase on all that is broadcast.
_BROADCAST = "broadcast"


def shape_changes(members: Sequence[Node], graph: Graph) -> str:
    """Say what the operations of a node broadcast and which axes they reduce; empty where nothing changes."""
    inner = {member.name for member in members}
    small: dict[str, None] = {}
    phrases: dict[str, None] = {}
    for member in members:
        operands = [graph[name] for name in member.inputs]
        if "keepdims" in member.operation.parameters:
            phrases[_reduced(member, operands[0])] = None
        elif member.operation.shape in (shapes.elementwise, shapes.broadcast):
            small |= {_called(each, inner): None for each in operands if _is_small(each, member)}
        if small:
            phrases.setdefault(_BROADCAST)
    told = [_broadcast(list(small)) if phrase is _BROADCAST else phrase for phrase in phrases if phrase]
    return "; ".join([*told[:MOST_PHRASES], *["…"] * (len(told) > MOST_PHRASES)])


def _broadcast(names: Sequence[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} broadcast"


def _is_small(operand: Node, node: Node) -> bool:
    """Whether an operand is repeated; a single number goes without saying."""
    return operand.shape not in ((), node.shape)


def _called(operand: Node, inner: set[str]) -> str:
    """Return what an operand is called outside the node."""
    if operand.name not in inner:
        return operand.name
    if operand.operation.name == "reshape" and operand.inputs[0] not in inner:
        return f"{operand.inputs[0]}, reshaped to {shape_text(operand.shape)},"
    is_short = 0 < len(operand.written) <= LONGEST_PART
    return pretty(operand.written) if is_short else f"a part of shape {shape_text(operand.shape)}"


def _reduced(node: Node, operand: Node) -> str:
    axes = shapes.reduced_axes(operand.shape, node.parameters.get("axis"))
    if not axes:
        return ""
    is_one, stays = len(axes) == 1, node.parameters.get("keepdims")
    after = f"stay{'s' if is_one else ''}, with size 1" if stays else f"disappear{'s' if is_one else ''}"
    return f"{axes_in_words(axes)} {'is' if is_one else 'are'} reduced and {after}"
