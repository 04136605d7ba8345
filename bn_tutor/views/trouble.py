"""What stands in place of a frame while a lesson that is being edited cannot be walked."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bn_tutor.course.problem import Problem
from bn_tutor.views.look import WRONG, Look
from bn_tutor.views.problem_list import source_of, with_excerpt


def trouble_lines(problems: Sequence[Problem], look: Look, height: int | None = None) -> list[Text]:
    """Return the problems with their lines in the file, as many as there is room for in ``height`` rows."""
    head = " This lesson cannot be walked as it is. It comes back when the file is mended."
    lines = [look.text(head, "bold"), Text()]
    for problem in problems:
        lines += with_excerpt(problem, source_of(problem.path), look)
    lines = [part for line in lines for part in _folded(line, look.width)]
    foot = look.text(" q quit", "dim")
    if height is None:
        return [*lines, foot]
    room = max(height - 1, 1)
    if len(lines) > room:
        lines = [*lines[: room - 1], look.text(" and more", WRONG)]
    return [*lines, *(Text() for _ in range(room - len(lines))), foot]


def _folded(line: Text, width: int) -> list[Text]:
    """Return a line in as many as it needs; one that marks a column is cut, as the line above it is."""
    if "|" in line.plain[:8]:
        line.truncate(width)
        return [line]
    console = Console(width=width, color_system=None, legacy_windows=False)
    return list(line.wrap(console, width)) or [line]
