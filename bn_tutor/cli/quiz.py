"""``bn-tutor quiz``: questions on the backward pass, with feedback that names the mistake."""

from pathlib import Path
from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_lesson
from bn_tutor.cli.options import NoColor, Plain, SetSwitch

HELP = """\
Questions from a lesson's graph, with feedback that names the mistake.

\b
Examples:
  bn-tutor quiz                            ten questions on batchnorm
  bn-tutor quiz gates linear --count 5     on other lessons
  bn-tutor quiz --kind formula             write gradients as NumPy
  bn-tutor quiz --due                      what should be asked again by now
  bn-tutor quiz dropout --set mode=inference
  bn-tutor quiz --seed 3 --answers my.txt  answers from a file, one a line

\b
Kinds: next, shape, local, number, formula, whole, join, line, order, own.
While you answer: ? is help, h a hint, r shows the answer, s skips, q ends.
"""

Lessons = Annotated[
    list[str] | None,
    typer.Argument(metavar="[LESSON...]", help="Lessons or files.", autocompletion=complete_lesson),
]
Count = Annotated[int, typer.Option("--count", min=1, max=200, help="How many questions.")]
Kind = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this kind; repeatable.")]
Seed = Annotated[
    int | None, typer.Option("--seed", help="The same questions again; else new ones each time.")
]
Due = Annotated[
    bool, typer.Option("--due", help="First what is due for review, in all lessons unless some are named.")
]
Answers = Annotated[
    Path | None, typer.Option("--answers", metavar="FILE", help="Answers, one a line; - is stdin.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the session as one JSON document; needs --answers.")
]


def quiz(
    lessons: Lessons = None,
    count: Count = 10,
    kind: Kind = None,
    seed: Seed = None,
    switch: SetSwitch = None,
    due: Due = False,
    answers: Answers = None,
    as_json: AsJson = False,
    plain: Plain = False,
    no_color: NoColor = False,
) -> None:
    """Ask questions; what --help shows is HELP."""
    from bn_tutor.cli.output import fail, is_terminal, wants_plain
    from bn_tutor.cli.quizzing import Options, run
    from bn_tutor.cli.targets import parse_choices

    _refuse_unknown(kind or [])
    if as_json and answers is None:
        fail("--json needs the answers from a file: --answers FILE, or - for stdin")
    if answers is None and not is_terminal():
        fail("the quiz needs a terminal, or answers from a file: --answers FILE")
    options = Options(
        lessons=tuple(dict.fromkeys(lessons or [])),
        choices=parse_choices(switch or []),
        count=count,
        kinds=tuple(kind or ()),
        seed=seed,
        due=due,
        answers=answers,
        as_json=as_json,
        is_plain=plain or wants_plain(),
        no_color=no_color,
    )
    run(options)


def _refuse_unknown(kinds: list[str]) -> None:
    from bn_tutor.cli.output import fail
    from bn_tutor.course.plain import one_line
    from bn_tutor.course.problem import did_you_mean
    from bn_tutor.practice.choosing import MAKERS

    for kind in kinds:
        if kind not in MAKERS:
            hint = did_you_mean(kind, MAKERS) or f"there are: {', '.join(MAKERS)}"
            fail(f"there is no kind {one_line(kind, 40)} ({hint})")
