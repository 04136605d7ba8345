"""The kinds of questions that a lesson asks: what each one's key is, and what is accepted as right.

A kind is one row. ``accepts`` judges a formula, or a choice's text, against the question's key on the values
of one run; quiz and lint use the same judge.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Line, Question
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import equal, relative_error
from bn_tutor.engine.gradients import Array

# A number is typed with the few digits that were shown: right within one part in a hundred, and of a small
# one, asked for to three decimals, within a last decimal and a half.
NUMBER_TOLERANCE = 1e-2
SMALLEST_NUMBER = 0.15

Values = Mapping[str, Array]
Names = Mapping[str, Any]
# (the question, an answer, the values, sizes and constants) -> whether it is right
Judge = Callable[[Question, str, Values, Names], bool]


@dataclass(frozen=True)
class Kind:
    """One row: the name in ``kind``, the key of its right answer, further keys that it needs or may have."""

    name: str
    key: str
    needed: tuple[str, ...]
    judge: Judge
    says: str
    optional: tuple[str, ...] = ()


def _is_choice(question: Question, answer: str, values: Values, names: Names) -> bool:
    if question.equals is None:
        return answer.strip() == question.key.text.strip()
    return _is_formula(question, answer, values, names)


def _is_formula(question: Question, answer: str, values: Values, names: Names) -> bool:
    wanted = question.equals or question.key
    return equal(evaluate(answer, values, names), _value(wanted, values, names))


def _is_number(question: Question, answer: str, values: Values, names: Names) -> bool:
    right, given = _value(question.key, values, names), evaluate(answer, values, names)
    if right.shape != ():
        raise SlipError(Code.WRONG_SHAPE, f"a number has the shape (), and this {right.shape}")
    return given.shape == () and relative_error(given, right, SMALLEST_NUMBER) <= NUMBER_TOLERANCE


def _is_shape(question: Question, answer: str, values: Values, names: Names) -> bool:
    return evaluate(answer, values, names).shape == _value(question.key, values, names).shape


def _value(line: Line, values: Values, names: Names) -> Array:
    return np.asarray(evaluate(line.text, values, names))


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "choice",
            "right",
            ("wrong",),
            _is_choice,
            "choose one; with `equals` the choices are formulas",
            optional=("equals",),
        ),
        Kind("number", "answer", (), _is_number, "one number, to about 1 %"),
        Kind("shape", "answer", (), _is_shape, "the shape of the value that `answer` names"),
        Kind("formula", "answer", ("equals",), _is_formula, "any formula that comes to `equals`"),
    )
}


def accepts(question: Question, answer: str, values: Values, names: Names) -> bool:
    """Return whether an answer is right on these values. Raises SlipError where it is no formula."""
    return KINDS[question.kind].judge(question, answer, values, names)
