"""Frames of graphs with several outputs: what comes from outside is told wherever it is added."""

import re
from itertools import product

import numpy as np
import pytest

from bn_tutor.course.loading import load, record
from bn_tutor.engine.graph import Node, Recording, build
from bn_tutor.engine.graph import record as run
from bn_tutor.engine.operation import CONSTANT, INPUT
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.zoom import Level
from bn_tutor.views.lanes import lane_lines
from bn_tutor.views.look import Look
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.state import State
from bn_tutor.walk.story import Direction, Tour
from bn_tutor.walk.subject import Subject

OUTPUTS = [("out", "h", "low"), ("x", "low", "out")]
FORTH, BACK = Direction.FORWARD, Direction.BACKWARD
LANES = """\
○     x   (4, 3)
│ ○   w   (3,)
●─┘   h   (4, 3) output
┣━◉   low (3,) output ←
│ │ ○ b   (3,)
●─┴─┘ out (4, 3) output"""
LANES_OF_ONE = """\
○     x   (4, 3)
│ ○   w   (3,)
●─┘   h   (4, 3)
┣━◉   low (3,) ←
│ │ ○ b   (3,)
●─┴─┘ out (4, 3)"""


@pytest.fixture(scope="module")
def text_of(draw_whole):
    """Draw the frames of a node, one way, as one line of text each."""

    def drawn(tour, name, direction=BACK, level=Level.NODE, **options):
        frames = tour.story(level).frames
        return [
            " ".join(" ".join(draw_whole(tour, State(place=at, level=level, **options), Look(120))).split())
            for at, frame in enumerate(frames)
            if frame.node.name == name and frame.direction is direction
        ]

    return drawn


@pytest.fixture(scope="module")
def ledger_of(text_of):
    return lambda *arguments, **options: [
        text.partition(" ledger ")[2].partition(" astray ")[0].strip()
        for text in text_of(*arguments, **options)
    ]


def tour_of(nodes, outputs):
    """Make a tour of a graph that no function makes; its formulas are the operations' names."""
    arrays = {node.name: np.ones(node.shape) * 0.5 for node in nodes if not node.inputs}
    recording = run(build(nodes, outputs), arrays)
    upstreams = {name: 0.3 * np.ones(value.shape) for name, value in recording.outputs.items()}
    return Tour(Subject("made", recording, upstreams, 0))


def node(name, operation, *inputs):
    return Node(name, OPERATIONS[operation], inputs, formula=f"{operation} of it", group=name)


# --- backward: the ledger ---------------------------------------------------------------------------------


def test_who_sends_to_an_output_is_told_of_its_own_upstream(several_tour, ledger_of):
    assert ledger_of(several_tour(), "out") == [
        "h has an upstream from outside, dh0, and feeds 2 nodes: dh1 has arrived, 1 more to come "
        "b feeds 1 node: db is complete "
        "low has an upstream from outside, dlow0, and feeds 1 node: dlow1 has arrived; "
        "dlow = dlow0 + dlow1 is complete"
    ]


def test_an_output_that_feeds_others_lists_its_own_upstream_first(several_tour, ledger_of):
    assert ledger_of(several_tour(), "low") == [
        "dlow = dlow0 (from outside) + dlow1 (from out), complete "
        "h has an upstream from outside, dh0, and feeds 2 nodes: dh2 has arrived; dh = dh0 + dh1 + dh2 is "
        "complete"
    ]
    assert ledger_of(several_tour(), "h")[0].startswith(
        "dh = dh0 (from outside) + dh1 (from out) + dh2 (from low), complete"
    )


def test_the_line_of_the_sum_has_the_upstream_from_outside(several_tour, text_of):
    assert "numpy dlow1 = np.sum(dout, axis=0) dlow = dlow0 + dlow1 " in text_of(several_tour(), "out")[0]
    assert "dh = dh0 + dh1 + dh2 " in text_of(several_tour(), "low")[0]


def test_a_contribution_to_an_output_is_a_part_of_its_gradient(several_tour, text_of):
    assert "= dlow1, part of ∂L/∂low " in text_of(several_tour(), "out")[0]


@pytest.mark.parametrize("order", [Order.RIGHT, Order.TWICE])
def test_an_input_that_is_an_output_has_a_frame_for_its_sum(several_tour, text_of, ledger_of, order):
    tour = several_tour(("out", "x"), order)
    texts = text_of(tour, "x", element=(2, 1))
    assert len(texts) == (2 if order is Order.TWICE else 1)
    for passed, text in enumerate(texts, 1):
        assert f"numpy dx = {' + '.join(['dx0 + dx1'] * passed)} element dx[2, 1] = " in text
        assert text.count("dx0 from outside") == text.count("dx1 from h") == passed
        said = f"the upstream from outside and {passed} of {passed} contributions have arrived: complete"
        assert ledger_of(tour, "x")[passed - 1] == said


def test_the_arithmetic_of_an_input_that_is_an_output_adds_up(several_tour, text_of):
    (text,) = text_of(several_tour(("out", "x")), "x", element=(2, 1))
    sum_of_two = re.search(r"element dx\[2, 1\] = (\S+) \+ (\S+) = (\S+)", text)
    left, right, total = (float(each.strip("()").replace("−", "-")) for each in sum_of_two.groups())
    assert left + right == pytest.approx(total, abs=2e-3)


def test_a_recursion_does_not_call_a_sum_complete(several_tour, ledger_of):
    found = ledger_of(several_tour(("h", "out"), Order.RECURSIVE), "h")
    assert [each.partition(" dx1 ")[0] for each in found] == [
        "dx has arrived, and is handed on at once, complete or not dw has arrived, and is handed on at once, "
        "complete or not",
        "dh = dh0 (from outside) + dh1 (from out), so far dx has arrived, and is handed on at once, complete "
        "or not dw has arrived, and is handed on at once, complete or not",
        "dh = dh0 (from outside) + dh1 (from out) + dh2 (from low), so far dx has arrived, and is handed on "
        "at once, complete or not dw has arrived, and is handed on at once, complete or not",
    ]


# --- outputs from which nothing flows on ------------------------------------------------------------------


@pytest.mark.parametrize("outputs", ["root", ("out", "root")], ids=["one", "two"])
@pytest.mark.parametrize("level", list(Level))
def test_an_output_without_a_road_to_an_input(text_of, outputs, level):
    nodes = [Node("x", INPUT, shape=(3,), group="x"), Node("c", CONSTANT, shape=(3,), group="c")]
    tour = tour_of([*nodes, node("root", "exp", "c"), node("out", "tanh", "x")], outputs)
    (text,) = text_of(tour, "root", level=level)
    assert "upstream ∂L/∂root (3,) 0.300 0.300 0.300" in text
    assert text.endswith("ledger no road leads from root back to an input: nothing is sent on")


# --- forward ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def feeds(text_of):
    return lambda tour, name: text_of(tour, name, FORTH)[0].partition(" feeds ")[2]


def test_what_an_output_feeds(several_tour, feeds):
    tour = several_tour()
    added = "it is an output, too: its own upstream is added to what comes back"
    assert feeds(tour, "h") == f"low and out; {added}"
    assert feeds(tour, "low") == f"out; {added}"
    assert feeds(tour, "out") == "this is one of 3 outputs; the loss L is computed from all of them"


def test_what_feeds_nodes_off_the_road_waits_for_nothing_from_them(feeds):
    """side and after lead to no output."""
    nodes = [Node("x", INPUT, shape=(3,), group="x"), node("mid", "tanh", "x"), node("side", "exp", "mid")]
    nodes += [node("left", "tanh", "mid"), node("right", "exp", "mid"), node("out", "add", "left", "right")]
    tour = tour_of([*nodes, node("after", "exp", "out"), node("aside", "exp", "left")], "out")
    assert feeds(tour, "mid") == (
        "side and left and right; its gradient will be the sum of what left and right send back"
    )
    assert feeds(tour, "left") == "out and aside"
    assert feeds(tour, "out") == "after; it is an output, too: no gradient comes back from there"
    assert feeds(tour, "side") == feeds(tour, "after") == "nothing: the loss L does not depend on it"
    assert feeds(tour_of(nodes, "out"), "out") == "this is the output; the loss L is computed from it"


# --- the lesson's own formulas at the layer ---------------------------------------------------------------


def test_closed_forms_stand_where_every_gradient_is_complete(text_of):
    lesson = load("batchnorm")
    one = record(lesson, level=Level.OPERATION)
    recording = Recording(build(one.graph.nodes, ("out", "xhat")), one.values)
    upstreams = {name: np.full(value.shape, 0.3) for name, value in recording.outputs.items()}
    tour = Tour(Subject("batchnorm", recording, upstreams, 0, lesson.sizes, lesson))
    names = [frame.node.name for frame in tour.story(Level.LAYER).frames if frame.direction is BACK]
    assert names == ["out", "xhat", "x"]
    has_closed = {name: " closed dx" in text_of(tour, name, level=Level.LAYER)[0] for name in names}
    assert has_closed == {"out": False, "xhat": False, "x": True}


# --- the graph --------------------------------------------------------------------------------------------


def drawing(graph, active):
    return "\n".join(line.plain for line in lane_lines(graph, active, Look(), "cyan"))


def test_several_outputs_are_marked_by_a_word_and_one_is_not(several_tour):
    assert drawing(several_tour().story(Level.NODE).recording.graph, "low") == LANES
    assert drawing(several_tour(("out",)).story(Level.NODE).recording.graph, "low") == LANES_OF_ONE


# --- every frame fits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("outputs", OUTPUTS, ids="-".join)
def test_every_frame_fits(several_tour, every_state, draw, too_wide, control_characters, outputs, order):
    tour = several_tour(outputs, order)
    states = every_state(tour, element=(1, 2), jacobian=True)
    wrong = []
    for state, (width, height) in product(states, [(20, 10), (40, 50), (80, 24), (120, 30)]):
        lines = draw(tour, state, Look(width), height)
        wrong += too_wide(lines, width) + control_characters(lines) + [lines] * (len(lines) != height)
    assert wrong == []
