"""Problems for programs: JSON, and the workflow commands of GitHub Actions."""

import json
from collections.abc import Iterable

from bn_tutor.course.problem import Problem


def json_report(problems: Iterable[Problem]) -> str:
    """Return a JSON list of tables: path, line, column, severity, code, message, hint."""
    rows = [
        {
            "path": problem.path,
            "line": problem.line,
            "column": problem.column,
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    return json.dumps(rows, indent=1) + "\n"


def github_report(problems: Iterable[Problem]) -> str:
    """Return one ``::error`` or ``::warning`` command a problem, which GitHub shows at the line.

    The escapes are those of GitHub's own toolkit: %, line ends, and in properties also : and comma.
    """
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    places = {"file": problem.path, "line": problem.line, "col": problem.column, "title": problem.code}
    properties = ",".join(f"{name}={_escaped(str(value), ',:')}" for name, value in places.items() if value)
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"::{problem.severity} {properties}::{_escaped(problem.message + hint)}"


def _escaped(text: str, also: str = "") -> str:
    text = text.replace("%", "%25")
    for sign in f"\r\n{also}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
