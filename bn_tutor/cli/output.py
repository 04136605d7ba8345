"""Where output goes: its width, its encoding, its colours, and how errors are told."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

from bn_tutor.course.plain import plain
from bn_tutor.views.look import Look, encodes_symbols

NARROWEST, WIDEST = 10, 1000


def fail(message: str, status: int = 2) -> NoReturn:
    """Tell what is wrong on stderr, one line a problem, and end with an exit status."""
    tell(message)
    raise typer.Exit(status)


def tell(message: str) -> None:
    """Tell what is wrong on stderr, one line a problem."""
    for line in plain(message).splitlines():
        print(f"bn-tutor: {_encodable(line, sys.stderr.encoding)}", file=sys.stderr)  # noqa: T201


def _encodable(text: str, encoding: str | None) -> str:
    encoding = encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


@contextmanager
def until_reader_leaves() -> Iterator[None]:
    """End quietly, with status 0, where the reader of the output goes away (``| head -1``)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def terminal_size() -> os.terminal_size:
    """Return columns and lines of the terminal; 80 by 24 where there is none, or it says 0."""
    size = shutil.get_terminal_size((80, 24))
    return os.terminal_size((max(size.columns, NARROWEST), max(size.lines, 3)))


def output_look(*, width: int | None = None, precision: int = 3, is_plain: bool = False) -> Look:
    """Return how output looks on this stdout."""
    columns = width or min(terminal_size().columns, WIDEST)
    # A character that slips through a table of symbols must not end the program.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    return Look(columns, precision, not encodes_symbols(sys.stdout.encoding), is_plain)


def is_terminal() -> bool:
    """Whether a person sits on both sides."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except ValueError:  # closed
        return False


def wants_plain() -> bool:
    """Whether the environment asks for plain, append-only output."""
    return bool(os.environ.get("ACCESSIBLE")) or os.environ.get("TERM") == "dumb"


def show(lines: Iterable[Text], console: Console) -> None:
    """Write lines. By way of a capture, since rich would end the program where the reader goes away."""
    with console.capture() as captured:
        for line in lines:
            console.print(line)
    sys.stdout.write(captured.get())


def console_for(*, no_color: bool, width: int | None = None) -> Console:
    """Return a console on stdout that reads no markup in anything."""
    return Console(
        width=width or terminal_size().columns,
        no_color=no_color or None,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=True,
        legacy_windows=False,
    )


def write_file(path: Path, text: str, *, force: bool) -> None:
    """Write a file that was asked for; one that is there already only where ``force`` says so.

    Raises OSError. Half a file looks like a whole one: a new one that cannot be written to its end is
    removed, and what was not ours to begin with is left as it is.
    """
    with path.open("wb" if force else "xb") as file:
        try:
            file.write(text.encode())
            file.flush()
        except OSError:
            if not force:
                with suppress(OSError):
                    path.unlink()
            raise
