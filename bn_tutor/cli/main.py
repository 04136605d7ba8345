"""The command line: every command is one file of this folder, registered here.

Commands import what they need when they run: --help, --version and completion never pay for NumPy.
"""

import gc
import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from bn_tutor.cli import check, lab, lesson, progress, quiz, walk
from bn_tutor.version import __version__

HELP = """\
A terminal tutor for the backward pass of batch normalization.

\b
Try:
  bn-tutor walk batchnorm             step through the nine nodes, forward and back
  bn-tutor walk batchnorm --predict   answer before you see
  bn-tutor quiz                       questions, with feedback that names the mistake
  bn-tutor check my_bn.py             your own code: which line is wrong, and why
  bn-tutor lab learning-rate          does what they say of BN hold? train, and see
  bn-tutor lesson list                the lessons there are
"""

app = typer.Typer(
    help=HELP,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("walk", help=walk.HELP)(walk.walk)
app.command("quiz", help=quiz.HELP)(quiz.quiz)
app.command("check", help=check.HELP)(check.check)
app.command("lab", help=lab.HELP)(lab.lab)
app.command("progress", help=progress.HELP)(progress.progress)
app.add_typer(lesson.app, name="lesson", help=lesson.HELP)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"bn-tutor {__version__}")  # noqa: T201 - the one output that needs no rich
        raise typer.Exit


@app.callback(invoke_without_command=True)
def greet(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Greet where no command is given."""
    if context.invoked_subcommand is None:
        from bn_tutor.cli.output import console_for, output_look, show, until_reader_leaves
        from bn_tutor.views.greeting import greeting_lines

        with until_reader_leaves():
            show(greeting_lines(output_look()), console_for(no_color=False))


def main() -> None:
    """Run the command line. What ends the output early is told in a word, and is no traceback."""
    # A start makes many objects that all stay; looking through them for rubbish takes 6 ms of it.
    gc.set_threshold(100_000)
    _open_closed_streams()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)  # the reader went away, as head does
    except OSError as error:
        _drop_output()
        print(f"bn-tutor: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def _open_closed_streams() -> None:
    """Give Python a stream in place of each that the shell has closed (``>&-``)."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123 - open until the end


def _drop_output() -> None:
    """Send what is still buffered nowhere: written again at exit, it would fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
