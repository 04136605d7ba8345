"""Arrays as aligned columns of numbers, cut to what fits; large ones with a summary."""

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from bn_tutor.course.numbers import number
from bn_tutor.engine.gradients import Array
from bn_tutor.views.columns import Block
from bn_tutor.views.look import FAINT, Look

MOST_ROWS = 6
# Statistics of a large array are told beside its first rows.
SUMMARY_FROM = 60


def array_block(
    title: Text,
    notes: Sequence[Text],
    value: Array,
    look: Look,
    element: tuple[int, ...] | None = None,
) -> Block:
    """Return an array under its title as a block, cut to the width there is; ``element`` is marked."""
    rows = array_rows(value, look, look.width - 3, element)
    return Block(title, notes, rows, _summary(value, look) if value.size >= SUMMARY_FROM else ())


def array_rows(value: Array, look: Look, width: int, element: tuple[int, ...] | None = None) -> list[Text]:
    """Return the lines that show an array within ``width`` columns; ``element`` is marked."""
    if value.size == 0:
        return [look.text("(empty)", FAINT)]
    rows, more = _rows(value, element)
    cell_width = max(len(look.shown(number(float(each), look.precision))) for row, _ in rows for each in row)
    columns = max(1, (width + 1) // (cell_width + 1))
    # The element that is followed is never left out; all rows are cut at the same columns.
    mark = next((mark for _, mark in rows if mark is not None), 0)
    window = _window(len(rows[0][0]), columns, mark)
    lines = [_line(row, mark, look, cell_width, window) for row, mark in rows]
    if more:
        lines.insert(len(lines) - 1, look.text(f"⋮ {more:,} more", FAINT))
    return lines


def matrix_lines(matrix: Array, look: Look, width: int) -> list[Text]:
    """Return the lines of a Jacobian: all its rows, and a dot for each of its many zeros."""
    written = [[_matrix_cell(float(each), look) for each in row] for row in matrix]
    cell_width = max((len(cell) for row in written for cell in row), default=1)
    columns = max(1, (width - 2) // (cell_width + 1))
    lines = []
    for row in written:
        text = " ".join(f"{cell:>{cell_width}}" for cell in row[:columns])
        lines.append(look.text(text + (" …" if len(row) > columns else "")))
    return lines


def _matrix_cell(value: float, look: Look) -> str:
    return look.shown(number(value, look.precision).replace("-", "−") if value else "·")


def _rows(value: Array, element: tuple[int, ...] | None) -> tuple[list[tuple[Array, int | None]], int]:
    """Return the rows to show, each with its marked column, and how many rows are left out."""
    # Two axes stay as they are: reshaping a spread gradient would copy it.
    table = value if value.ndim == 2 else value.reshape(-1, value.shape[-1] if value.ndim else 1)
    marked = np.unravel_index(np.ravel_multi_index(element, value.shape), table.shape) if element else None
    shown: Sequence[int] = range(len(table))
    if len(table) > MOST_ROWS:
        wanted = {int(marked[0])} if marked else set()
        shown = sorted({*range(MOST_ROWS - 2 - len(wanted)), *wanted, len(table) - 1})
    rows = [(table[at], int(marked[1]) if marked and marked[0] == at else None) for at in shown]
    return rows, len(table) - len(shown)


def _window(count: int, columns: int, mark: int) -> range:
    """Return the columns to show: all, or as many as fit, up to and including the marked one."""
    fits = count if count <= columns else max(1, columns - 1)
    first = max(0, mark - fits + 1)
    return range(first, first + fits)


def _line(row: Array, mark: int | None, look: Look, cell_width: int, window: range) -> Text:
    """Return one row of numbers, right-aligned, with a sign where columns are left out."""
    line = look.text("… " if window.start else "", FAINT)
    for at in window:
        written = look.shown(number(float(row[at]), look.precision).replace("-", "−"))
        line.append(" " if at > window.start else "")
        line.append(f"{written:>{cell_width}}", style="reverse" if at == mark else "")
    if window.stop < len(row):
        line.append(look.shown(" …"), style=FAINT)
    return line


def _summary(value: Array, look: Look) -> list[Text]:
    """Return the range and the mean."""
    numbers = (number(float(each), look.precision) for each in (value.min(), value.max(), value.mean()))
    low, high, mean = (each.replace("-", "−") for each in numbers)
    return [look.text(part, FAINT) for part in (f"{low} … {high},", f"mean {mean}")]
