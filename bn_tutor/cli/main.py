"""The command line: every command is one file of this folder, registered here.

Commands import what they need when they run: --help, --version and completion never pay for NumPy.
"""

import os
import sys
from typing import Annotated

import typer

from bn_tutor.cli import lesson, walk
from bn_tutor.version import __version__

HELP = """\
A terminal tutor for the backward pass of batch normalization.

\b
Try:
  bn-tutor walk batchnorm             step through the nine nodes, forward and back
  bn-tutor walk batchnorm --predict   answer before you see
  bn-tutor lesson list                the lessons there are
"""

app = typer.Typer(
    help=HELP,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("walk", help=walk.HELP)(walk.walk)
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
        from bn_tutor.cli.output import console_for, output_look
        from bn_tutor.views.greeting import greeting_lines

        console = console_for(no_color=False)
        for line in greeting_lines(output_look()):
            console.print(line)


def main() -> None:
    """Run the command line; a reader that goes away (``| head -1``) is no error."""
    try:
        app()
    except BrokenPipeError:
        # What is still buffered would fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
