"""Two columns, the left one for names; one below the other where they do not fit."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from bn_tutor.views.look import Look


def two_columns(rows: Sequence[tuple[str, str]], look: Look) -> list[Text]:
    """Return one line a row, or two where not all rows fit the width."""
    shown = [(look.shown(name), look.shown(text)) for name, text in rows]
    left = max((cell_len(name) for name, _ in shown), default=0)
    fits = all(left + cell_len(text) + 4 <= look.width for _, text in shown)
    lines = []
    for name, text in shown:
        line = look.text(f"  {set_cell_size(name, left)}  " if fits else f"  {name}", "bold")
        if fits:
            lines.append(line.append(text, style="not bold"))
        else:
            lines += [line, look.text(f"    {text}", "dim")]
    return lines
