"""Where the answers of a quiz come from: a terminal, standard input, or a file; one a line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from bn_tutor.cli.output import fail
from bn_tutor.course.plain import one_line

# No answer is longer; what is pasted beyond it is read and dropped.
LONGEST_LINE = 4000

# (the prompt) -> the line that was typed; None at the end of input
Listen = Callable[[str], str | None]


@contextmanager
def listener(path: Path | None) -> Iterator[Listen]:
    """Yield what asks for the next line: of a person, of standard input, or of a file."""
    if path is None:
        yield _ask()
        return
    if str(path) == "-":
        yield partial(_next_line, sys.stdin)
        return
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            yield partial(_next_line, file)
    except OSError as error:
        fail(f"{one_line(str(path))}: {error.strerror or 'cannot be read'}")


def _ask() -> Listen:
    """Return what asks in a terminal, where lines can be edited and called back, if the system can do it."""
    with suppress(ImportError):
        import readline  # noqa: F401 (its import is what gives input() its editing)

    def ask(prompt: str) -> str | None:
        sys.stdout.flush()
        try:
            return input(prompt)
        except EOFError:
            sys.stdout.write("\n")
            return None
        except UnicodeDecodeError:
            return ""

    return ask


def _next_line(stream: TextIO, prompt: str) -> str | None:
    """Return the next line, cut where it is absurdly long; what follows the cut is read and dropped."""
    line = stream.readline(LONGEST_LINE)
    rest = line
    while rest and not rest.endswith("\n"):
        rest = stream.readline(LONGEST_LINE)
    return line.rstrip("\r\n") if line else None
