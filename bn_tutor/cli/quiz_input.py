"""Where the answers of a quiz come from: a terminal, standard input, or a file; one a line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

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
        with _typed_ahead() as show_keys:
            yield partial(_ask, show_keys)
        return
    if str(path) == "-":
        yield partial(_next_line, sys.stdin)
        return
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            yield partial(_next_line, file)
    except OSError as error:
        fail(f"{one_line(str(path))}: {error.strerror or 'cannot be read'}")


@contextmanager
def _typed_ahead() -> Iterator[Callable[[bool], None]]:
    """Keep the terminal from reading lines itself, so that nothing is lost that is typed before a prompt.

    A terminal that reads lines marks where Ctrl-D was typed, and the mark is gone as soon as readline takes
    single keys. Between two prompts it does not show the keys either; what is yielded turns that on and off.
    Where the system has no readline there is nothing to do: input() then has lines from the terminal itself.
    """
    try:
        import readline  # noqa: F401 (its import is what gives input() its editing)
        import termios
    except ImportError:
        yield lambda shown: None
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    show_keys = partial(_set_keys, termios, number)
    try:
        show_keys(False)
        yield show_keys
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def _set_keys(termios: Any, number: int, shown: bool) -> None:
    """Have single keys from the terminal, which shows them or does not."""
    found = termios.tcgetattr(number)
    found[3] &= ~termios.ICANON
    found[3] = found[3] | termios.ECHO if shown else found[3] & ~termios.ECHO
    found[6][termios.VMIN], found[6][termios.VTIME] = 1, 0
    termios.tcsetattr(number, termios.TCSADRAIN, found)


def _ask(show_keys: Callable[[bool], None], prompt: str) -> str | None:
    """Ask in a terminal, where lines can be edited and called back, if the system can do it."""
    sys.stdout.flush()
    show_keys(True)  # else readline would not show them either
    try:
        return input(prompt)
    except EOFError:
        sys.stdout.write("\n")
        return None
    except UnicodeDecodeError:
        return ""
    finally:
        show_keys(False)


def _next_line(stream: TextIO, prompt: str) -> str | None:
    """Return the next line, cut where it is absurdly long; what follows the cut is read and dropped."""
    line = stream.readline(LONGEST_LINE)
    rest = line
    while rest and not rest.endswith("\n"):
        rest = stream.readline(LONGEST_LINE)
    return line.rstrip("\r\n") if line else None
