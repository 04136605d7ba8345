"""A frame of the way forward: what a node computes, from what, and its value."""

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.graph import Graph, Node
from bn_tutor.engine.operation import LITERAL
from bn_tutor.engine.zoom import Level
from bn_tutor.views.arrays import array_block
from bn_tutor.views.columns import Block, laid_out
from bn_tutor.views.page import Page, non_finite_note
from bn_tutor.views.shape_changes import shape_changes
from bn_tutor.walk.arithmetic import place_within


def forward_lines(page: Page) -> list[Text]:
    """Return the body of a forward frame."""
    node = page.frame.node
    inputs = [page.story.recording.graph[name] for name in dict.fromkeys(node.inputs)]
    shown = [each for each in inputs if each.operation is not LITERAL]
    lines = _values(page, shown, node)
    lines += page.gap
    lines += page.labelled("shapes", page.sentence(_shapes(page, shown, node)))
    lines += page.labelled("feeds", page.sentence(_feeds(page, node)))
    lines += page.labelled("note", non_finite_note(page, [page.story.recording[node.name]]))
    if text := page.section(node).forward:
        lines += page.labelled("what", page.prose(text))
    lines += page.chains(node, "forward")
    return lines


def _values(page: Page, inputs: list[Node], node: Node) -> list[Text]:
    """Return the inputs' values and the node's own, beside each other where they fit."""
    signs = [" ", *[" , "] * (len(inputs) - 1), " → "][-len(inputs) - 1 :]
    blocks = [_block(page, each) for each in (*inputs, node)]
    return laid_out(blocks, signs, page.look)


def _block(page: Page, node: Node) -> Block:
    """Return one array under its name and shape."""
    value = page.story.recording[node.name]
    element = page.state.element
    marked = place_within(value.shape, element) if element is not None and value.size else None
    head = page.look.text(node.name, "bold")
    head.append(page.look.shown(f" {shape_text(value.shape)}"), style="dim")
    return array_block(head, (), value, page.look, marked)


def _shapes(page: Page, inputs: list[Node], node: Node) -> str:
    names = ", ".join(f"{each.name} {shape_text(each.shape)}" for each in inputs)
    changes = shape_changes(_members(page, node), page.story.subject.recording.graph)
    return f"{names} → {node.name} {shape_text(node.shape)}{f': {changes}' if changes else ''}"


def _members(page: Page, node: Node) -> list[Node]:
    """Return the operations that a node consists of; of the whole layer there is too much to tell."""
    operations = page.story.subject.recording.graph.operations
    if page.story.level is Level.NODE:
        return [each for each in operations if each.group == node.group]
    return [node] if page.story.level is Level.OPERATION else []


def _feeds(page: Page, node: Node) -> str:
    graph = page.story.recording.graph
    users = [_user(each, node.name) for each in graph.nodes if node.name in each.inputs]
    if not users:
        return _feeds_nothing(graph, node)
    names = " and ".join(users)
    # A node off the road to the output is fed, too, but sends nothing back.
    sending = [stop.node for stop in graph.stops if any(way.input == node.name for way in stop.edges)]
    if node.name in graph.outputs:
        comes = (
            "its own upstream is added to what comes back" if sending else "no gradient comes back from there"
        )
        return f"{names}; it is an output, too: {comes}"
    if graph.arrivals.get(node.name, 0) < 2:
        return names
    they = " and ".join(_user(each, node.name) for each in reversed(sending))
    back = f"{they} send back" if len(sending) > 1 else f"{they} sends back"
    back = "they send back" if len(sending) == len(users) else back
    return f"{names}; its gradient will be the sum of what {back}"


def _user(node: Node, name: str) -> str:
    """Return what a node is called that uses another, with the number of its uses where it is not one."""
    count = node.inputs.count(name)
    return node.name if count == 1 else f"{node.name} in {count} places"


def _feeds_nothing(graph: Graph, node: Node) -> str:
    if node.name not in graph.outputs:
        return "nothing: the loss L does not depend on it"
    if len(graph.outputs) > 1:
        return f"this is one of {len(graph.outputs)} outputs; the loss L is computed from all of them"
    loss = "this is the loss L itself" if not node.shape else "the loss L is computed from it"
    return f"this is the output; {loss}"
