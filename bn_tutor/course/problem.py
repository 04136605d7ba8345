"""What is wrong with something that a person wrote, as a value."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice

from bn_tutor.course.codes import WARNINGS, Code
from bn_tutor.course.plain import one_line

MOST_PROBLEMS = 50
# A comparison costs time for each known name, and a file may hold very many.
MOST_COMPARED = 1000
LONGEST_COMPARED = 100
LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class Problem:
    """One slip, with its place: ``line`` and ``column`` count from 1; 0 where there is no such place.

    ``code`` says what kind of slip in a lesson it is; a problem of another kind has none.
    """

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    code: Code | None = None

    @property
    def severity(self) -> str:
        """Whether it makes the lesson wrong: "error" or "warning"."""
        return "warning" if self.code in WARNINGS else "error"

    @property
    def place(self) -> str:
        """The path, the line and the column, as far as there are such; empty for what is in no file."""
        column = self.column if self.line else 0
        return ":".join(str(part) for part in (self.path, self.line, column) if part) if self.path else ""

    def __str__(self) -> str:
        if not self.path:
            return self.message  # it is in no file, but in what was asked for
        code = f"[{self.code}]" if self.code else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {self.severity}{code}: {self.message}{hint}"


@dataclass
class SlipError(Exception):
    """A problem on its way up from inside one line; ``column`` counts from 0 within the line's text."""

    code: Code
    message: str
    column: int = 0
    hint: str = ""


@dataclass
class Findings:
    """Problems of one file, collected while it is read, so that all are reported at once."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: int, code: Code, message: str, hint: str = "") -> None:
        """Note a problem at a line and a column, both from 1; after MOST_PROBLEMS only that there are more.

        The message may hold anything from the file: it is made one plain line here.
        """
        if len(self.problems) < MOST_PROBLEMS:
            message, hint = one_line(message, LONGEST_MESSAGE), one_line(hint, LONGEST_MESSAGE)
            self.problems.append(Problem(self.path, line, column, message, hint, code))
        elif not self.full:
            self.problems.append(Problem(self.path, 0, 0, "and more", code=Code.AND_MORE))

    def add_slip(self, line: int, column: int, slip: SlipError) -> None:
        """Note a slip in a text that begins at this line and column."""
        self.add(line, column + slip.column, slip.code, slip.message, slip.hint)

    @property
    def full(self) -> bool:
        """Whether nothing further is reported, so that looking for more is a waste."""
        return len(self.problems) > MOST_PROBLEMS


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint with the closest known name, or an empty text."""
    if len(name) > LONGEST_COMPARED:
        return ""
    compared = list(islice(known, MOST_COMPARED))
    # D and d have no letter in common for difflib, and are the likeliest slip.
    same = [each for each in compared if each.lower() == name.lower()]
    # Of a short name one letter is much.
    cutoff = 0.5 if len(name) < 4 else 0.6
    close = same or get_close_matches(name, compared, n=1, cutoff=cutoff)
    return f"did you mean {close[0]}?" if close else ""
