"""Rows of four cells: in columns where the width allows it, else each row's cells one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.views.look import Look
from bn_tutor.views.wrapping import wrapped

GAP = 2
# What the formula and the note need at least, where they are longer; with less room the cells are stacked.
LEAST_FORMULA, LEAST_NOTE = 16, 22


@dataclass(frozen=True)
class Row:
    """One row. ``sign`` joins label and formula where they stand on one line; ``depth`` indents the row."""

    label: Text
    sign: str
    formula: Text
    shapes: Text
    note: Text
    depth: int = 0


def grid_lines(parts: Sequence[Sequence[Row]], look: Look) -> list[list[Text]]:
    """Return the lines of each part; the columns of all of them stand under each other."""
    rows = [row for part in parts for row in part]
    widths = None if look.plain else _widths(rows, look.width)
    if widths is None:
        return [[line for row in part for line in _stacked(row, look.width)] for part in parts]
    return [[line for row in part for line in _in_columns(row, widths)] for part in parts]


def _widths(rows: Sequence[Row], width: int) -> tuple[int, int, int, int] | None:
    """Return the columns' widths; None where there is no room for them."""
    label = max((_label(row).cell_len for row in rows), default=0)
    formula = max((row.formula.cell_len for row in rows), default=0)
    shapes = max((row.shapes.cell_len for row in rows), default=0)
    note = max((row.note.cell_len for row in rows), default=0)
    room = width - label - shapes - 3 * GAP
    least = min(formula, LEAST_FORMULA)
    if room < least + min(note, LEAST_NOTE):
        return None
    # The formula may be as wide as it is long, but leaves the note its due, and takes what the note leaves.
    formula = min(formula, max(room - note, room * 2 // 5, least))
    return label, formula, shapes, room - formula


def _label(row: Row) -> Text:
    return Text("  " * row.depth).append_text(row.label)


def _in_columns(row: Row, widths: Sequence[int]) -> list[Text]:
    cells = [
        wrapped(cell, width)
        for cell, width in zip((_label(row), row.formula, row.shapes, row.note), widths, strict=True)
    ]
    lines = []
    for at in range(max(map(len, cells))):
        line = Text(no_wrap=True)
        for cell, width in zip(cells, widths, strict=True):
            shown = cell[at] if at < len(cell) else Text()
            line.append_text(shown).append(" " * (width - shown.cell_len + GAP))
        line.rstrip()
        lines.append(line)
    return lines


def _stacked(row: Row, width: int) -> list[Text]:
    """Return label and formula, and below them, a little further in, shapes and note."""
    indent = 2 * row.depth
    head = row.label.copy().append(row.sign if row.formula else "").append_text(row.formula)
    tail = [cell for cell in (row.shapes, row.note) if cell]
    beside = Text("  ").join(tail)
    if beside.cell_len <= width - indent - 2:
        tail = [beside] if beside else []
    below = [line for cell in tail for line in wrapped(cell, width, indent=indent + 2)]
    return [*wrapped(head, width, hanging=4, indent=indent), *below]
