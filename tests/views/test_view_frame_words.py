"""What frames say in words: of shapes, of matrices, of operands, of inputs, of several roads."""

import numpy as np
import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.views.lesson_table import lesson_table
from bn_tutor.views.look import Look
from bn_tutor.walk.state import State
from bn_tutor.walk.story import Direction

FORTH, BACK = Direction.FORWARD, Direction.BACKWARD
FRONT = """\
+++
format = 1
title = "A lesson"
output = "out"

[sizes]
N = 4
D = 3

[inputs]
x = { shape = ["N", "D"], draw = "normal" }
g = { shape = ["D"], draw = "normal" }
a_long_name = { shape = ["D"], draw = "normal" }
+++

# A lesson

An opening.
"""
ROADS = """
```graph
xhat = (x - mean(x, axis=0)) * g + x * x
square = xhat * xhat
out = square + a_long_name
```

```backward
part = dxhat * g
dx = part - mean(part, axis=0) + 2 * x * dxhat
```

## `x`

About x, {shape: x}.

## `g`

About g.

### backward

The whole of dg comes at xhat, {shape: dg}.

```derivation
dg
sum(dxhat * (x - mean(x, axis=0)), axis=0)
```

## `a_long_name`

About the long one.

### backward

It is the sum of dout.
"""


@pytest.fixture(scope="module")
def frame(draw_whole):
    """Draw the frame of a node, one way, as one line of text."""

    def drawn(tour, name, direction=BACK, level=Level.NODE, width=120, **options):
        frames = tour.story(level).frames
        place = next(
            at for at, each in enumerate(frames) if each.node.name == name and each.direction is direction
        )
        lines = draw_whole(tour, State(place=place, level=level, **options), Look(width))
        return " ".join(" ".join(lines).split())

    return drawn


@pytest.fixture(scope="module")
def roads(text_tour):
    return text_tour(FRONT + ROADS)


@pytest.fixture(scope="module")
def about(draw, press_all):
    """Draw the page on i as lines."""
    return lambda tour, width=80, level=Level.NODE: draw(
        tour, press_all(tour, State(level=level), "i"), Look(width), 60
    )


# --- shapes on the way forward ----------------------------------------------------------------------------


def both(x, g):
    return x * g + g


CHANGES = {
    "broadcast": (both, ": g is broadcast feeds"),
    "a mean": (lambda x, g: (x * g).mean(axis=0), ": g is broadcast; axis 0 is reduced and disappears feeds"),
    "kept": (
        lambda x, g: x.sum(axis=1, keepdims=True) + g[:1],
        ": axis 1 is reduced and stays, with size 1;",
    ),
    "all axes": (lambda x, g: np.exp(x).sum() * g, ": axes 0 and 1 are reduced and disappear feeds"),
    "reshaped": (lambda x, g: x * np.reshape(g, (1, 3)), ": g, reshaped to (1, 3), is broadcast feeds"),
    "a part": (lambda x, g: x * np.exp(g), ": exp(g) is broadcast feeds"),
    "a long part": (
        lambda x, g: x * np.exp(np.tanh(g) + np.tanh(g * 2.0)),
        ": a part of shape (3,) is broadcast feeds",
    ),
    "twice the same": (
        lambda x, g: x.mean(axis=0) + (x * x).mean(axis=0) * g,
        "(3,): axis 0 is reduced and disap",
    ),
    "nothing": (lambda x, g: np.exp(x) + x * 2.0, "x (4, 3) → out (4, 3) feeds"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_shapes_are_told_inside_a_node_of_several_operations(traced_tour, frame, name):
    function, words = CHANGES[name]
    text = frame(traced_tour(function, (4, 3), (3,)), "out", FORTH)
    assert words in text.partition(" shapes ")[2]
    assert text.count("disappear") <= 1


def test_an_axis_that_is_kept_does_not_disappear(text_tour, frame):
    graph = "\n```graph\nout = mean(x, axis=(0, 1), keepdims=true)\n```\n"
    assert "(1, 1): axes 0 and 1 are reduced and stay, with size 1 feeds" in frame(
        text_tour(FRONT + graph), "out", FORTH
    )


def test_of_the_whole_layer_there_is_too_much_to_tell(traced_tour, frame):
    text = frame(traced_tour(both, (4, 3), (3,)), "out", FORTH, Level.LAYER)
    assert "→ out (4, 3) feeds" in text


def test_many_changes_are_cut_short(traced_tour, frame):
    def many(x):
        return x.sum(axis=(0, 1)).sum() + x.sum(axis=1).sum() + x.sum(axis=(1, 2)).sum() + x.sum(axis=2).sum()

    assert frame(traced_tour(many, (2, 3, 4)), "out", FORTH).count("disappear") == 4
    assert "; … feeds" in frame(traced_tour(many, (2, 3, 4)), "out", FORTH)


# --- the local column -------------------------------------------------------------------------------------


def test_a_matrix_is_shown_under_its_own_name(traced_tour, frame):
    text = frame(traced_tour(lambda x, w: x @ w, (4, 3), (3, 2)), "out")
    assert "@ w.T with w (3, 2)" in text
    assert "x.T @ with x (4, 3)" in text


def test_a_matrix_behind_a_factor_is_named(traced_tour, frame):
    text = frame(traced_tour(lambda x, w: np.tanh(x @ w), (4, 3), (3, 2)), "out")
    assert "1 − out², @ w.T" in text


@pytest.mark.parametrize(
    ("line", "local"), [("x * reshape(g, (1, D))", "x (4, 3)"), ("x + reshape(g, (1, D))", "1")]
)
def test_an_edge_through_a_reshape_shows_its_factor_and_says_where_it_goes(text_tour, frame, line, local):
    text = frame(text_tour(f"{FRONT}\n```graph\nout = {line}\n```\n"), "out")
    edge = text.partition("local ∂out/∂g ")[2].partition(" numpy ")[0]
    assert edge.startswith(f"= gradient ∂L/∂g as above {local} (3,) sum over axis 0, reshape")


# --- an input that is there twice -------------------------------------------------------------------------


def test_the_operands_of_a_square_are_told_apart(roads, frame):
    text = frame(roads, "square")
    assert "local ∂square/∂xhat (left) = dxhat1" in text
    assert "local ∂square/∂xhat (right) = dxhat2" in text
    assert "xhat feeds 1 node in 2 places: dxhat1 (left) has arrived, 1 more to come" in text
    assert "dxhat2 (right) has arrived; dxhat = dxhat1 + dxhat2 is complete" in text
    assert "dxhat = dxhat1 (from square, left) + dxhat2 (from square, right), complete" in frame(
        roads, "xhat"
    )


def test_parts_of_an_input_are_told_apart(traced_tour, frame):
    text = frame(traced_tour(lambda x: x * x, (3,)), "x")
    assert "dx1 from out, left" in text
    assert "dx2 from out, right" in text


def test_what_is_fed_twice_is_told_on_the_way_forward(roads, frame):
    words = "feeds square in 2 places; its gradient will be the sum of what they send back"
    assert words in frame(roads, "xhat", FORTH)


def test_the_table_of_a_lesson_tells_operands_apart(roads):
    story = roads.story(Level.NODE)
    lines = [line.plain for line in lesson_table(story.subject.lesson, story.recording, Look(200))]
    labels = [line.split("  ")[1] for line in lines if line.startswith("  ∂square")]
    assert labels == ["∂square/∂xhat (left)", "∂square/∂xhat (right)"]


# --- inputs without a frame -------------------------------------------------------------------------------


def test_prose_on_a_gradient_without_a_frame_stands_where_it_is_complete(roads, frame):
    text = frame(roads, "xhat")
    assert " dg The whole of dg comes at xhat, (3,). chain dg = sum(" in text
    assert "a_long_name" not in text
    assert " da_long_name It is the sum of dout." in frame(roads, "out")


def test_it_stands_at_the_operation_too_and_not_at_the_layer(roads, frame):
    steps = [step.node.name for step in roads.story(Level.OPERATION).steps if step.edges]
    texts = [frame(roads, name, level=Level.OPERATION) for name in steps]
    assert sum("The whole of dg" in text for text in texts) == 1
    assert "The whole of dg" not in frame(roads, "out", level=Level.LAYER)


def test_an_input_with_a_frame_of_its_own_has_its_prose_there_alone(tour, frame):
    assert "two roads" in frame(tour, "x")
    assert "two roads" not in frame(tour, "mu") + frame(tour, "xmu")


def test_a_question_hides_it(roads, press_all, draw_whole):
    frames = roads.story(Level.NODE).frames
    place = next(at for at, each in enumerate(frames) if each.direction is BACK and each.node.name == "out")
    asked = press_all(roads, State(place=place), "p")
    assert asked.question is not None
    assert "It is the sum of dout" not in "\n".join(draw_whole(roads, asked))


@pytest.mark.parametrize("level", Level)
def test_it_stands_on_the_page_on_i(roads, about, level):
    text = " ".join(" ".join(about(roads, level=level)).split())
    assert "g About g. dg The whole of dg comes at xhat, (3,). chain dg" in text
    assert "(?)" not in text


def test_the_page_on_i_keeps_to_the_width_whatever_names_there_are(roads, about):
    lines = about(roads)
    at = lines.index(" a_long_name")
    assert lines[at + 1] == "         About the long one."
    assert max(map(len, lines)) <= 80


# --- several roads ----------------------------------------------------------------------------------------


def test_several_roads_have_the_lessons_own_lines(roads, frame):
    text = frame(roads, "xhat")
    assert " numpy part = dxhat * g dx = part - np.mean(part, axis=0) + 2 * x * dxhat " in text


def test_two_roads_are_written_as_a_sum(traced_tour, frame):
    text = frame(traced_tour(lambda x: x * np.tanh(x), (3,)), "out")
    assert " numpy dx = np.tanh(x) * dout + (1 - np.tanh(x)**2) * (x * dout) ledger" in text


def test_many_roads_lead_to_the_level_of_operations(traced_tour, frame):
    tour = traced_tour(lambda x: (x - x.mean(axis=0)) / x.std(axis=0), (4, 3))
    assert " numpy no single line; the level of operations (z) has a frame for each step" in frame(
        tour, "out"
    )
    assert " numpy " not in frame(tour, "out", level=Level.LAYER)
