"""``bn-tutor lesson new``: a lesson file to begin with."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

HELP = """\
Write a new lesson file: a small lesson that works, with comments on what to change.

\b
Examples:
  bn-tutor lesson new my-layer                  into ./lessons, if there is one, else here
  bn-tutor lesson new my-layer --folder drafts  into a folder of your choice
"""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, - and _; a letter first.")]
Folder = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Where to: ./lessons, else here, if not given.")
]


def new_lesson(name: Name, folder: Folder = None) -> None:
    """Write a new lesson; what --help shows is HELP."""
    from bn_tutor.cli.output import console_for, fail, output_look, show, until_reader_leaves
    from bn_tutor.course.catalogue import entries
    from bn_tutor.course.plain import one_line
    from bn_tutor.course.scaffold import ScaffoldError, write_scaffold

    if folder is not None and not folder.is_dir():
        fail(f"there is no folder {one_line(str(folder))}")
    # Two lessons of one name: then the name alone would not tell which is meant.
    if taken := next((entry for entry in entries() if entry.name == name), None):
        fail(f"there is a lesson {name} already, {one_line(str(taken.path))}: choose another name")
    try:
        path = write_scaffold(name, _usual_folder() if folder is None else folder)
    except ScaffoldError as error:
        fail(str(error))
    with until_reader_leaves():
        look = output_look()
        show([look.text(line) for line in _told(path)], console_for(no_color=False))


def _usual_folder() -> Path:
    lessons = Path("lessons")
    return lessons if lessons.is_dir() else Path()


def _told(path: Path) -> tuple[str, ...]:
    """Return what to say of the new file: where it is, and what to do next."""
    quoted = shlex.quote(str(path))
    return (
        f"{path} is a lesson that works. Change it, and see:",
        f"  bn-tutor lesson lint {quoted}",
        f"  bn-tutor walk {quoted}",
    )
