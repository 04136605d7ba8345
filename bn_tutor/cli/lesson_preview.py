"""``bn-tutor lesson preview``: walk a lesson file while it is being edited."""

from pathlib import Path
from typing import Annotated

import typer

HELP = """\
Walk a lesson file in one window while you edit it in another.

\b
Whenever the file is saved, the walk is made anew and stays where it is; what lint finds is said below.
A file that cannot be walked shows its problems in place of the frame, until it is mended.
Keys are those of walk: ? lists them, q quits.
"""

File = Annotated[Path, typer.Argument(metavar="FILE.md", help="The lesson file.")]
Plain = Annotated[bool, typer.Option("--plain", help="Append only, for screen readers (also ACCESSIBLE=1).")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours (also NO_COLOR).")]
Width = Annotated[int | None, typer.Option("--width", min=10, max=1000, help="Columns to draw in.")]


def preview_lesson(file: File, plain: Plain = False, no_color: NoColor = False, width: Width = None) -> None:
    """Preview a lesson; what --help shows is HELP."""
    from bn_tutor.cli.output import fail, is_terminal, output_look, wants_plain
    from bn_tutor.cli.previewing import preview
    from bn_tutor.course.plain import one_line

    if not is_terminal():
        fail("preview needs a terminal; bn-tutor walk FILE.md prints every frame, lesson lint every problem")
    if file.suffix != ".md" or not file.is_file():
        fail(f"there is no lesson file {one_line(str(file))} (a lesson's name ends in .md)")
    look = output_look(width=width, is_plain=plain or wants_plain())
    preview(file, look, width=width, no_color=no_color)
