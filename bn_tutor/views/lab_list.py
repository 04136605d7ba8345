"""The labs there are, each with its question."""

from collections.abc import Sequence

from rich.text import Text

from bn_tutor.labs.lab import Lab
from bn_tutor.views.look import FAINT, Look
from bn_tutor.views.wrapping import broken, moved, wrapped

GAP = 2
# Where the question would have less room beside the name, it goes below.
LEAST = 30


def lab_list_lines(labs: Sequence[Lab], look: Look) -> list[Text]:
    """Return a line for each lab, its name first."""
    column = max(len(lab.name) for lab in labs) + GAP
    lines = [line for lab in labs for line in _lab(lab, column, look)]
    hint = look.text(
        "bn-tutor lab NAME runs one; --quick in a few seconds; lab claims is what they say.", FAINT
    )
    return [*lines, Text(), *wrapped(hint, look.width)]


def _lab(lab: Lab, column: int, look: Look) -> list[Text]:
    name = look.text(lab.name, "bold cyan")
    if look.plain or look.width - column < LEAST:
        return [*wrapped(name, look.width), *wrapped(look.text(lab.question), look.width, indent=2)]
    name.append(" " * (column - name.cell_len))
    first, *others = broken(look.text(lab.question), look.width - column)
    return [name.append_text(first), *(moved(line, column) for line in others)]
