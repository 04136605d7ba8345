"""Where a key stands in the front matter: TOML's parser does not tell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import Findings

# Nothing here may be tried in more than one way: a line can be long, and mean.
_HEADER = re.compile(r"\s*+\[\s*+([^\[\]\s][^\[\]]*+)\]")
_KEY = re.compile(r"\s*+([^=\[\]{}#\s][^=\[\]{}#]*+)=")
# No place is asked for that lies deeper, such as inputs.x.draw.
_DEEPEST = 3

Place = tuple[int, int]
Places = Mapping[str, Place]


@dataclass(frozen=True)
class Source:
    """Lines of TOML, to find a key's place, and the findings; ``before`` is how many lines are above them."""

    lines: Sequence[str]
    findings: Findings
    before: int = 0

    @cached_property
    def places(self) -> Places:
        """Where each key and each table stands, by its whole name; found once, as there may be very many."""
        return _places(self.lines)

    def place(self, *path: str) -> Place:
        """Return the line and column of a key in the file; see ``place_of``."""
        line, column = _place(self.places, self.lines, path)
        return line + self.before, column

    def place_of_text(self, text: str, *path: str) -> Place:
        """Return the line and column, in the file, of a text that is the value of a key or stands in it.

        Where it is not found, as it is written with escapes, say, that of the key.
        """
        first, column = _place(self.places, self.lines, path)
        for mark in ('"', "'", "") if text else ():
            for line in range(first, len(self.lines) + 1):
                start = column - 1 + len(path[-1]) if line == first else 0
                found = self.lines[line - 1].find(f"{mark}{text}{mark}", start)
                if found >= 0:
                    return line + self.before, found + len(mark) + 1
        return first + self.before, column

    def add(self, code: Code, message: str, *path: str, hint: str = "") -> None:
        """Note a problem at the key of this path."""
        if not self.findings.full:
            self.findings.add(*self.place(*path), code, message, hint)

    def is_name(self, *path: str) -> bool:
        """Return whether the path's last key can be a name in a formula; note a problem where not."""
        name = path[-1]
        if name.isascii() and name.isidentifier():
            return True
        self.add(Code.BAD_NAME, f"{name} cannot be a name", *path, hint="use letters, digits and _")
        return False


def place_of(lines: Sequence[str], *path: str) -> Place:
    """Return the line and column, from 1, of a key such as ("inputs", "x"), or ("inputs", "x", "draw").

    Where it is not found, as it is written with escapes, say, the place of its table; else the first line.
    """
    return _place(_places(lines), lines, path)


def _place(places: Places, lines: Sequence[str], path: Sequence[str]) -> Place:
    if found := places.get(".".join(path)):
        return found
    if len(path) < 2:
        return 1, 1
    line, column = _place(places, lines, path[:-1])
    text = lines[line - 1] if lines else ""
    # It may stand within braces: x = { draw = "normal" }
    inner = re.compile(rf"[{{,]\s*+[\"']?({re.escape(path[-1])})[\"']?\s*+=").search(text, column)
    return (line, inner.start(1) + 1) if inner else (line, column)


def _places(lines: Sequence[str]) -> Places:
    """Return the first place of each key; also of what is named only on the way to one, as a in a.b = 1."""
    found: dict[str, Place] = {}
    for line, column, key in _keys(lines):
        parts = key.split(".", _DEEPEST)
        for count in range(1, len(parts) + 1):
            found.setdefault(".".join(parts[:count]), (line, column))
    return found


def _keys(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the line, the column and the whole name of each key and of each table's heading."""
    table = ""
    for line, text in enumerate(lines, 1):
        if header := _HEADER.match(text):
            table = f"{_bare(header[1])}."
            yield line, header.start(1) + 1, table.removesuffix(".")
        elif key := _KEY.match(text):
            yield line, key.start(1) + 1, table + _bare(key[1])


def _bare(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
