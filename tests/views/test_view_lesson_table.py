"""A lesson on one page: kept as literal text at some widths, and within bounds at all of them.

To write the pages anew after a change that is meant: UPDATE_FRAMES=1 pytest tests/views, which fails once.
"""

import os
from pathlib import Path

import pytest

from bn_tutor.course.loading import load, record
from bn_tutor.course.problem import Findings
from bn_tutor.course.reader import parse_lesson
from bn_tutor.engine.zoom import Level
from bn_tutor.views.grid import Row, grid_lines
from bn_tutor.views.lesson_graph import lesson_graph
from bn_tutor.views.lesson_table import lesson_table
from bn_tutor.views.look import Look
from bn_tutor.views.wrapping import wrapped

FOLDER = Path(__file__).parent / "lesson_pages"
WIDTHS = [10, 14, 20, 30, 40, 60, 72, 80, 100, 120, 200]
# Long formulas, matrices, two outputs, a node off the road, shapes of four axes, a drawn constant.
MIXED = """\
+++
format = 1
title = "A lesson of every kind of node"
summary = "Matrices, long formulas, shapes of four axes, and a node off the road"
output = ["score", "far"]
references = ["A reference that is long enough to be wrapped 2020, A Title of Many Words, section 3.1"]

[sizes]
N = 2
D = 6
K = 3

[inputs]
x = { shape = ["N", "D"], draw = "normal", mean = -0.5, std = 2.0 }
w = { shape = ["D", "K"], draw = "uniform", low = -1, high = 1 }
keep = { shape = ["N", "K"], draw = "bernoulli", p = 0.5, constant = true }
table = { value = [[1, 2, 3], [4, 5, 6]], constant = true }
+++

```graph
hidden = relu(x @ w)                                          # a matrix product, then relu
folded = transpose(reshape(x, (N, 1, K, 2)), axes=(3, 0, 1, 2))   # other axes, the same numbers
seen = sum(hidden * hidden, axis=1, keepdims=true)            # for the record
score = where(keep, hidden, table) - mean(hidden * hidden + table, axis=(0, 1), keepdims=true) * hidden[0, 0]
far = sum(folded * folded, axis=(0, 2))                       # a second output
```
"""


@pytest.fixture(scope="module")
def mixed():
    lesson = parse_lesson(MIXED, "mixed", Findings("mixed.md"))
    assert not isinstance(lesson, tuple), lesson
    return lesson


def page(lesson, look, level=Level.NODE, **sizes):
    lines = lesson_table(lesson, record(lesson, level=level, sizes=sizes), look)
    return [line.plain for line in lines]


def graph(lesson, look, level=Level.NODE):
    return [line.plain for line in lesson_graph(record(lesson, level=level).graph, look)]


# --- kept pages -------------------------------------------------------------------------------------------

CASES = {
    **{f"batchnorm_{width}": (Look(width), Level.NODE) for width in (40, 80, 120)},
    "batchnorm_ascii": (Look(ascii=True), Level.NODE),
    "batchnorm_plain": (Look(plain=True), Level.NODE),
    "batchnorm_layer": (Look(), Level.LAYER),
    "batchnorm_operation": (Look(), Level.OPERATION),
    **{f"mixed_{width}": (Look(width), Level.NODE) for width in (40, 80, 120)},
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_drawn_as_it_is_kept(mixed, name):
    look, level = CASES[name]
    lesson = mixed if name.startswith("mixed") else load("batchnorm")
    drawn = "\n".join(page(lesson, look, level)) + "\n"
    file = FOLDER / f"{name}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if os.environ.get("UPDATE_FRAMES") and drawn != kept:
        file.write_text(drawn, encoding="utf-8")
    assert drawn.split("\n") == kept.split("\n")


def test_every_kept_page_is_drawn():
    assert {file.stem for file in FOLDER.iterdir()} == set(CASES)


# --- what is on it ----------------------------------------------------------------------------------------


def test_it_has_a_row_for_each_node_and_each_local_gradient(mixed):
    lines = page(mixed, Look(200))
    nodes = [line.split()[0] for line in lines[lines.index("Nodes") + 2 : lines.index("Inputs") - 1]]
    assert nodes == [
        *["hidden", "∂hidden/∂x", "∂hidden/∂w"],
        *["folded", "∂folded/∂x"],
        "seen",
        *["score", "∂score/∂hidden"],
        *["far", "∂far/∂folded"],
    ]


def test_sizes_change_the_shapes():
    lines = "\n".join(page(load("batchnorm"), Look(), N=7, D=2))
    assert "(7, 2) → (2,)" in lines
    assert "1 / 7" in lines
    assert "(4, 3)" not in lines


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("score", "output"),
        ("far", "output; a second output"),
        ("seen", "for the record; gets no gradient"),
    ],
)
def test_remarks_on_a_node(mixed, name, remark):
    assert next(line for line in page(mixed, Look(200)) if line.startswith(name)).endswith(f"  {remark}")


def test_how_inputs_come_about(mixed):
    lines = page(mixed, Look(200))
    rows = lines[lines.index("Inputs") + 1 :][:4]
    told = {row.split()[0]: row.rsplit("  ", 1)[-1].strip() for row in rows}
    assert told == {
        "x": "normal, mean −0.5, std 2",
        "w": "uniform, low −1, high 1",
        "keep": "constant; bernoulli, p 0.5",
        "table": "constant; (1.000, 2.000, 3.000, 4.000, 5.000, 6.000)",
    }


# --- bounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("options", [{}, {"ascii": True}, {"plain": True}], ids=["usual", "ascii", "plain"])
def test_no_line_is_wider_than_there_is_room(mixed, too_wide, width, level, options):
    look = Look(width, **options)
    for lesson in (mixed, load("batchnorm")):
        lines = page(lesson, look, level)
        assert too_wide(lines, width) == []
        assert "ascii" not in options or "".join(lines).isascii()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_lost_where_it_is_narrow(mixed, width):
    """The same signs are there at any width, in rows of columns or below each other."""
    wide, narrow = ("".join(page(mixed, Look(each))) for each in (200, width))
    kept = sorted("".join(wide.split()))
    assert sorted(sign for sign in "".join(narrow.split()) if sign not in "=:") == [
        sign for sign in kept if sign not in "=:"
    ]


@pytest.mark.parametrize("text", ["\x1b[31mred\x1b[0m", "[bold]b[/bold] :smile:", "\u202egnp \x9b2J"])
def test_texts_of_a_file_are_shown_as_they_stand(control_characters, text):
    # In TOML such signs can stand only as escapes.
    escaped = "".join(sign if " " <= sign <= "~" else f"\\u{ord(sign):04x}" for sign in text)
    front, mark, body = MIXED.rpartition("+++")
    front = front.replace("A lesson", f"A {escaped} lesson").replace("A reference", escaped)
    body = body.replace("a second output", text)
    lesson = parse_lesson(front + mark + body, "mixed", Findings("mixed.md"))
    assert not isinstance(lesson, tuple), lesson
    for width in (20, 40, 80, 200):
        assert control_characters(page(lesson, Look(width))) == []
    if text.isprintable():
        assert sum(text in line for line in page(lesson, Look(200))) == 3


# --- the grid ---------------------------------------------------------------------------------------------


def row(*texts, depth=0):
    label, formula, shapes, note = (Look().text(text) for text in texts)
    return Row(label, " = ", formula, shapes, note, depth)


def lines_of(rows, width, **options):
    return [line.plain for line in grid_lines([rows], Look(width, **options))[0]]


def test_columns_stand_under_each_other():
    rows = [row("a", "b + c", "(2,)", "first"), row("name", "d", "(3, 4)", "second", depth=1)]
    assert lines_of(rows, 40) == ["a       b + c  (2,)    first", "  name  d      (3, 4)  second"]


def test_rows_are_stacked_where_columns_do_not_fit():
    rows = [row("a", "b + c", "(2,)", "first"), row("name", "d", "(3, 4)", "a longer note", depth=1)]
    assert lines_of(rows, 22) == [
        "a = b + c",
        "  (2,)  first",
        "  name = d",
        "    (3, 4)",
        "    a longer note",
    ]


def test_rows_are_stacked_for_a_screen_reader():
    rows = [row("a", "b + c", "(2,)", "first")]
    assert lines_of(rows, 80, plain=True) == ["a = b + c", "  (2,)  first"]


def test_a_cell_may_be_empty():
    rows = [row("a", "", "()", ""), row("b", "c", "()", "note")]
    assert lines_of(rows, 40) == ["a     ()", "b  c  ()  note"]
    assert lines_of(rows, 10, plain=True) == ["a", "  ()", "b = c", "  ()  note"]


def test_parts_without_rows_have_no_lines():
    assert grid_lines([[], []], Look()) == [[], []]


def test_what_is_wrapped_hangs():
    lines = [line.plain for line in wrapped(Look().text("one two three four"), 10, hanging=2)]
    assert lines == ["one two", "  three", "  four"]


# --- the graph --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_the_graph_is_cut_to_the_width(mixed, too_wide, width):
    for lesson in (mixed, load("batchnorm")):
        for level in Level:
            assert too_wide(graph(lesson, Look(width), level), width) == []


def test_lanes_that_are_left_out_are_told(traced):
    def many(x):
        parts = [x * (1.0 + at) for at in range(20)]
        total = parts[0] * 1.5
        for part in parts[1:]:
            total = total + part
        return total

    lines = [line.plain for line in lesson_graph(traced(many, (2,)).graph, Look())]
    assert lines[-1].endswith("lanes, of which 12 are drawn; --as dot has all of them")
    assert not any("--as dot" in line for line in graph(load("batchnorm"), Look()))
