"""Computed values in prose: ``{value: mu}``, ``{shape: dx}``, ``{grad: gamma}``."""

import re
from collections.abc import Mapping
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.numbers import FORMATS
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError, did_you_mean
from bn_tutor.engine.gradients import Array

_QUOTE = re.compile(r"\{ ?(value|shape|grad) ?:([^{}\n]{1,300})\}")
# What may have been meant as one.
_LIKE_QUOTE = re.compile(r"\{ ?([A-Za-z]{1,20}) ?:([^{}\n]{1,300})\}")
_OPEN_QUOTE = re.compile(r"\{ ?(?:value|shape|grad) ?:[^{}\n]*$", re.M)


def fill(text: str, values: Mapping[str, Array], sizes: Mapping[str, Any], precision: int) -> str:
    """Return the prose with its quotes filled in; a quote that fails is shown as it stands, with a mark."""

    def filled(found: re.Match[str]) -> str:
        try:
            return _quoted(found[1], found[2].strip(), values, sizes, precision)
        except SlipError:
            return f"{found[0]}(?)"

    return _QUOTE.sub(filled, text)


def quote_problems(
    text: str, values: Mapping[str, Array], sizes: Mapping[str, Any]
) -> tuple[tuple[int, SlipError], ...]:
    """Return what is wrong with the quotes of a text, each with its offset in the text."""
    found = [
        (quote.start(), SlipError(Code.WRONG_QUOTE, "this quote is not closed", hint="}"))
        for quote in _OPEN_QUOTE.finditer(text)
    ]
    for quote in _LIKE_QUOTE.finditer(text):
        try:
            _check(quote[1], quote[2].strip(), values, sizes)
        except SlipError as slip:
            found.append((quote.start(), slip))
    return tuple(found)


def _check(kind: str, formula: str, values: Mapping[str, Array], sizes: Mapping[str, Any]) -> None:
    if kind in FORMATS:
        _quoted(kind, formula, values, sizes, 3)
    elif hint := did_you_mean(kind, FORMATS):
        raise SlipError(Code.WRONG_QUOTE, f"there is no quote {kind}", 0, hint)


def _quoted(
    kind: str, formula: str, values: Mapping[str, Array], sizes: Mapping[str, Any], precision: int
) -> str:
    value = evaluate(f"d{formula}" if kind == "grad" else formula, values, sizes)
    if kind == "value" and names_in(formula) <= sizes.keys() and value == value.astype(int):
        return str(int(value))  # a count is no measurement: N is 4, not 4.000
    return FORMATS[kind](value, precision)
