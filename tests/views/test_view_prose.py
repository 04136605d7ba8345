"""Markdown prose as wrapped text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.views.prose import prose_lines
from bn_tutor.walk.state import State


def shown(markdown, width=40, **options):
    return [line.plain.rstrip() for line in prose_lines(markdown, Look(**options), width)]


def styled(markdown, style):
    """Return the pieces of the prose that have a style."""
    lines = prose_lines(markdown, Look(), 80)
    return [
        line.plain[span.start : span.end] for line in lines for span in line.spans if style in str(span.style)
    ]


def test_a_paragraph_is_wrapped_at_words():
    assert shown("one two three four five six", 14) == ["one two three", "four five six"]


def test_line_ends_of_the_file_are_spaces():
    assert shown("one\ntwo  \nthree\\\nfour") == ["one two three four"]


def test_paragraphs_are_set_apart():
    assert shown("one\n\ntwo\n\n\n\nthree") == ["one", "", "two", "", "three"]


def test_lists_have_dots_and_are_indented():
    assert shown("Before:\n\n- one\n- two\n  - inner\n- three\n\nAfter") == [
        "Before:",
        "  • one",
        "  • two",
        "    • inner",
        "  • three",
        "",
        "After",
    ]


def test_a_long_list_item_keeps_its_indent():
    lines = shown("- one two three four five six seven eight", 20)
    assert lines == ["  • one two three", "    four five six", "    seven eight"]


def test_numbered_lists_keep_their_numbers():
    assert shown("1. one\n2. two\n3. three") == ["  1. one", "  2. two", "  3. three"]


def test_a_second_paragraph_of_an_item_has_no_dot():
    assert shown("- one\n\n  more\n- two") == ["  • one", "  more", "  • two"]


@pytest.mark.parametrize(
    ("markdown", "style", "pieces"),
    [
        ("an *easy* one", "italic", ["easy"]),
        ("a **hard** one", "bold", ["hard"]),
        ("the code `x + y`", "bold cyan", ["x + y"]),
        ("no markup: [bold]x[/bold]", "bold", []),
        ("no markup: [red]x[/red]", "red", []),
        ("2 * 3 * 4 and a_b_c", "italic", []),
    ],
)
def test_emphasis_and_code_are_styled_and_nothing_else(markdown, style, pieces):
    assert styled(markdown, style) == pieces


def test_signs_of_emphasis_are_not_shown():
    assert shown("an *easy* one, a **hard** one, `x ** 2`") == ["an easy one, a hard one, x ** 2"]


def test_a_block_of_code_keeps_its_lines():
    assert shown("Code:\n\n```python\na = 1\n\nif b:\n    c = 2\n```\n\nAfter") == [
        "Code:",
        "  a = 1",
        "",
        "  if b:",
        "      c = 2",
        "",
        "After",
    ]


def test_raw_html_is_shown_as_text():
    assert shown("a <b>bold</b> move") == ["a <b>bold</b> move"]
    lines = [line.strip() for line in shown("before\n\n<div>inside</div>\n\nafter")]
    assert [line for line in lines if line] == ["before", "<div>inside</div>", "after"]


def test_links_and_images_keep_their_words():
    assert shown("[the paper](http://a.b) and ![a picture](c.png)") == ["the paper and a picture"]


def test_entities_and_escapes_are_characters():
    assert shown(r"a &lt; b, \*not\* &amp;") == ["a < b, *not* &"]


def test_a_long_word_is_cut_into_lines():
    assert shown("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_wide_characters_count_twice():
    assert shown("漢字漢字漢字", 8) == ["漢字漢字", "漢字"]


def test_symbols_have_stand_ins_in_ascii():
    assert shown("dx = dmu · √N − ½ → ∂L/∂x", 60, ascii=True) == ["dx = dmu * sqrt(N) - 1/2 -> dL/dx"]


def test_a_sum_in_ascii_has_one_space_after_it():
    assert shown("dbeta = Σ dout, −Σ dxmu", 60, ascii=True) == ["dbeta = sum dout, -sum dxmu"]


def test_nothing_is_no_lines():
    assert shown("") == shown("   \n\n  ") == []


# --- the prose of the lesson ------------------------------------------------------------------------------


def letters(text):
    """Return the letters and digits of a text, ² as 2, so that formulas can be found however they are set."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isascii() and sign.isalnum())


def test_the_chains_that_the_prose_speaks_of_are_shown(tour, draw_whole):
    """``The chain below puts the two together``, it says beside sqrtvar."""
    frames = {}
    for at, frame in enumerate(tour.story(Level.NODE).frames):
        frames[frame.node.name] = frames.get(frame.node.name, "") + letters(
            "".join(draw_whole(tour, State(at)))
        )
    chains = tour.subject.lesson.derivations
    assert len(chains) >= 4
    assert [
        chain.node
        for chain in chains
        if not all(letters(line.text) in frames[chain.node] for line in chain.lines)
    ] == []


def too_wide(lines, width):
    return [line.plain for line in lines if line.cell_len > width]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab *_`-#>[]()!<&\n\t漢∂1.\\~|"), max_size=120), st.integers(8, 60))
def test_any_markdown_is_wrapped_to_the_width(markdown, width):
    lines = prose_lines(markdown, Look(), width)
    assert too_wide(lines, width) == []
    assert not any("\n" in line.plain or "\t" in line.plain for line in lines)


def test_a_line_too_wide_would_be_seen():
    assert too_wide(prose_lines("one two", Look(), 10), 6) == ["one two"]
