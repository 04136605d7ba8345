"""The graph as lanes: literal drawings, and that only the roads into the active node are heavy."""

import numpy as np
import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.views.lanes import Row, lane_lines, lane_rows
from bn_tutor.views.look import Look
from bn_tutor.walk.state import State

HEAVY = set("┃━┣┫┗┛╋┻")
BATCHNORM_XHAT = """\
○     x       (4, 3)
├─●   mu      (3,)
●─┘   xmu     (4, 3)
┣─●   sq      (4, 3)
┃ ●   var     (3,)
┃ │ ○ eps     ()
┃ ●─┘ sqrtvar (3,)
┃ ●   ivar    (3,)
◉━┛   xhat    (4, 3) ←
│ ○   gamma   (3,)
●─┘   gammax  (4, 3)
│ ○   beta    (3,)
●─┘   out     (4, 3)"""
BATCHNORM_OUT = """\
○     x       (4, 3)
├─●   mu      (3,)
●─┘   xmu     (4, 3)
├─●   sq      (4, 3)
│ ●   var     (3,)
│ │ ○ eps     ()
│ ●─┘ sqrtvar (3,)
│ ●   ivar    (3,)
●─┘   xhat    (4, 3)
│ ○   gamma   (3,)
●─┘   gammax  (4, 3)
┃ ○   beta    (3,)
◉━┛   out     (4, 3) ←"""
DIAMOND = """\
○   x     (2,)
├─● left  (2,)
● ┃ right (2,)
◉━┛ out   (2,) ←"""
LITERAL = """\
○ x     (2,)
◉ twice (2,) ←
● out   (2,)"""
LAYER = """\
○       x     (4, 3)
┃ ○     eps   ()
┃ ┃ ○   gamma (3,)
┃ ┃ ┃ ○ beta  (3,)
◉━┻━┻━┛ out   (4, 3) ←"""
MANY = """\
◉       a   (2,) ←
┃ ○     b   (2,)
┃ │ ○   c   (2,)
┃ │ │ ○ d   (2,)
●─┴─┴─┘ out (8,)"""


def diamond(x):
    left = np.exp(x)
    right = np.tanh(x)
    return left * right


def with_literals(x):
    twice = x * 2.0
    return twice + 1.0


def crossing(a, b, c):
    first = a * b
    second = c * a
    third = first + second
    return third * b


def unused(x, w):
    return x * x


def wide(a, b, c, d, e, f):
    left = a * b * c
    right = d * e * f
    return left * right + a * f


GRAPHS = {
    "diamond": (diamond, 1),
    "literals": (with_literals, 1),
    "crossing": (crossing, 3),
    "unused": (unused, 2),
    "wide": (wide, 6),
}


@pytest.fixture(scope="module")
def graph_of(tour, traced):
    """Return a graph by its name: a level of batch norm, or a function above."""

    def found(name):
        if name in list(Level):
            return tour.story(Level(name)).recording.graph
        function, count = GRAPHS[name]
        return traced(function, *[(2,)] * count).graph

    return found


def drawing(graph, active, **options):
    return "\n".join(line.plain for line in lane_lines(graph, active, Look(**options), "cyan"))


@pytest.mark.parametrize(
    ("name", "active", "drawn"),
    [
        ("node", "xhat", BATCHNORM_XHAT),
        ("node", "out", BATCHNORM_OUT),
        ("layer", "out", LAYER),
        ("diamond", "out", DIAMOND),
        ("literals", "twice", LITERAL),
    ],
)
def test_a_graph_is_drawn_as_lanes(graph_of, name, active, drawn):
    assert drawing(graph_of(name), active) == drawn


def test_many_lanes_end_in_one_node(traced):
    def concatenated(a, b, c, d):
        return np.concatenate([a, b, c, d])

    assert drawing(traced(concatenated, (2,), (2,), (2,), (2,)).graph, "a") == MANY


@pytest.mark.parametrize("name", [*Level, *GRAPHS])
def test_every_node_but_literals_has_one_row(graph_of, name):
    graph = graph_of(name)
    used = {each for node in graph.nodes for each in node.inputs}
    wanted = {
        node.name
        for node in graph.nodes
        if node.operation.name != "literal" and (not node.is_source or node.name in used)
    }
    rows = lane_rows(graph, graph.output)
    assert sorted(row.node.name for row in rows) == sorted(wanted)


@pytest.mark.parametrize("name", [*Level, *GRAPHS])
def test_inputs_stand_above_what_is_made_of_them(graph_of, name):
    graph = graph_of(name)
    places = {row.node.name: at for at, row in enumerate(lane_rows(graph, graph.output))}
    for node in graph.nodes:
        assert all(places[each] < places[node.name] for each in node.inputs if each in places)


# --- heavy roads ------------------------------------------------------------------------------------------


def strangely_heavy(rows, graph, active):
    """Return the heavy cells that lie on no road from an input of the active node down to it."""
    places = {row.node.name: at for at, row in enumerate(rows)}
    end = places[active]
    roads = {
        (at, 2 * rows[places[name]].lane)
        for name in graph[active].inputs
        if name in places
        for at in range(places[name] + 1, end + 1)
    }
    return [
        (rows[at].node.name, cell)
        for at, row in enumerate(rows)
        for cell, sign in enumerate(row.cells)
        if sign in HEAVY and (at, cell) not in roads and not (at == end and cell % 2)
    ]


@pytest.mark.parametrize("name", [*Level, *GRAPHS])
def test_only_the_roads_into_the_active_node_are_heavy(graph_of, name):
    graph = graph_of(name)
    for node in graph.nodes:
        if not node.is_source:
            assert strangely_heavy(lane_rows(graph, node.name), graph, node.name) == []


def test_a_heavy_cell_elsewhere_would_be_seen(graph_of):
    graph = graph_of("node")
    rows = lane_rows(graph, "xhat")
    rows[1] = Row(rows[1].node, rows[1].lane, ("┣", "─", "●"))
    assert strangely_heavy(rows, graph, "xhat") == [("mu", 0)]


@pytest.mark.parametrize("active", ["xmu", "sqrtvar", "xhat", "gammax", "out"])
def test_two_inputs_reach_the_active_node_by_a_heavy_road(graph_of, active):
    rows = lane_rows(graph_of("node"), active)
    row = next(row for row in rows if row.node.name == active)
    assert "━" in row.cells
    assert "┛" in row.cells


def test_the_active_node_is_marked_by_a_sign(graph_of):
    lines = drawing(graph_of("node"), "sq").split("\n")
    marked = [line for line in lines if "◉" in line]
    assert marked == [line for line in lines if line.endswith(" ←")]
    assert len(marked) == 1


def test_a_lane_that_is_passed_by_looks_different_from_one_that_is_joined(graph_of):
    """b is used by ``first``, but only passed by on the way from ``second`` to ``third``."""
    rows = {row.node.name: row for row in lane_rows(graph_of("crossing"), "out")}
    lane = 2 * rows["b"].lane
    joined, passed = rows["first"].cells[lane], rows["third"].cells[lane]
    assert {joined, passed} & {"┼", "╋"}
    assert joined != passed


# --- looks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*Level, *GRAPHS])
def test_an_ascii_drawing_has_the_same_columns(graph_of, name):
    graph = graph_of(name)
    drawn, in_ascii = drawing(graph, graph.output), drawing(graph, graph.output, ascii=True)
    assert in_ascii.isascii()
    assert [len(line) for line in drawn.replace("←", "<-").split("\n")] == [
        len(line) for line in in_ascii.split("\n")
    ]


def eighty_parts(x):
    parts = [x * (1.0 + at) for at in range(80)]
    total = parts[0] * 1.5
    for part in parts[1:]:
        total = total + part * 1.5
    return total


@pytest.fixture(scope="module")
def large(traced_tour):
    """A graph of 80 lanes and more than 200 rows."""
    return traced_tour(eighty_parts, (2,))


@pytest.mark.parametrize("width", [116, 120, 200])
def test_a_graph_of_many_lanes_leaves_room_for_the_frame(large, draw, too_wide, width):
    lines = draw(large, State(), Look(width))
    assert too_wide(lines, width) == []
    assert "forward 1 of" in lines[0]
    assert any("shapes  x (2,)" in line for line in lines)


@pytest.mark.parametrize(("width", "keys"), [(80, "v"), (200, "")])
@pytest.mark.parametrize("place", [0, 100, 230])
def test_the_active_node_of_a_long_graph_is_on_the_screen(large, draw, press_all, width, keys, place):
    state = press_all(large, State(place=place, level=Level.OPERATION), *keys)
    lines = draw(large, state, Look(width))
    assert any("◉" in line or line.endswith("←") for line in lines)


def test_v_hides_the_graph_that_stands_beside_a_wide_frame(tour, draw, press_all):
    assert any("○" in line for line in draw(tour, State(), Look(120)))
    assert not any("○" in line for line in draw(tour, press_all(tour, State(), "v"), Look(120)))
