"""A lesson's graph as lanes, beside no frame: no node is the active one but the output."""

from rich.text import Text

from bn_tutor.engine.graph import Graph
from bn_tutor.views.lanes import MOST_LANES, lane_lines, lane_rows
from bn_tutor.views.look import FAINT, FORWARD, Look
from bn_tutor.views.wrapping import wrapped


def lesson_graph(graph: Graph, look: Look) -> list[Text]:
    """Return the drawing, cut to the width; what is left out of it is said."""
    lines = lane_lines(graph, graph.output, look, FORWARD)
    for line in lines:
        line.truncate(look.width)
    lanes = max((len(row.cells) + 1) // 2 for row in lane_rows(graph, graph.output))
    if lanes <= MOST_LANES:
        return lines
    note = f"{lanes} lanes, of which {MOST_LANES} are drawn; --as dot has all of them"
    return [*lines, *wrapped(look.text(note, FAINT), look.width)]
