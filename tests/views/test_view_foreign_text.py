"""Text from a file is shown as it stands: no markup, no escape sequence, no control character."""

from pathlib import Path

import pytest

from bn_tutor.course.heading import Heading
from bn_tutor.course.places import Entry
from bn_tutor.course.plain import plain
from bn_tutor.engine.zoom import Level
from bn_tutor.views.lesson_list import lesson_lines
from bn_tutor.views.look import Look
from bn_tutor.views.screen import screen
from bn_tutor.walk.state import State

MARKUP = "[bold red]x[/bold red] [link=http://a]b[/link] [/] :smile:"
ESCAPES = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J a\x00b \u202egnp\u202c \u200bz"
LESSON = """\
+++
format = 1
title = "%TITLE%"
summary = "s"

[sizes]
N = 4

[inputs]
x = { shape = ["N"] }
+++

%TEXT%

```graph
y = x * x     # %TEXT%
```

## `y`

%TEXT% before

- a list: %TEXT%
- `%TEXT%` and *%TEXT%* and **%TEXT%**

```text
%TEXT%
```

### backward

%TEXT% after
"""
STRANGE_NAMES = [
    "\x1b[31mred",
    "[bold]x[/bold]",
    "a\nb",
    "a\tb",
    "a\rb",
    "漢字",
    "x" * 300,
    "",
    "\u202egnp",
    "a\u2028b",
]


@pytest.fixture(params=[MARKUP, ESCAPES], ids=["markup", "escapes"])
def text(request):
    return request.param


@pytest.fixture
def foreign(text_tour, text):
    return text_tour(LESSON.replace("%TITLE%", "t").replace("%TEXT%", text))


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_no_control_character_reaches_the_screen(foreign, every_state, draw, control_characters, width):
    for state in every_state(foreign):
        assert control_characters(draw(foreign, state, Look(width), 100)) == []


@pytest.mark.parametrize(("place", "word"), [(0, "before"), (1, "after")])
def test_prose_is_shown_as_it_stands(foreign, draw_whole, text, place, word):
    shown = " ".join(" ".join(draw_whole(foreign, State(place=place), Look(400))).split())
    assert f"{' '.join(plain(text).split())} {word}" in shown


def test_a_caption_is_shown_as_it_stands(foreign, draw_whole, text):
    title = draw_whole(foreign, State(), Look(400))[1]
    assert " ".join(plain(text).split()) in " ".join(title.split())


def test_code_and_lists_are_shown_as_they_stand(text_tour, draw_whole):
    tour = text_tour(LESSON.replace("%TITLE%", "t").replace("%TEXT%", MARKUP))
    text = "\n".join(draw_whole(tour, State(), Look(400)))
    assert text.count(MARKUP) >= 6


def test_no_style_of_a_text_comes_from_it(text_tour):
    tour = text_tour(LESSON.replace("%TITLE%", "t").replace("%TEXT%", MARKUP))
    lines = screen(tour, State(), Look(200), 100).lines
    styles = {str(span.style) for line in lines for span in line.spans}
    assert not any("red" in style or "link" in style for style in styles)


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_any_name_fits_on_one_line(traced_tour, draw, too_wide, control_characters, name):
    tour = traced_tour(lambda x: x * x, (2,), name=name)
    for place, width in [(0, 20), (1, 20), (0, 80), (1, 80), (0, 120)]:
        lines = draw(tour, State(place=place), Look(width))
        assert control_characters(lines) == []
        assert too_wide(lines, width) == []
        assert len(lines) == 24


def test_markup_in_a_name_is_shown_as_it_stands(traced_tour, draw):
    tour = traced_tour(lambda x: x * x, (2,), name="[bold]x[/bold].py:f")
    assert draw(tour)[0].startswith(" [bold]x[/bold].py:f   forward 1 of 1")


def test_a_tab_in_a_caption_is_no_tab_on_the_screen(text_tour, draw, control_characters):
    tour = text_tour(LESSON.replace("%TITLE%", "t").replace("%TEXT%", "a\tb"))
    for level in Level:
        assert control_characters(draw(tour, State(level=level), Look(), 60)) == []


@pytest.mark.parametrize("text", [MARKUP, ESCAPES, "a\tb", "a\nb"], ids=["markup", "escapes", "tab", "line"])
def test_names_and_summaries_of_lessons_are_shown_as_they_stand(control_characters, text):
    for width in (20, 80, 300):
        rows = [(Entry(text, Path(), text), Heading(text)), (Entry("b", Path()), Heading("c"))]
        lines = [line.plain for line in lesson_lines(rows, Look(width))]
        assert control_characters(lines) == []
    assert plain(text).split()[0] in lines[0]


def test_a_lesson_in_other_letters_can_be_written_in_ascii(text_tour, draw):
    """Signs without a stand-in are left to the output, which replaces them."""
    tour = text_tour(LESSON.replace("%TITLE%", "é").replace("%TEXT%", "naïve 漢字 ∂ – ﬁ"))
    for line in draw(tour, State(), Look(ascii=True), 60):
        line.encode("ascii", "replace")


@pytest.mark.parametrize("width", [10, 20, 80])
def test_deep_lists_and_long_words_fit(text_tour, draw_whole, too_wide, width):
    nested = "\n".join(f"{'  ' * depth}- level {depth}" for depth in range(12))
    tour = text_tour(LESSON.replace("%TITLE%", "t").replace("%TEXT%", "w" * 200) + "\n" + nested)
    assert too_wide(draw_whole(tour, State(place=1), Look(width))[4:], width) == []
