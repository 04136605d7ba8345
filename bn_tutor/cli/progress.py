"""``bn-tutor progress``: what a learner's answers say; ``progress export`` and ``progress reset``."""

from pathlib import Path
from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_lesson

HELP = """\
Show what you know, which mistakes you make, and what to ask again when.

\b
Examples:
  bn-tutor progress                    all that you have practised
  bn-tutor progress batchnorm          one lesson
  bn-tutor progress --json             for a program
  bn-tutor progress export my.csv      every answer, as CSV or JSON; to stdout without a file
  bn-tutor progress reset              begin anew; a copy of your answers is kept
"""
FORMATS = ("json", "csv")
# Which options go with what; a lesson has no name of its own here.
EXPORT, RESET, PAGE = "export", "reset", "the page"
_BELONG = {"--json": PAGE, "--format": EXPORT, "--force": EXPORT, "--yes": RESET}


def _complete(incomplete: str) -> list[str]:
    return [*(word for word in (EXPORT, RESET) if word.startswith(incomplete)), *complete_lesson(incomplete)]


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LESSON...]",
        help="Lessons to show (all, if none is named); or export, or reset.",
        autocompletion=_complete,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="As a JSON document, for a program.")]
Format = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="export: json or csv; else by FILE's ending.")
]
Force = Annotated[bool, typer.Option("--force", help="export: overwrite FILE.")]
Yes = Annotated[bool, typer.Option("--yes", help="reset: do not ask.")]


def progress(
    words: Words = None, as_json: AsJson = False, form: Format = None, force: Force = False, yes: Yes = False
) -> None:
    """Show, export or reset the progress; what --help shows is HELP."""
    from bn_tutor.cli.output import fail

    words = words or []
    task = words[0] if words and words[0] in (EXPORT, RESET) else PAGE
    given = {"--json": as_json, "--format": form is not None, "--force": force, "--yes": yes}
    for option, is_given in given.items():
        if is_given and _BELONG[option] != task:
            fail(f"{option} goes with {_BELONG[option]}, not with {task}")
    if task == EXPORT:
        _export(words[1:], form, force)
    elif task == RESET:
        _reset(words[1:], yes)
    else:
        from bn_tutor.cli.progress_show import show_progress

        show_progress(words, as_json=as_json)


def _export(words: list[str], form: str | None, force: bool) -> None:
    from bn_tutor.cli.output import fail
    from bn_tutor.cli.progress_export import export_progress

    if len(words) > 1:
        fail(f"export writes one file, not {len(words)}")
    if form is not None and form not in FORMATS:
        fail(f"--format is json or csv, not {form!r}")
    path = Path(words[0]) if words and words[0] != "-" else None
    by_name = "csv" if path is not None and path.suffix.lower() == ".csv" else "json"
    export_progress(path, form or by_name, force=force)


def _reset(words: list[str], yes: bool) -> None:
    from bn_tutor.cli.output import fail
    from bn_tutor.cli.progress_reset import reset_progress

    if words:
        fail("reset is of all progress: it takes no lesson")
    reset_progress(yes=yes)
