"""Every answer, for other programs: as JSON, and as CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bn_tutor.course.plain import one_line
from bn_tutor.practice.answer import FORMAT, Answer, record_of

# With these signs a spreadsheet begins a formula. An apostrophe before them makes the cell a text.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠")
LONGEST_CELL = 30_000
COLUMNS = (
    *("at", "session", "lesson", "question", "kind", "node", "try"),
    *("verdict", "hinted", "mistake", "answer", "seconds", "seed"),
)


def answers_json(answers: Sequence[Answer]) -> str:
    """Return one JSON document with every answer, in the order of the log."""
    rows = [{name: record[name] for name in COLUMNS} for record in map(record_of, answers)]
    return json.dumps({"format": FORMAT, "answers": rows}, indent=1) + "\n"


def answers_csv(answers: Iterable[Answer]) -> str:
    """Return a table with a line of names and a line for each answer."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        writer.writerow(_cells(record_of(answer)))
    return text.getvalue()


def _cells(record: Mapping[str, Any]) -> list[Any]:
    return [_cell(record[name]) for name in COLUMNS]


def _cell(value: Any) -> Any:
    """Return what stands in a cell; a number is one, and no formula, whatever its sign."""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else value
    text = one_line(value, LONGEST_CELL)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
