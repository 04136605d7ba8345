"""What a list needs of a lesson file, without NumPy and without proof: most of the file is not looked at."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bn_tutor.course.plain import one_line

# No front matter is longer, and a file that is no lesson may be huge.
LONGEST_FRONT = 65_536
LARGEST_FILE = 1_000_000


@dataclass(frozen=True)
class Heading:
    """A lesson's one-line summary and the names of the lessons that it builds on; empty where it has none."""

    summary: str = ""
    requires: frozenset[str] = frozenset()


def heading(path: Path) -> Heading:
    """Return what the front matter of a lesson file says; an empty heading where it cannot be read."""
    try:
        front = tomllib.loads(_front(_beginning(path, LONGEST_FRONT)))
    except (ValueError, RecursionError):
        return Heading()
    requires = front.get("requires", ())
    names = requires if isinstance(requires, list) else ()
    return Heading(
        one_line(str(front.get("summary", "")), 100),
        frozenset(name for name in names if isinstance(name, str)),
    )


def summary(path: Path) -> str:
    """Return the one-line summary of a lesson file; empty where it has none that can be read."""
    return heading(path).summary


def node_names(path: Path) -> tuple[str, ...]:
    """Return the names that a lesson's graph blocks define, for shell completion."""
    lines = _graph_lines(_beginning(path, LARGEST_FILE))
    names = (line.partition("=")[0].strip() for line in lines)
    return tuple(dict.fromkeys(name for name in names if name.isidentifier()))


def begins_as_lesson(path: Path) -> bool:
    """Whether a file begins with the line that opens the front matter; also where it cannot be read."""
    beginning = _beginning(path, 200)
    return not beginning or beginning.split("\n")[0].strip() == "+++"


def switch_choices(path: Path) -> tuple[str, ...]:
    """Return each switch of a lesson with each of its choices, as ``mode=train``, for shell completion."""
    try:
        front = tomllib.loads(_front(_beginning(path, LONGEST_FRONT)))
    except (ValueError, RecursionError):
        return ()
    switches = front.get("switches")
    pairs = [
        f"{name}={choice}"
        for name, choices in (switches.items() if isinstance(switches, dict) else ())
        for choice in (choices if isinstance(choices, list | dict) else ())
    ]
    # A shell can read what it is offered as code.
    return tuple(pair for pair in pairs if re.fullmatch(r"[\w.=-]+", pair))


def _beginning(path: Path, length: int) -> str:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(length)
    except (OSError, ValueError):
        return ""


def _front(text: str) -> str:
    """Return the lines between the two +++; none where the second is missing."""
    first, *lines = text.split("\n")
    marks = (place for place, line in enumerate(lines) if line.strip() == "+++")
    return "\n".join(lines[: next(marks, 0)]) if first.strip() == "+++" else ""


def _graph_lines(text: str) -> Iterator[str]:
    block = ""
    for line in text.split("\n"):
        if line.startswith("```"):
            block = "" if block else (line[3:].split() or ["code"])[0]
        elif block == "graph":
            yield line
