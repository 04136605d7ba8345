"""``bn-tutor lesson explain``: what a code of ``lesson lint`` means."""

import re
from typing import Annotated

import typer

HELP = "Explain a code that `lesson lint` shows, such as unknown-name; without one, list them all."


def _complete_code(incomplete: str) -> list[str]:
    from bn_tutor.course.codes import Code

    return [code.value for code in Code if code.value.startswith(incomplete)]


Wanted = Annotated[str, typer.Argument(metavar="[CODE]", help="The code.", autocompletion=_complete_code)]


def explain(code: Wanted = "") -> None:
    """Explain a code; what --help shows is HELP."""
    from bn_tutor.cli.output import console_for, fail, output_look, show, until_reader_leaves
    from bn_tutor.course.codes import Code
    from bn_tutor.course.explanations import explanations
    from bn_tutor.course.plain import one_line
    from bn_tutor.course.problem import did_you_mean
    from bn_tutor.views.explanation import explanation_lines, index_lines

    known = explanations()
    # A code may be given as it is shown, error[code], with whatever else of the line was copied.
    shown = re.search(r"(?:error|warning)\[([\w-]+)\]", code)
    wanted = shown[1] if shown else code.strip().lower()
    if wanted and wanted not in known:
        hint = did_you_mean(wanted, list(Code)) or "bn-tutor lesson explain lists them"
        fail(f"there is no code {one_line(code, 60)} ({hint})")
    look = output_look()
    lines = explanation_lines(wanted, known[wanted], look) if wanted else index_lines(known, look)
    with until_reader_leaves():
        show(lines, console_for(no_color=False))
