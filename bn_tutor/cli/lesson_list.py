"""``bn-tutor lesson list``: the lessons there are, from all places."""

import sys
from typing import Annotated

import typer

HELP = """\
List the lessons, each with its one-line summary.

Lessons come with bn-tutor, from ./lessons, from the folders and files that BN_TUTOR_LESSONS names, and from
installed lesson packs. They stand in an order to learn them in.
"""


def list_lessons(
    as_json: Annotated[
        bool, typer.Option("--json", help="As a JSON list of names, summaries, sources and paths.")
    ] = False,
) -> None:
    """List the lessons; what is wrong with a place is told on stderr, and is no failure of the list."""
    from bn_tutor.cli.output import console_for, output_look, show, tell, until_reader_leaves
    from bn_tutor.course.catalogue import survey
    from bn_tutor.course.curriculum import in_order
    from bn_tutor.export.lesson_rows import lesson_rows
    from bn_tutor.views.lesson_list import lesson_lines

    entries, problems = survey()
    lessons = in_order(entries)
    with until_reader_leaves():
        if as_json:
            sys.stdout.write(lesson_rows(lessons))
        else:
            show(lesson_lines(lessons, output_look()), console_for(no_color=False))
    for problem in problems:
        tell(str(problem))
