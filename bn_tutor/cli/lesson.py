"""``bn-tutor lesson``: what lessons there are."""

import json
import sys
from typing import Annotated

import typer

HELP = "Lessons: list them."

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", help="List the lessons, each with its one-line summary.")
def list_lessons(
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON list of names and summaries.")] = False,
) -> None:
    """List the lessons."""
    from bn_tutor.cli.output import console_for, output_look, show, until_reader_leaves
    from bn_tutor.course.catalogue import entries, summary
    from bn_tutor.views.greeting import lesson_lines

    rows = [(entry.name, summary(entry.path)) for entry in entries()]
    with until_reader_leaves():
        if as_json:
            sys.stdout.write(json.dumps([{"name": name, "summary": text} for name, text in rows]) + "\n")
        else:
            show(lesson_lines(rows, output_look()), console_for(no_color=False))
