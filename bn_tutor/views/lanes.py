"""The graph as lanes beside a list of nodes, in the manner of ``git log --graph``.

One row a node, from the inputs down to the output. A lane is a value that is still wanted further down. The
lanes that the active node reads are drawn heavy, so that the active edges show without colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.graph import Graph, Node
from bn_tutor.engine.operation import LITERAL
from bn_tutor.views.look import FAINT, Look

# Sides of a cell that are joined: up, right, down, left, each 0 none, 1 light, 2 heavy.
_LIGHT: Mapping[tuple[bool, bool, bool, bool], str] = {
    (True, False, True, False): "│",
    (False, True, False, True): "─",
    (True, True, True, False): "├",
    (True, False, True, True): "┤",
    (True, True, False, False): "└",
    (True, False, False, True): "┘",
    (True, True, True, True): "┼",
    (True, True, False, True): "┴",
}
_HEAVY = str.maketrans("│─├┤└┘┼┴", "┃━┣┫┗┛╋┻")


# A graph may have hundreds of lanes; these many are drawn, around the active node's.
MOST_LANES = 12


@dataclass(frozen=True)
class Row:
    """One node and its cells: a lane cell, then the cell between it and the next, and so on."""

    node: Node
    lane: int
    cells: tuple[str, ...]
    # A single output is the last row as a rule; several are told from the rest by a word.
    is_marked: bool = False


def lane_rows(graph: Graph, active: str) -> list[Row]:
    """Return the rows of the drawing; ``active`` names the node whose edges are drawn heavy."""
    nodes = _ordered(graph)
    place = {node.name: at for at, node in enumerate(nodes)}
    last_use = {name: place[node.name] for node in nodes for name in node.inputs if name in place}
    # What the active node reads; of an input, its own lane down to those that read it.
    wanted = set(graph[active].inputs) or {active}
    lanes: list[str | None] = []
    rows = []
    for at, node in enumerate(nodes):
        before = list(lanes)
        inputs = [name for name in dict.fromkeys(node.inputs) if name in place]
        ended = [lane for lane, name in enumerate(lanes) if name in inputs and last_use[name or ""] == at]
        lane = _lane_for(lanes, ended)
        for other in ended:
            lanes[other] = None
        lanes[lane] = node.name if node.name in last_use else None
        heavy = wanted if at <= place.get(active, -1) or active in wanted else set()
        cells = _cells(before, lanes, lane, inputs, heavy, node.name == active)
        rows.append(Row(node, lane, cells, len(graph.outputs) > 1 and node.name in graph.outputs))
    return rows


def _ordered(graph: Graph) -> list[Node]:
    """Put each source right before its first use, so that its lane is short. Numbers are left out."""
    ordered: dict[str, Node] = {}
    for node in graph.nodes:
        for name in node.inputs:
            if graph[name].operation is not LITERAL:
                ordered.setdefault(name, graph[name])
        if not node.is_source:
            ordered.setdefault(node.name, node)
    return list(ordered.values())


def _lane_for(lanes: list[str | None], ended: Sequence[int]) -> int:
    """Return the lane of a new value: one that ends here, one that is free, or a new one."""
    if ended:
        return min(ended)
    if None in lanes:
        return lanes.index(None)
    lanes.append(None)
    return len(lanes) - 1


def _cells(
    before: Sequence[str | None],
    after: Sequence[str | None],
    lane: int,
    inputs: Sequence[str],
    heavy: set[str],
    is_active: bool,
) -> tuple[str, ...]:
    joined = [at for at, name in enumerate(before) if name in inputs]
    low, high = min([*joined, lane]), max([*joined, lane])
    cells = []
    for at in range(max(len(before), len(after))):
        above = at < len(before) and before[at] is not None
        below = at < len(after) and after[at] is not None and (above or at == lane)
        stays = above and below and (at == lane or after[at] == before[at])
        if at == lane:
            cells.append("●")
        else:
            # A lane that is only passed by goes straight through, under the road across.
            passed = stays and at not in joined
            left, right = low < at <= high and not passed, low <= at < high and not passed
            sign = _LIGHT.get((above, right, stays, left), " ")
            marked = above and before[at] in heavy and (at in joined or not is_active)
            cells.append(sign.translate(_HEAVY) if marked else sign)
        if at < max(len(before), len(after)) - 1:
            between = low <= at < high
            cells.append(("━" if is_active else "─") if between else " ")
    return tuple(cells)


def lane_lines(graph: Graph, active: str, look: Look, colour: str, room: int | None = None) -> list[Text]:
    """Return the drawing as lines: lanes, name, shape; the active node is marked by a sign and in colour.

    Where there is ``room`` for fewer lines, they are those around the active node.
    """
    rows = _around(lane_rows(graph, active), active, room)
    lane = next((row.lane for row in rows if row.node.name == active), 0)
    first = 2 * max(0, lane - MOST_LANES // 2)
    columns = range(first, min(first + 2 * MOST_LANES, max(len(row.cells) for row in rows)))
    names = max(len(row.node.name) for row in rows)
    return [_row_line(row, row.node.name == active, columns, names, look, colour) for row in rows]


def _row_line(row: Row, is_active: bool, columns: range, names: int, look: Look, colour: str) -> Text:
    """Return one row: its cells, the node's name in ``names`` columns, its shape, whether it is an output."""
    strong = f"bold {colour}"
    line = Text(no_wrap=True)
    for at in columns:
        cell = row.cells[at] if at < len(row.cells) else " "
        sign = _node_sign(row, is_active) if at == 2 * row.lane else cell
        line.append(look.shown(sign), style=strong if sign in "┃━┣┫┗┛╋┻◉" else FAINT)
    line.append(look.shown(f" {row.node.name:<{names}}"), style=strong if is_active else "")
    line.append(look.shown(f" {shape_text(row.node.shape)}"), style=FAINT)
    line.append(" output" if row.is_marked else "", style=FAINT)
    line.append(look.shown(" ←") if is_active else "", style=strong)
    return line


def _around(rows: Sequence[Row], active: str, room: int | None) -> Sequence[Row]:
    if room is None or len(rows) <= room:
        return rows
    place = next((at for at, row in enumerate(rows) if row.node.name == active), 0)
    first = min(max(0, place - room // 2), len(rows) - room)
    return rows[first : first + room]


def _node_sign(row: Row, is_active: bool) -> str:
    if is_active:
        return "◉"
    return "○" if row.node.is_source else "●"
