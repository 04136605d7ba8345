"""A graph in Graphviz's DOT language."""

from bn_tutor.engine.graph import Graph
from bn_tutor.export.drawing import Kind, Part, drawing

SHAPES = {Kind.INPUT: "ellipse", Kind.CONSTANT: "hexagon", Kind.LITERAL: "plaintext", Kind.OPERATION: "box"}
LEGEND = "// ellipse: input, hexagon: constant, no frame: number, box: operation, double frame: output"
# In a label a backslash begins an escape and an ampersand an HTML entity; a quote would end it.
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})


def dot(graph: Graph) -> str:
    """Return the graph as DOT text: a node for each node, an edge for each operand."""
    found = drawing(graph)
    nodes = [f"  {part.key} [{_attributes(part)}];" for part in found.parts]
    edges = [f"  {start} -> {end};" for start, end in found.roads]
    return "\n".join([LEGEND, "digraph {", *nodes, *edges, "}", ""])


def _attributes(part: Part) -> str:
    label = "\\n".join(line.translate(_ESCAPED) for line in part.label)
    frames = ", peripheries=2" if part.is_output else ""
    return f'label="{label}", shape={SHAPES[part.kind]}{frames}'
