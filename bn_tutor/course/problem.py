"""What is wrong with something that a person wrote, as a value."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One slip, with its place: ``line`` and ``column`` count from 1; 0 where there is no such place."""

    path: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: error: {self.message}{hint}"


@dataclass
class SlipError(Exception):
    """A problem on its way up from inside one line; ``column`` counts from 0 within the line's text."""

    message: str
    column: int = 0
    hint: str = ""


@dataclass
class Findings:
    """Problems of one file, collected while it is read, so that all are reported at once."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: int, message: str, hint: str = "") -> None:
        """Note a problem at a line and a column, both from 1."""
        self.problems.append(Problem(self.path, line, column, message, hint))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint with the closest known name, or an empty text."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else ""
