"""Every code has an explanation, and every explanation a code."""

import re

import pytest

from bn_tutor.course import parsing, reader
from bn_tutor.course.beside import MOST_NUMBERS
from bn_tutor.course.building import MOST_NODES
from bn_tutor.course.codes import WARNINGS, Code
from bn_tutor.course.explanations import explanations
from bn_tutor.course.lint import MOST_PROVEN
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.problem import MOST_PROBLEMS
from bn_tutor.course.reader import LARGEST_FILE, MOST_EXERCISES, MOST_LINES
from bn_tutor.course.surroundings import MOST_BRACKETS
from bn_tutor.course.variants import MOST_VARIANTS

TEXTS = explanations()


def test_every_code_is_explained_in_its_order():
    assert list(TEXTS) == [str(code) for code in Code]


@pytest.mark.parametrize("code", Code)
def test_explanation_says_something(code):
    first = TEXTS[code].split("\n\n")[0]
    assert len(TEXTS[code].split()) >= 15, "to be explained"
    assert first[0].isupper() and first.rstrip().endswith((".", ":"))


BOUNDS = {
    Code.UNREADABLE: [LARGEST_FILE],
    Code.BAD_DATA_FILE: [MOST_NUMBERS],
    Code.TOO_LARGE: [
        *(MOST_LINES, reader.LONGEST_LINE, parsing.LONGEST_LINE, parsing.DEEPEST_TREE, MOST_NODES),
        *(MOST_PROVEN, MOST_EXERCISES, MOST_BRACKETS),
    ],
    Code.UNPROVEN_VARIANTS: [MOST_VARIANTS, MOST_VARIANTS + 1],
}


@pytest.mark.parametrize("code", BOUNDS)
def test_bounds_that_are_told_are_those_of_the_code(code):
    prose = re.sub(r"```.*?```|`[^`]+`", "", TEXTS[code], flags=re.S)
    told = [int(number.replace(",", "")) for number in re.findall(r"\b\d[\d,]*\b", prose)]
    assert sorted(told) == sorted(BOUNDS[code])


def test_bounds_in_words():
    assert MOST_PROBLEMS == 50 and "After fifty it stops" in TEXTS[Code.AND_MORE]
    largest = max(path.stat().st_size for path in shipped_folder().glob("*.md"))
    assert 0.08 < largest / LARGEST_FILE < 0.12 and "about a tenth of that" in TEXTS[Code.UNREADABLE]


def test_no_explanation_stands_for_two_codes():
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_codes_are_words_for_a_command_line():
    for code in Code:
        assert code == code.lower() and all(part.isalnum() for part in code.split("-"))
        assert code.name == code.upper().replace("-", "_")


def test_warnings_are_codes():
    assert set(Code) >= WARNINGS
