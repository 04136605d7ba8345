"""Lines end at spaces, and never inside a shape that fits on one."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.views.prose import prose_lines
from bn_tutor.views.wrapping import beginning, broken, filled, wrapped
from bn_tutor.walk.document import walk_json

ENTRY = r"(?:\d+|[A-Z])"
BEGUN = rf"(?<!\w)\((?:{ENTRY}, )*{ENTRY},$"
SHAPES = ["(4, 3)", "(2, 2, 3, 2, 2)", "(N, C // G, H · W)", "(−1, 3)", "(N - 1, 2)", "axes 0, 2 and 3"]


def plain(lines):
    return [line.plain for line in lines]


def lines_of(text, width):
    return plain(broken(Text(text), width))


def in_two(lines, shape):
    """Whether a line ends inside the shape."""
    return shape in " ".join(lines) and not any(shape in line for line in lines)


def broken_shapes(lines):
    """Return the lines that end inside a shape."""
    pairs = itertools.pairwise(lines)
    return [line for line, after in pairs if re.search(BEGUN, line) and re.match(rf"\s*{ENTRY}[,)]", after)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("text", ["a sum from {} to all", "np.sum(x, axis={}).reshape({})", "({}, {}): {}."])
def test_no_shape_is_broken_where_it_fits(shape, text):
    text = text.replace("{}", shape)
    for width in range(len(shape) + 2, 60):
        assert not in_two(lines_of(text, width), shape), width


def test_a_shape_that_fits_on_no_line_is_broken_at_its_spaces():
    assert lines_of("to (12, 34, 56)", 8) == ["to (12,", "34, 56)"]


@pytest.mark.parametrize("text", ["f(4, 3, 2, 1, 0)", "(two, words, here)", "(1.5, 2.5, 3.5)", "a, 3, 4, 5)"])
def test_what_is_no_shape_is_broken_at_any_space(text):
    assert lines_of(text, 7) != [text]
    assert max(map(len, lines_of(text, len(text) - 2))) < len(text) - 2


def test_a_sum_over_an_axis_keeps_its_number():
    assert lines_of("sum over axis 0, then", 14) == ["sum over", "axis 0, then"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab (4,3)N漢·", max_size=60), st.integers(4, 30))
def test_any_text_is_broken_to_the_width_and_nothing_is_lost(text, width):
    lines = broken(Text(text), width)
    assert all(line.cell_len <= width for line in lines)
    assert "".join(plain(lines)).replace(" ", "") == text.replace(" ", "")


def test_styles_stay_with_their_words():
    text = Text("one ").append("(4, 3)", "bold").append(" two")
    second = broken(text, 7)[1]
    assert (second.plain, [(span.start, span.end) for span in second.spans]) == ("(4, 3)", [(0, 6)])


def test_parts_share_lines_as_long_as_they_fit():
    parts = [Text("(2,)"), Text("spread over axis 0,"), Text("sum over axis 0")]
    assert plain(filled(parts, 60)) == ["(2,) spread over axis 0, sum over axis 0"]
    assert plain(filled(parts, 24)) == ["(2,) spread over axis 0,", "sum over axis 0"]
    assert plain(filled(parts, 19)) == ["(2,)", "spread over axis 0,", "sum over axis 0"]
    assert plain(filled(parts, 12)) == ["(2,)", "spread over", "axis 0,", "sum over", "axis 0"]
    assert [part.plain for part in parts] == ["(2,)", "spread over axis 0,", "sum over axis 0"]


@pytest.mark.parametrize(
    ("width", "most", "sign", "lines"),
    [
        (40, 1, "…", ["one two three four"]),
        (14, 1, "…", ["one two three…"]),
        (13, 1, "…", ["one two…"]),
        (13, 1, "...", ["one two..."]),
        (9, 2, "…", ["one two", " three…"]),
        (9, 3, "…", ["one two", " three", " four"]),
        (4, 1, "…", ["one…"]),
        (3, 1, "…", ["one…"]),
    ],
)
def test_beginning_of_a_text_ends_at_a_word(width, most, sign, lines):
    assert plain(beginning(Text("one two three four"), width, most, sign, hanging=1)) == lines


def test_lines_are_indented_and_hang():
    assert plain(wrapped(Text("one two three"), 8, hanging=2, indent=1)) == [" one", "   two", "   three"]
    assert plain(wrapped(Text("one two three"), 10, hanging=2, indent=1)) == [" one two", "   three"]
    assert plain(wrapped(Text(""), 9, hanging=2, indent=1)) == [""]


LONG = """+++
format = 1

[inputs]
x = { shape = [4, 3] }
+++

```graph
out = x * 2 + x / 3 + exp(x) * tanh(x) + x * 4 + x / 5 + exp(x) * tanh(x) + x * 6 + x / 7 + exp(x) * tanh(x)
```
"""


@pytest.mark.parametrize("ascii_signs", [False, True])
@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_title_that_is_wider_than_the_terminal_is_wrapped(text_tour, draw, ascii_signs, width):
    look = Look(width, ascii=ascii_signs)
    title = draw(text_tour(LONG), look=look)[1:5]
    shape = next(at for at, line in enumerate(title) if "shape (4, 3)" in line)
    whole = " ".join(line.strip() for line in title[:shape])
    end = "..." if ascii_signs else "…"
    formula = (
        "out = x · 2 + x / 3 + exp(x) · tanh(x) + x · 4 + x / 5 + exp(x) · tanh(x) + x · 6 + x / 7 + exp(x)"
    )
    formula = look.shown(formula + " · tanh(x)")
    assert whole == formula or (shape == 3 and formula.startswith(whole.removesuffix(end)))
    assert (whole == formula) == (width == 80)


def test_where_we_are_is_cut_at_a_word(draw, text_tour):
    text = LONG.replace("[inputs]", '[switches]\nmode = ["a", "something-else"]\n\n[inputs]')
    tour = text_tour(text, mode="something-else")
    assert draw(tour, look=Look(60))[0].startswith(" lesson   forward 1 of 1   mode = something-else   ━")
    assert draw(tour, look=Look(40))[0] == " lesson   forward 1 of 1   mode =…"


def test_prose_and_tables_break_no_shape():
    assert plain(prose_lines("it keeps its shape (N, D) and all", Look(), 24)) == [
        "it keeps its shape",
        "(N, D) and all",
    ]
    assert plain(wrapped(Text("reshape(x, (N, 1, K, 2))"), 16)) == ["reshape(x,", "(N, 1, K, 2))"]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("look", [Look(), Look(40), Look(60, ascii=True)], ids=["80", "40", "ascii"])
def test_no_frame_breaks_a_shape_or_has_odd_spaces(tour, every_state, draw_whole, level, look):
    for state in every_state(tour):
        if state.level is level:
            lines = draw_whole(tour, state, look)
            assert broken_shapes(lines) == []
            assert not any(sign in "\xa0\xad" for line in lines for sign in line)
            assert not look.ascii or "".join(lines).isascii()


def test_a_document_for_programs_has_plain_spaces(tour):
    assert not re.search(r"\\u00a[0d]", walk_json(tour.story(Level.NODE)))


def test_a_broken_shape_would_be_seen():
    assert in_two(["from (4,", "3) on"], "(4, 3)")
    assert not in_two(["from", "(4, 3)"], "(4, 3)")
    assert broken_shapes(["from (4, 2,", "  1) to", "(0,", "1.5)"]) == ["from (4, 2,"]
