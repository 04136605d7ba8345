"""What a code means, as ``lesson explain`` shows it: short, with an example, on a screen of any width."""

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.explanations import explanations
from bn_tutor.views.explanation import explanation_lines, index_lines
from bn_tutor.views.look import Look

TEXTS = explanations()
# These have nothing to be written in another way.
WITHOUT_RIGHT = {Code.UNREADABLE, Code.NOT_UTF8, Code.AND_MORE}


@pytest.mark.parametrize("code", Code)
def test_explanation_is_short(code):
    lines = explanation_lines(code, TEXTS[code], Look(80, 3, False, False))
    assert 6 <= len(lines) - 2 <= 22
    first = TEXTS[code].split("\n\n")[0]
    assert len(first) <= 100 and first.count(".") - first.count("..") == 1


@pytest.mark.parametrize("code", Code)
def test_explanation_shows_what_is_wrong_and_how_to_mend_it(code):
    assert "```" in TEXTS[code]
    if code not in WITHOUT_RIGHT:
        assert "\nWrong" in TEXTS[code] and "\nRight" in TEXTS[code]


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_explanations_fit_the_width(width, ascii_only):
    look = Look(width, 3, ascii_only, False)
    for code, text in TEXTS.items():
        assert all(line.cell_len <= width for line in explanation_lines(code, text, look))


def test_list_of_codes_fits_a_screen_of_80_columns():
    lines = index_lines(TEXTS, Look(80, 3, False, False))
    assert all(line.cell_len <= 80 and "`" not in line.plain for line in lines)


@pytest.mark.parametrize("code", Code)
def test_code_in_an_example_is_not_broken_at_40_columns(code):
    lines = [line.plain.strip() for line in explanation_lines(code, TEXTS[code], Look(40, 3, False, False))]
    inside = False
    for line in TEXTS[code].split("\n"):
        if line.startswith("````") or (line.startswith("```") and "````" not in TEXTS[code]):
            inside = not inside
        elif inside and line.strip():
            assert " ".join(line.split()) in " ".join(" ".join(lines).split())
            assert len(line) <= 38, line
