"""The pages of a quiz: its help, what hides a word, and their bounds."""

import re
from dataclasses import replace

import pytest

from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.practice.asked import Wants
from bn_tutor.practice.session import Tally
from bn_tutor.views.look import Look
from bn_tutor.views.quiz_help import help_lines, hidden_lines
from bn_tutor.views.quiz_page import Ending, prompt, question_lines, summary_lines
from tests.practice.quiz_support import asked_of, one

ALL = asked_of("batchnorm", 3)
FORMULA = one("batchnorm", "formula/dgamma")
WIDTHS = [20, 40, 80, 120]


def text_of(lines):
    return " ".join(line.plain.strip() for line in lines)


def test_the_help_of_a_formula_has_every_operation():
    text = text_of(help_lines(FORMULA, Look(400)))
    missing = [name for name in OPERATIONS if not re.search(rf"\b{name}\(", text)]
    signs = {"add": "a + b", "subtract": "a - b", "multiply": "a * b", "divide": "a / b", "negative": "-a"}
    signs |= {"equal": "a == b", "not_equal": "a != b"}
    signs |= {"power": "a**2.5", "square": "a**2", "reciprocal": "1 / a", "matmul": "a @ b", "take": "a[0]"}
    assert set(missing) == {name for name, row in OPERATIONS.items() if not row.formula.startswith(name)}
    assert set(signs) <= set(missing)
    assert [sign for sign in signs.values() if not re.search(rf" {re.escape(sign)}[,.]", text)] == []


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.id)
def test_every_kind_has_help_and_a_prompt(asked):
    assert re.fullmatch(
        r"(letters?|number|shape|numpy|line)> |d\w+.* \((number|shape|numpy)\)> ", prompt(asked)
    )
    text = text_of(help_lines(asked, Look()))
    assert text.index("h: a hint") > 20
    assert asked.key not in text or len(asked.key) < 4


@pytest.mark.parametrize("asked", [each for each in ALL if not each.choices], ids=lambda asked: asked.id)
def test_prompt_names_the_gradient_that_is_asked_for(asked):
    named = prompt(asked).partition(" (")[0]
    if asked.kind in ("number", "formula", "whole", "shape", "join"):
        assert re.search(
            rf"(What is|Write|has) {re.escape(named)}\b|(What is|Write) {re.escape(named)}", asked.text
        )
    else:
        assert prompt(asked) == f"{asked.wants}> "


def test_prompt_has_the_place_in_an_array():
    asked = next(each for each in ALL if each.id == "number/dx2")
    assert re.fullmatch(r"dx2\[\d, \d\] \(number\)> ", prompt(asked))
    assert (
        prompt(replace(asked, id="number/" + "d" * 30))
        == prompt(replace(asked, id="number/dé"))
        == "number> "
    )


def test_help_of_a_formula_says_that_sizes_are_not_numbers():
    size = next(iter(FORMULA.run.sizes.values()))
    assert f"judged on other sizes, too: write N, not {size}." in text_of(help_lines(FORMULA, Look(400)))
    others = [each for each in ALL if each.wants is not Wants.NUMPY]
    assert not any("other sizes" in text_of(help_lines(each, Look(400))) for each in others)


def test_help_of_a_formula_has_what_there_is_for_sizes_alone():
    text = text_of(help_lines(FORMULA, Look(400)))
    assert "In arguments: N // G, x.shape[0], trailing(x, (C, D))" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_too_wide(width, too_wide):
    for asked in ALL:
        for look in (Look(width), Look(width, ascii=True), Look(width, plain=True)):
            lines = [*question_lines(asked, 1, 10, look), *help_lines(asked, look)]
            assert too_wide([line.plain for line in lines], width) == [], asked.id


def test_a_hidden_word_is_told_with_the_question():
    hidden = one("batch-renorm", "formula/dxbn")
    (line,) = hidden_lines(hidden, Look())
    assert line.plain == " Here r is an answer; :r is the answer."
    assert line.plain in [each.plain for each in question_lines(hidden, 1, 2, Look())]
    assert hidden_lines(FORMULA, Look()) == []


def test_what_was_skipped_stands_apart():
    ending = Ending(Tally(2, 1, 2, 1), {"line": Tally(0, 0, 0, 1), "next": Tally(2, 1, 2)}, {}, [], {}, "")
    assert [line.plain for line in summary_lines(ending, Look())] == [
        " 1 of 2 right at the first try, 2 in the end; 1 skipped",
        "",
        "  line     1 skipped",
        "  next     1 of 2 at once, 2 in the end",
    ]
    nothing = Ending(Tally(0, 0, 0, 2), {}, {}, [], {}, "")
    assert text_of(summary_lines(nothing, Look())) == "No question was answered. 2 skipped."
