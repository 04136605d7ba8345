"""A learner's progress on a page: kept as literal text at some widths, and within bounds at all of them.

To write the pages anew after a change that is meant: UPDATE_FRAMES=1 pytest tests/views, which fails once.
"""

import os
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.practice.report import report
from bn_tutor.views.look import Look
from bn_tutor.views.progress_page import MOST_HABITS, progress_lines
from tests.practice.progress_answers import NOON, answer, asked
from tests.practice.test_answer import ANSWERS

FOLDER = Path(__file__).parent / "progress_pages"
WIDTHS = [10, 14, 20, 30, 40, 60, 72, 80, 100, 120, 200]
NODES = ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out"]
TITLES = {"sum-missing": "the sum over a broadcast axis is missing", "sign-turned": "the sign is turned"}


def planted():
    """Return a month of practice: some nodes known, some not, habits that stay and one that is gone."""
    answers = asked("-+", day=-30, question="number/dvar", mistake="sign-turned")
    for day in (-20, -19, -18, -12, -11, -2, -1, 0):
        known = "+" if day > -15 else "--+"
        answers += asked("+", day=day, question="shape/dmu")
        answers += asked(known, day=day, question="number/dvar", minute=2)
        answers += asked("-+", day=day, question="formula/dgamma", minute=4, mistake="sum-missing")
        answers += asked("+" * (day % 2) or "r", day=day, question="local/dxhat", minute=6)
    for at in range(12):
        answers += asked("+", day=-5, question="shape/dvar", minute=at)
    answers += asked("r", day=-3, question="next/all", node="", lesson="mlp-with-bn")
    return answers + asked("+", day=-40, question="shape/dw", lesson="linear")


def page(look=None, answers=None, lessons=(), titles=TITLES):
    order = {"batchnorm": NODES, "linear": ["y"]}
    found = report(planted() if answers is None else answers, NOON, order, seed=0, zone=UTC)
    return [line.plain for line in progress_lines(found, look or Look(), titles, lessons)]


# --- kept pages -------------------------------------------------------------------------------------------

CASES = {
    **{f"width_{width}": Look(width) for width in (20, 40, 80, 120)},
    "ascii": Look(ascii=True),
    "plain": Look(plain=True),
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_drawn_as_it_is_kept(name):
    drawn = "\n".join(page(CASES[name])) + "\n"
    file = FOLDER / f"{name}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if os.environ.get("UPDATE_FRAMES") and drawn != kept:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn.split("\n") == kept.split("\n")


def test_every_kept_page_is_drawn():
    assert {file.stem for file in FOLDER.iterdir()} == set(CASES)


# --- what is on it ----------------------------------------------------------------------------------------


def test_without_answers_it_says_how_to_begin():
    assert page(answers=[]) == ["No answer is kept yet. Begin with:", "  bn-tutor quiz batchnorm"]
    assert page(answers=[], lessons=["gates", "linear"])[1] == "  bn-tutor quiz gates linear"


def test_what_was_skipped_stands_apart():
    skipped = [each for name in "ab" for each in asked("s", question=f"shape/d{name}")]
    assert page(answers=asked("+") + skipped)[1] == "Right at the first try: 1 of 1; 2 skipped"
    assert not any("skipped" in line for line in page(answers=asked("+")))


def test_each_level_has_a_sign_of_its_own():
    answers = [
        *asked("+", question="shape/dmu"),
        *asked("r", question="shape/dvar"),
        *asked("r", question="shape/dsq", day=-1),
        *asked("+", question="shape/dsq"),
    ]
    text = "\n".join(page(answers=answers))
    assert all(cell in text for cell in ("● mu 100 %", "○ var 0 %", "◉ sq 67 %", "- out"))
    ascii_text = "\n".join(page(Look(ascii=True), answers))
    assert all(cell in ascii_text for cell in ("* mu 100 %", "o var 0 %", "@ sq 67 %", "- out"))
    assert ascii_text.isascii()


def test_cells_are_coloured_too():
    found = report(asked("+", question="shape/dmu"), NOON, {}, seed=0, zone=UTC)
    (line,) = [each for each in progress_lines(found, Look()) if "● mu" in each.plain]
    assert {str(span.style) for span in line.spans} == {"bold green", "green"}


def test_plain_output_has_a_node_a_line_and_no_signs():
    lines = page(Look(plain=True))
    assert {"  mu: 100 %", "  out: not asked"} <= set(lines)
    assert not any(sign in line for line in lines for sign in "●◉○")


def test_mistakes_have_their_titles_or_else_their_ids_in_words():
    text = "\n".join(page(titles={}))
    assert "sum missing" in text
    assert "the sum over a broadcast axis is missing" in "\n".join(page(Look(200)))


MONDAY = "Then 1 on Mon 23 Nov, in 2 days."


@pytest.mark.parametrize(
    ("days", "lines"),
    [
        ([], ["Nothing is due today.", "Come back for 1 on Mon 23 Nov, in 2 days."]),
        ([-9], ["1 question is due: batchnorm 1.", "  bn-tutor quiz --due", MONDAY]),
        ([-1], ["Nothing is due today.", "Come back for 1 tomorrow; 1 on Mon 23 Nov, in 2 days."]),
    ],
)
def test_what_is_due_and_when_to_come_back(days, lines):
    parts = [asked("+", day=day, question=f"shape/d{day}", node="mu") for day in days]
    answers = [each for part in parts for each in part] + asked("+")
    found = page(Look(120), answers)
    assert found[found.index("Review") + 1 :] == lines


def test_of_many_days_the_first_are_told():
    answers = [each for day in range(8) for each in asked("+", day=day, question=f"shape/d{day}", node="x")]
    found = report(answers, NOON - timedelta(days=1), {}, seed=0, zone=UTC)
    last = progress_lines(found, Look(200))[-1].plain
    assert last.endswith("1 on Thu 26 Nov, in 6 days; more later.")


def test_another_year_is_told():
    moved = [replace(each, at=each.at + timedelta(days=39)) for each in asked("+")]
    found = report(moved, NOON + timedelta(days=39), {}, seed=0, zone=UTC)
    assert progress_lines(found, Look())[-1].plain == "Come back for 1 on Fri 1 Jan 2027, in 2 days."


def test_of_many_mistakes_the_first_are_shown():
    answers = [each for at in range(20) for each in asked("-", minute=at, session=f"{at}", mistake=f"m{at}")]
    lines = page(answers=answers)
    shown = [line for line in lines if line.startswith("m")]
    assert len(shown) == MOST_HABITS
    assert "and 8 more: --json has all of them" in lines


# --- bounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("options", [{}, {"ascii": True}, {"plain": True}])
def test_no_line_is_too_wide(width, options, too_wide):
    assert too_wide(page(Look(width, **options)), width) == []
    assert too_wide(page(Look(width, **options), []), width) == []


@given(st.lists(ANSWERS, max_size=6), st.sampled_from([12, 40, 80]), st.booleans())
def test_any_answers_make_a_page_that_steers_nothing(control_characters, too_wide, made, width, is_plain):
    found = report(made, NOON, {}, zone=UTC)
    lines = [line.plain for line in progress_lines(found, Look(width, plain=is_plain))]
    assert control_characters(lines) == []
    assert too_wide(lines, width) == []


def test_nothing_of_the_log_steers_the_terminal(control_characters, too_wide):
    evil = "e\x1b[31mvil\x9b2J\u202e\nname\ud800" + "y" * 300
    made = [answer(lesson=evil, node=evil, question=evil, mistake=evil, kind=evil)]
    lines = page(Look(40), made)
    assert control_characters(lines) == []
    assert too_wide(lines, 40) == []
    assert any("e[31mvil" in line for line in lines)
