"""What one answer to one question was: the record that is kept, as one JSON object on one line.

The line is plain ASCII: JSON's own escapes stand for all other signs, so no encoding can spoil it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite
from typing import Any

from bn_tutor.course.plain import one_line

FORMAT = 1
# What is kept of a long answer, and how long a line may be.
LONGEST_ANSWER = 200
LONGEST_LINE = 65_536
# Years in which somebody can have answered. Outside them clock and calendar arithmetic may overflow.
FIRST_YEAR, LAST_YEAR = 2000, 2999


class Outcome(StrEnum):
    """How a try ended."""

    RIGHT = "right"
    WRONG = "wrong"
    REVEALED = "revealed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Answer:
    """One try at one question.

    ``question`` says what is to be learnt, and not with which numbers it was asked; ``attempt`` counts the
    tries from 1; ``mistake`` is the id of the misconception that was named, if one was.
    """

    at: datetime
    session: str
    lesson: str
    question: str
    kind: str
    node: str
    attempt: int
    verdict: Outcome
    hinted: bool
    mistake: str
    answer: str
    seconds: float
    seed: int


class AnswerError(ValueError):
    """What is wrong with a line that is no answer, or with an answer that cannot be kept."""


def line_of(answer: Answer) -> bytes:
    """Return the line that keeps an answer, its newline included. Raises AnswerError."""
    if answer.at.tzinfo is None:
        raise AnswerError("has no timezone")
    try:
        text = json.dumps(record_of(answer), allow_nan=False)
    except (TypeError, ValueError, OverflowError) as error:
        raise AnswerError(f"cannot be written: {one_line(str(error))}") from None
    line = text.encode("ascii") + b"\n"
    answer_of(line)  # what could not be read again is not kept
    return line


def record_of(answer: Answer) -> dict[str, Any]:
    """Return what is kept of an answer, by the names that the line has for it."""
    values = {_KEYS.get(field.name, field.name): getattr(answer, field.name) for field in fields(answer)}
    at = answer.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"format": FORMAT, **values, "at": at, "answer": one_line(answer.answer, LONGEST_ANSWER)}


def answer_of(line: bytes) -> Answer:
    """Return the answer that a line keeps. Raises AnswerError; keys that are not known are passed over."""
    if len(line.rstrip(b"\n")) >= LONGEST_LINE:
        raise AnswerError(f"is over {LONGEST_LINE // 1024} kB long")
    record = _parsed(line)
    number = record.get("format")
    if type(number) is not int or number < FORMAT:
        raise AnswerError("is no answer of bn-tutor")
    if number > FORMAT:
        raise AnswerError("is from a newer version of bn-tutor")
    return Answer(**{name: _value(record, name) for name in _READERS})


def _parsed(line: bytes) -> dict[str, Any]:
    if not line.lstrip().startswith(b"{"):
        raise AnswerError("is no answer of bn-tutor")
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise AnswerError("is no text") from None
    except (ValueError, RecursionError):
        raise AnswerError("is torn or damaged") from None
    return dict(record)


def _value(record: Mapping[str, Any], name: str) -> Any:
    key = _KEYS.get(name, name)
    value = _READERS[name](record.get(key))
    if value is None:
        raise AnswerError(f"has no {key} that makes sense")
    return value


def _time(value: Any) -> datetime | None:
    # fromisoformat also reads forms without a time, or with one that no clock of ours writes.
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return None
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            return None
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    return _text(value) or None


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 1 else None


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _outcome(value: Any) -> Outcome | None:
    return Outcome(value) if value in list(Outcome) else None


def _seconds(value: Any) -> float | None:
    if type(value) not in (int, float) or not 0 <= value < 1e12:
        return None
    return float(value) if isfinite(value) else None


# How each field is read; None stands for a value that makes no sense.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "at": _time,
    "session": _name,
    "lesson": _name,
    "question": _name,
    "kind": _name,
    "node": _text,
    "attempt": _count,
    "verdict": _outcome,
    "hinted": _flag,
    "mistake": _text,
    "answer": _text,
    "seconds": _seconds,
    "seed": _whole,
}
# Fields that the line has by another name: ``try`` is no name in Python.
_KEYS = {"attempt": "try"}
