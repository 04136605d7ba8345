"""``bn-tutor lesson``: what lessons there are."""

import json
from typing import Annotated

import typer

HELP = "Lessons: list them."

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", help="List the lessons, each with its one-line summary.")
def list_lessons(
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON list of names and summaries.")] = False,
) -> None:
    """List the lessons."""
    from bn_tutor.cli.output import console_for, output_look, until_reader_leaves
    from bn_tutor.course.catalogue import entries, summary
    from bn_tutor.views.greeting import lesson_lines

    rows = [(entry.name, summary(entry.path)) for entry in entries()]
    look = output_look()
    console = console_for(no_color=False)
    with until_reader_leaves():
        if as_json:
            console.print(json.dumps([{"name": name, "summary": text} for name, text in rows]))
            return
        for line in lesson_lines(rows, look):
            console.print(line)
