"""Every code has an explanation, and every explanation a code."""

import pytest

from bn_tutor.course.codes import WARNINGS, Code
from bn_tutor.course.explanations import explanations

TEXTS = explanations()


def test_every_code_is_explained_in_its_order():
    assert list(TEXTS) == [str(code) for code in Code]


@pytest.mark.parametrize("code", Code)
def test_explanation_says_something(code):
    first = TEXTS[code].split("\n\n")[0]
    assert len(TEXTS[code].split()) >= 15, "to be explained"
    assert first[0].isupper() and first.rstrip().endswith((".", ":"))


def test_no_explanation_stands_for_two_codes():
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_codes_are_words_for_a_command_line():
    for code in Code:
        assert code == code.lower() and all(part.isalnum() for part in code.split("-"))
        assert code.name == code.upper().replace("-", "_")


def test_warnings_are_codes():
    assert set(Code) >= WARNINGS
