"""The keys' help, the look, the greeting."""

from pathlib import Path

import pytest

from bn_tutor.course.heading import Heading
from bn_tutor.course.places import Entry
from bn_tutor.views.greeting import greeting_lines
from bn_tutor.views.keys_help import footer, keys_lines
from bn_tutor.views.lesson_list import lesson_lines
from bn_tutor.views.look import Look, encodes_symbols
from bn_tutor.walk.keys import BINDINGS
from bn_tutor.walk.state import Prompt, State

WIDTHS = [10, 14, 20, 30, 40, 60, 80, 116, 120, 200]


def plain(lines):
    return [line.plain for line in lines]


# --- keys -------------------------------------------------------------------------------------------------


def test_every_binding_is_in_the_list_of_keys():
    text = "\n".join(plain(keys_lines(Look())))
    assert all(binding.shown in text and binding.action.value in text for binding in BINDINGS)
    assert text.endswith("any other key goes back")


def test_the_list_of_keys_fits_a_terminal_of_24_lines():
    assert len(keys_lines(Look())) <= 19


def test_the_list_of_keys_fits_its_width():
    wide = {width: max(map(len, plain(keys_lines(Look(width))))) for width in WIDTHS}
    assert {width: longest for width, longest in wide.items() if longest > width} == {}


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, " space next  ← back  g go to  z zoom  e element  p predict  ? keys  q quit"),
        (40, " space next  ← back  ? keys  q quit"),
        (20, " ? keys  q quit"),
        (
            120,
            " space next  ← back  g go to  z zoom  e element  p predict  J Jacobian  v graph"
            "  i about  ? keys  q quit",
        ),
    ],
)
def test_the_foot_has_as_many_keys_as_fit(width, line):
    assert plain(footer(Look(width))) == [line]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii_signs", [True, False])
@pytest.mark.parametrize("prompt", [None, *Prompt])
@pytest.mark.parametrize("switches", [True, False])
def test_the_foot_fits_its_width(width, ascii_signs, prompt, switches):
    (line,) = plain(footer(Look(width, ascii=ascii_signs), prompt=prompt, switches=switches))
    assert len(line) <= width
    assert not ascii_signs or line.isascii()


@pytest.mark.parametrize("prompt", Prompt)
@pytest.mark.parametrize("switches", [True, False])
def test_the_foot_of_a_prompt_says_how_to_leave_it(prompt, switches):
    what = "answer" if prompt is Prompt.PREDICT else "go"
    assert plain(footer(Look(), prompt=prompt, switches=switches)) == [f" enter {what}  esc leave"]


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, " space next  ← back  g go to  s switch  z zoom  e element  ? keys  q quit"),
        (40, " space next  ← back  ? keys  q quit"),
        (48, " space next  ← back  g go to  ? keys  q quit"),
        (60, " space next  ← back  g go to  s switch  ? keys  q quit"),
        (20, " ? keys  q quit"),
    ],
)
def test_the_foot_has_the_key_for_switches_where_there_are_any(width, line):
    assert plain(footer(Look(width), switches=True)) == [line]


# --- the look ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "encodes"), [("utf-8", True), ("ascii", False), ("cp1252", False)])
def test_it_is_known_which_encodings_have_the_signs(encoding, encodes):
    assert encodes_symbols(encoding) is encodes


@pytest.mark.parametrize("encoding", [None, "", "no-such-encoding", "cp437", "latin-1"])
def test_an_unknown_encoding_has_none_of_them(encoding):
    assert not encodes_symbols(encoding)


def test_texts_are_shown_without_what_steers_a_terminal():
    assert Look().shown("a\x1b[31mb\x07\u202ec\x9bd") == "a[31mbcd"
    assert Look(ascii=True).shown("∂L/∂x − ½ · √2") == "dL/dx - 1/2 * sqrt(2)"


def test_the_style_of_a_text_does_not_reach_what_is_appended():
    text = Look().text("a", "bold").append("b")
    assert [(span.start, span.end, str(span.style)) for span in text.spans] == [(0, 1, "bold")]


# --- the greeting -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_the_greeting_says_what_to_try(width):
    text = "\n".join(plain(greeting_lines(Look(width))))
    assert "bn-tutor walk batchnorm --predict" in text
    assert "batchnorm" in text.split("Lessons")[1]
    assert "bn-tutor walk --help" in text


def listed(*rows):
    """Return lessons from rows of name and summary, and where they are from if that is not here."""
    return [(Entry(name, Path(f"{name}.md"), *source), Heading(summary)) for name, summary, *source in rows]


def test_lessons_stand_in_two_columns_where_they_fit():
    rows = listed(("batchnorm", "nine nodes"), ("mlp", "two layers"))
    assert plain(lesson_lines(rows, Look(80))) == ["  batchnorm  nine nodes", "  mlp        two layers"]
    assert plain(lesson_lines(rows, Look(20))) == ["  batchnorm", "    nine nodes", "  mlp", "    two layers"]


def test_lessons_from_several_places_say_which():
    rows = listed(("batchnorm", "nine nodes"), ("漢字", "two layers", "./lessons"), ("b", "", "pack p"))
    assert plain(lesson_lines(rows, Look(80))) == [
        "  batchnorm  shipped    nine nodes",
        "  漢字       ./lessons  two layers",
        "  b          pack p     ",
    ]
    assert plain(lesson_lines(rows, Look(20)))[2:4] == ["  漢字       ./lessons", "    two layers"]


def test_no_lessons_are_no_lines():
    assert lesson_lines([], Look()) == []


def test_the_page_on_i_has_the_opening_the_inputs_and_what_to_read(tour, draw, press_all):
    text = "\n".join(draw(tour, press_all(tour, State(), "i"), Look(100), 120))
    assert "The question is always the same." in text
    assert "The learned scale, one number a feature" in text
    assert "Ioffe & Szegedy 2015" in text


def test_the_page_on_i_says_where_there_is_no_prose(traced_tour, draw, press_all):
    tour = traced_tour(lambda x: x * 2.0, (2,))
    text = " ".join(draw(tour, press_all(tour, State(), "i")))
    assert "there is no prose beside it" in text
