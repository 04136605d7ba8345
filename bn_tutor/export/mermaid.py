"""A graph as a Mermaid flowchart."""

from bn_tutor.engine.graph import Graph
from bn_tutor.export.drawing import Kind, Part, drawing

# What stands before and after a label makes the node's shape.
SHAPES = {
    Kind.INPUT: ("([", "])"),
    Kind.CONSTANT: ("{{", "}}"),
    Kind.LITERAL: ("((", "))"),
    Kind.OPERATION: ("[", "]"),
}
OUTPUT = ("[[", "]]")
LEGEND = "%% stadium: input, hexagon: constant, circle: number, box: operation, box with bars: output"
# What may stand in a label as it is. Of all other ASCII signs, some end a label, some begin an entity, HTML,
# Markdown or a directive, and which do so has changed between releases: they are written as codes.
_SAFE = frozenset(" =+-/(),.")
# What Mermaid looks for after it has read the codes: escapes, mathematics and icons. A space without width
# behind the first sign keeps them from being found.
_NO_WIDTH = "\u200b"
_BROKEN_UP = {text: text[0] + _NO_WIDTH + text[1:] for text in ("\\", "$", ":fa-")}


def mermaid(graph: Graph) -> str:
    """Return the graph as Mermaid text: a node for each node, an edge for each operand."""
    found = drawing(graph)
    nodes = [f"  {_node(part)}" for part in found.parts]
    edges = [f"  {start} --> {end}" for start, end in found.roads]
    return "\n".join([LEGEND, "flowchart TD", *nodes, *edges, ""])


def _node(part: Part) -> str:
    before, after = OUTPUT if part.is_output else SHAPES[part.kind]
    label = "<br/>".join(map(_escaped, part.label))
    return f'{part.key}{before}"{label}"{after}'


def _escaped(line: str) -> str:
    for text, broken_up in _BROKEN_UP.items():
        line = line.replace(text, broken_up)
    return "".join(sign if _is_safe(sign) else f"#{ord(sign)};" for sign in line)


def _is_safe(sign: str) -> bool:
    return sign in _SAFE or sign.isalnum() or not sign.isascii()
