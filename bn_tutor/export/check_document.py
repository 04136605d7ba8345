"""A check as one JSON document, for programs; ``format`` counts its versions."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from bn_tutor.checker.report import Accused, FileReport, FunctionReport, Result

FORMAT = 1


def check_json(report: FileReport, *, show_fix: bool) -> str:
    """Return the document as text, ASCII throughout."""
    return json.dumps(check_document(report, show_fix=show_fix), indent=1)


def check_document(report: FileReport, *, show_fix: bool) -> dict[str, Any]:
    """Return what a check came to; line numbers are those of the file, and null where there is none.

    What would give the solution away is only in it with ``show_fix``, as on the page.
    """
    return {
        "format": FORMAT,
        "file": report.path,
        "verdict": str(report.verdict),
        "functions": [_function(each, show_fix) for each in report.functions],
        "problems": [
            {"line": each.line or None, "message": each.message, "hint": each.hint}
            for each in report.problems
        ],
    }


def _function(function: FunctionReport, show_fix: bool) -> Mapping[str, Any]:
    crash, first = function.first_crash, next(iter(function.accused), None)
    return {
        "name": function.name,
        "verdict": str(function.verdict),
        "first_wrong_line": first.line if first else crash.line or None if crash else None,
        "other_lines": _other_lines(function),
        "tier": str(first.tier) if first else None,
        "mistake": _mistake(first),
        "accused": [_accused(each, show_fix) for each in function.accused],
        "crash": {"type": crash.type, "message": crash.message, "explanation": crash.say} if crash else None,
        "notes": list(function.notes),
        "outputs": {name: _output(result) for name, result in function.results.items()},
    }


def _accused(accused: Accused, show_fix: bool) -> Mapping[str, Any]:
    """Return all on one accused line; a function with several mistakes has several."""
    return {
        "line": accused.line,
        "other_lines": list(accused.other_lines),
        "tier": str(accused.tier),
        "mistake": _mistake(accused),
        "hint": accused.hint or None,
        "fix": accused.fix or None if show_fix else None,
        "walk": accused.walk or None,
    }


def _other_lines(function: FunctionReport) -> list[int]:
    lines = [line for each in function.accused[:1] for line in each.other_lines]
    return [*lines, *(each.line for each in function.accused[1:])]


def _mistake(accused: Accused | None) -> Mapping[str, str] | None:
    if accused is None or accused.mistake is None:
        return None
    mistake = accused.mistake
    return {"id": mistake.id, "title": mistake.title, "explanation": mistake.explanation}


def _output(result: Result) -> Mapping[str, Any]:
    error = result.error
    return {
        "verdict": str(result.verdict),
        "error": error if error is not None and isfinite(error) else None,
        "say": result.say,
    }
