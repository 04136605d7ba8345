"""Which of a node's operands an edge leads to, where one input is there more than once: ``x * x``."""

from bn_tutor.engine.graph import Graph, Node


def operand(node: Node, place: int) -> str:
    """Return ``left``, ``right`` or ``operand 3``; nothing where the node's input is there only once."""
    if node.inputs.count(node.inputs[place]) < 2:
        return ""
    return ("left", "right")[place] if len(node.inputs) == 2 else f"operand {place + 1}"


def feeds(graph: Graph, name: str) -> str:
    """Say how many nodes send something back to a node: ``feeds 2 nodes``."""
    users = sum(any(way.input == name for way in stop.edges) for stop in graph.stops)
    places = f" in {graph.arrivals[name]} places" if graph.arrivals[name] > users else ""
    return f"feeds {users} node{'s' if users > 1 else ''}{places}"
