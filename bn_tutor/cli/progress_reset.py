"""``bn-tutor progress reset``: begin anew, with a copy of all answers kept."""

import sys
from datetime import date

import typer

from bn_tutor.cli.output import fail, is_terminal, tell, until_reader_leaves
from bn_tutor.course.plain import one_line
from bn_tutor.course.state_folder import state_folder
from bn_tutor.practice.answer_log import NAME, answers, set_aside

# What a shell says of a program that Ctrl-C ended.
INTERRUPTED = 130


def reset_progress(*, yes: bool) -> None:
    """Set the log aside, once somebody has said so."""
    folder = state_folder()
    kept, skipped = answers(folder)
    if not kept and not skipped:
        tell("there is no progress to reset")
        return
    if not yes:
        if not is_terminal():
            fail("reset asks first, and here is nobody to ask: --yes goes without")
        if not _agrees(f"Forget {len(kept):,} answers? They are kept in a copy. [y/N] "):
            tell("nothing was changed")
            raise typer.Exit(1)
    try:
        copy = set_aside(folder, date.today())
    except OSError as error:
        fail(f"{one_line(str(folder / NAME))}: {error.strerror or error}; nothing was changed", status=1)
    with until_reader_leaves():
        sys.stdout.write(f"Your answers are kept in {one_line(str(copy), 4096)}\n")


def _agrees(question: str) -> bool:
    """Ask; the end of the input is a no."""
    try:
        sys.stdout.write(question)
        sys.stdout.flush()
        line = sys.stdin.readline(100)
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        raise typer.Exit(INTERRUPTED) from None
    if not line:
        sys.stdout.write("\n")
    return line.strip().lower() in ("y", "yes")
