"""Where a key stands in the front matter: TOML's parser does not tell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import Findings

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+)\]")
_KEY = re.compile(r"\s*([^=\[\]{}#]+?)\s*=")


@dataclass(frozen=True)
class Source:
    """Lines of TOML, to find a key's place, and the findings; ``before`` is how many lines are above them."""

    lines: Sequence[str]
    findings: Findings
    before: int = 0

    def place(self, *path: str) -> tuple[int, int]:
        """Return the line and column of a key in the file; see ``place_of``."""
        line, column = place_of(self.lines, *path)
        return line + self.before, column

    def place_of_text(self, text: str, *path: str) -> tuple[int, int]:
        """Return the line and column, in the file, of a text that is the value of a key or stands in it.

        Where it is not found, as it is written with escapes, say, that of the key.
        """
        first, column = place_of(self.lines, *path)
        for line in range(first, len(self.lines) + 1):
            start = column - 1 + len(path[-1]) if line == first else 0
            found = self.lines[line - 1].find(text, start)
            if found >= 0 and text:
                return line + self.before, found + 1
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


def place_of(lines: Sequence[str], *path: str) -> tuple[int, int]:
    """Return the line and column, from 1, of a key such as ("inputs", "x").

    Where it is not found, as it is written with escapes, say, the place of its table; else the first line.
    """
    wanted = ".".join(path)
    for line, column, key in _keys(lines):
        if key == wanted or key.startswith(f"{wanted}."):
            return line, column
    return place_of(lines, *path[:-1]) if len(path) > 1 else (1, 1)


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
