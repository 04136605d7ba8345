"""Problems of lesson files for people: the place, the line itself, a mark under the column, a hint."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.text import Text

from bn_tutor.course.plain import plain
from bn_tutor.course.problem import Problem
from bn_tutor.views.look import RIGHT, WRONG, Look

_COLOURS = {"error": WRONG, "warning": "yellow"}
# What is shown of a long line, and how much of it stands before the column.
WIDEST = 100
BEFORE = 40
Found = Sequence[tuple[Path, Sequence[Problem]]]


def problem_lines(found: Found, look: Look, *, full: bool) -> list[Text]:
    """Return each problem, with an excerpt of its file where ``full``, and a last line that sums up."""
    lines: list[Text] = []
    for path, problems in found:
        source = source_of(str(path)) if full and problems else []
        for problem in problems:
            lines += with_excerpt(problem, source, look) if full else [_head(problem, look, problem.hint)]
    return [*lines, _summary(found, look)]


def source_of(path: str) -> list[str]:
    """Return the lines of a file; none where it cannot be read."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return []
    return plain(text).split("\n")  # what the columns of problems count in, too


def with_excerpt(problem: Problem, source: Sequence[str], look: Look) -> list[Text]:
    """Return a problem, and below it the line of its file with a mark and the hint."""
    return [_head(problem, look), *_excerpt(problem, source, look), Text()]


def _head(problem: Problem, look: Look, hint: str = "") -> Text:
    code = f"[{problem.code}]" if problem.code else ""
    head = look.text(f"{problem.place}: " if problem.path else "", "bold")
    head.append(look.shown(f"{problem.severity}{code}"), style=f"bold {_COLOURS[problem.severity]}")
    return head.append(look.shown(f": {problem.message}" + (f" ({hint})" if hint else "")))


def _excerpt(problem: Problem, source: Sequence[str], look: Look) -> list[Text]:
    """Return the line with a mark under its column; the hint stands beside the mark."""
    hint = [look.text(f"hint: {problem.hint}", "cyan")] if problem.hint else []
    if not 0 < problem.line <= len(source):
        return [look.text("  ").append_text(each) for each in hint]
    width = max(min(look.width, WIDEST) - 8, 10)
    line, before = source[problem.line - 1], max(problem.column - 1, 0)
    # Wide signs take two cells, so that half as many are sure to fit before the mark.
    start = max(before - min(BEFORE, width // 2), 0) if cell_len(line) > width else 0
    shown = look.text(line[start : start + width])
    shown.truncate(width)
    offset = cell_len(look.shown(line[start:before]))
    number = f"{problem.line:>5}"
    mark = look.text(f"{'':>5} | ", "dim").append(" " * offset).append("^ ", style=f"bold {WRONG}")
    for each in hint:
        mark.append_text(each)
    return [look.text(f"{number} | ", "dim").append_text(shown), mark]


def _summary(found: Found, look: Look) -> Text:
    wrong = [path for path, problems in found if any(each.severity == "error" for each in problems)]
    lessons = _counted(len(found), "lesson")
    if not wrong:
        word = "is" if len(found) == 1 else "are"
        return look.text(f"{lessons} {word} proven right{_warnings(found)}", RIGHT)
    errors = _of(found, "error")
    hint = "bn-tutor lesson explain CODE says more"
    return look.text(
        f"{_counted(errors, 'error')} in {len(wrong)} of {lessons}{_warnings(found)}; {hint}", "bold"
    )


def _warnings(found: Found) -> str:
    count = _of(found, "warning")
    return f", {_counted(count, 'warning')}" if count else ""


def _of(found: Iterable[tuple[Path, Sequence[Problem]]], severity: str) -> int:
    return sum(problem.severity == severity for _, problems in found for problem in problems)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
