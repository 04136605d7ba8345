"""What ``bn-tutor`` alone says: what it is, what to try, which lessons there are."""

from collections.abc import Sequence

from rich.text import Text

from bn_tutor.course.catalogue import entries, summary
from bn_tutor.views.look import Look

TRY = (
    ("bn-tutor walk batchnorm", "nine nodes forward, ten steps back"),
    ("bn-tutor walk batchnorm --predict", "answer before you see"),
    ("bn-tutor walk my_bn.py:batchnorm_forward", "a function of your own"),
)


def greeting_lines(look: Look) -> list[Text]:
    """Return the greeting."""
    return [
        look.text("bn-tutor", "bold cyan").append(look.shown(" — batch norm's backward pass, node by node.")),
        Text(),
        look.text("Try", "bold"),
        *_table(TRY, look),
        Text(),
        look.text("Lessons", "bold"),
        *lesson_lines([(entry.name, summary(entry.path)) for entry in entries()], look),
        Text(),
        look.text("bn-tutor walk --help lists what a walk can do; ? shows the keys.", "dim"),
    ]


def lesson_lines(rows: Sequence[tuple[str, str]], look: Look) -> list[Text]:
    """Return one line a lesson: its name and its summary."""
    return _table(rows, look)


def _table(rows: Sequence[tuple[str, str]], look: Look) -> list[Text]:
    """Return two columns; one below the other where they do not fit."""
    left = max((len(row[0]) for row in rows), default=0)
    fits = all(left + len(row[1]) + 4 <= look.width for row in rows)
    lines = []
    for name, text in rows:
        line = look.text(f"  {name:<{left}}  " if fits else f"  {name}", "bold")
        if fits:
            lines.append(line.append(look.shown(text), style="not bold"))
        else:
            lines += [line, look.text(f"    {text}", "dim")]
    return lines
