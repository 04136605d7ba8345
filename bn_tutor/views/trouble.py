"""What stands in place of a frame while a lesson that is being edited cannot be walked."""

from collections.abc import Sequence

from rich.text import Text

from bn_tutor.course.problem import Problem
from bn_tutor.views.look import WRONG, Look
from bn_tutor.views.problem_list import source_of, with_excerpt
from bn_tutor.views.wrapping import beginning, wrapped

HEAD = "This lesson cannot be walked as it is. It comes back when the file is mended."


def trouble_lines(problems: Sequence[Problem], look: Look, height: int | None = None) -> list[Text]:
    """Return the problems with their lines in the file, as many as there is room for in ``height`` rows."""
    head = [*wrapped(look.text(HEAD, "bold"), look.width, indent=1), Text()]
    told = [_told(problem, look) for problem in problems]
    lines = head + [line for each in told for line in each]
    foot = look.text(" q quit", "dim")
    if height is None:
        return [*lines, foot]
    room = max(height - 1, 1)
    if len(lines) > room:
        # Where not even the first problem's message has room below the head, it stands alone.
        cramped = told and len(head) + 2 > room
        lines = _first(problems, look, room) if cramped else [*lines[: room - 1], _more(look)]
    return [*lines, *(Text() for _ in range(room - len(lines))), foot]


def _more(look: Look) -> Text:
    return look.text(" and more", WRONG)


def _first(problems: Sequence[Problem], look: Look, room: int) -> list[Text]:
    """Return the beginning of the first problem in few rows: its line and what is wrong there."""
    place = f"{problems[0].line}: " if problems[0].line else ""
    message = look.text(f"{place}{problems[0].message}", WRONG)
    lines = beginning(message, look.width, room, look.shown("…"))
    return [*lines, _more(look)] if len(lines) < room and len(problems) > 1 else lines


def _told(problem: Problem, look: Look) -> list[Text]:
    return [
        part
        for line in with_excerpt(problem, source_of(problem.path), look)
        for part in _fitted(line, look.width)
    ]


def _fitted(line: Text, width: int) -> list[Text]:
    """Return a line in as many as it needs; one that marks a column is cut, as the line above it is."""
    if "|" not in line.plain[:8]:
        return wrapped(line, width)
    line.truncate(width)
    return [line]
