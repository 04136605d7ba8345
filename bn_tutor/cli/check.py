"""``bn-tutor check``: a learner's own code, compared; its first wrong line, located and named."""

from pathlib import Path
from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_function, complete_lesson
from bn_tutor.cli.options import NoColor, Plain

HELP = """\
Check your own batch norm: is it right, and if not, which line is wrong, and why?

\b
Examples:
  bn-tutor check my_bn.py                   every layer that the file has
  bn-tutor check my_bn.py --show-fix        with the line as it could be
  bn-tutor check my_bn.py --function batchnorm_backward_alt
  bn-tutor check mine.py --function forward=fwd --function backward=bwd
  bn-tutor check swish.py --lesson swish    functions for any lesson's graph
  bn-tutor check my_bn.py --watch           again at each save

\b
It runs your file as you, in a process of its own, for a limited time; it is no sandbox.
Exit status: 0 all is right, 1 something is wrong, 2 it could not be checked.
"""
STATUS = {"right": 0, "wrong": 1, "error": 2}

File = Annotated[Path, typer.Argument(metavar="FILE.py", help="The Python file with your functions.")]
Functions = Annotated[
    list[str] | None,
    typer.Option(
        "--function",
        metavar="NAME",
        help="Only this function; or forward=NAME, backward=NAME; repeatable.",
        autocompletion=complete_function,
    ),
]
Lesson = Annotated[
    str | None,
    typer.Option(
        "--lesson",
        metavar="LESSON",
        help="Check against the graph of this lesson, or lesson file.",
        autocompletion=complete_lesson,
    ),
]
ShowFix = Annotated[bool, typer.Option("--show-fix", help="Show the line as it could be, not only a hint.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as one JSON document; with --watch one a line.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Check again each time the file is saved; q ends it.")]
Limit = Annotated[
    float, typer.Option("--time-limit", metavar="S", min=0.5, max=600, help="Seconds the file may run.")
]


def check(
    file: File,
    function: Functions = None,
    lesson: Lesson = None,
    show_fix: ShowFix = False,
    as_json: AsJson = False,
    watch: Watch = False,
    plain: Plain = False,
    no_color: NoColor = False,
    time_limit: Limit = 10.0,
) -> None:
    """Check a file; what --help shows is HELP."""
    import numpy as np

    from bn_tutor.checker.checking import Wish
    from bn_tutor.cli.check_once import Manner, checked, refused
    from bn_tutor.cli.check_watch import watched
    from bn_tutor.cli.output import fail, until_reader_leaves, wants_plain
    from bn_tutor.course.loading import LessonError, load

    try:
        against = load(lesson) if lesson else None
    except LessonError as error:
        if not as_json:
            fail(str(error))
        with until_reader_leaves():
            refused(file, error)
        raise typer.Exit(STATUS["error"]) from None
    wish = Wish(tuple(function or ()), against, time_limit)
    manner = Manner(show_fix, as_json, plain or wants_plain(), no_color)
    with np.errstate(all="ignore"), until_reader_leaves():
        report = watched(file, wish, manner) if watch else checked(file, wish, manner)
    # The learner may have left before the first check was done.
    if status := STATUS[report.verdict if report is not None else "error"]:
        raise typer.Exit(status)
