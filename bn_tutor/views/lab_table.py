"""A lab's panel as a table: a row for each place across, a column for each line, medians with their range."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.labs.lab import Panel
from bn_tutor.labs.panels import Series, number_text, place_text
from bn_tutor.labs.rows import Spread
from bn_tutor.views.look import FAINT, Look
from bn_tutor.views.wrapping import broken, wrapped

GAP = 2
INDENT = 2
NONE = "-"
# The name of a column is broken where it is longer than this, and than what stands below it.
NAME = 10


@dataclass(frozen=True)
class Column:
    """A column: the lines of its name, and its cells."""

    name: Sequence[Text]
    cells: Sequence[Text]

    @property
    def width(self) -> int:
        """How many columns of the screen it takes."""
        return _width([*self.name, *self.cells])


def table_lines(panel: Panel, series: Sequence[Series], look: Look) -> list[Text]:
    """Return the table; columns that do not fit beside the others go below them, in a table of their own."""
    places = _places(series)
    head = _places_column(panel.across, places, look)
    columns = [_values(panel, each, places, look) for each in series]
    if look.plain or INDENT + head.width + GAP + max(each.width for each in columns) > look.width:
        return _sentences(panel, series, look)
    lines: list[Text] = []
    for group in _grouped(head, columns, look.width):
        lines += [Text(), *_rows([head, *group])] if lines else _rows([head, *group])
    return lines


def _places(series: Sequence[Series]) -> list[str | float]:
    """Return every place across, numbers by size and words as they first come."""
    found = list(dict.fromkeys(place for each in series for place, _ in each.points))
    return sorted(found, key=float) if not any(isinstance(place, str) for place in found) else found


def _values(panel: Panel, series: Series, places: Sequence[str | float], look: Look) -> Column:
    """Return one column: middles that end under each other, and behind each its range."""
    found = dict(series.points)
    middles = [number_text(panel, found[place].middle, NONE) if place in found else NONE for place in places]
    width = max(map(len, middles))
    cells = []
    for place, middle in zip(places, middles, strict=True):
        range_text = _range(panel, found[place]) if place in found else ""
        cells.append(look.text(middle.rjust(width)).append(look.shown(range_text), FAINT))
    return Column(broken(look.text(series.name, "bold"), max(_width(cells), NAME)), cells)


def _range(panel: Panel, values: Spread) -> str:
    low, high = (number_text(panel, each, NONE) for each in (values.low, values.high))
    between = " to " if high.startswith("-") else "–"
    return f" {low}{between}{high}" if low != high else ""


def _places_column(name: str, places: Sequence[str | float], look: Look) -> Column:
    """Return the column of places: numbers end under each other, words begin so."""
    texts = [place_text(place) for place in places]
    width = max(map(len, texts), default=0)
    shown = (
        text if isinstance(place, str) else text.rjust(width)
        for text, place in zip(texts, places, strict=True)
    )
    return Column([look.text(name, "bold")], [look.text(text) for text in shown])


def _grouped(head: Column, columns: Sequence[Column], width: int) -> list[list[Column]]:
    """Return the columns in as many groups as it takes for each to fit beside the head."""
    groups: list[list[Column]] = [[]]
    used = start = INDENT + head.width
    for column in columns:
        if groups[-1] and used + GAP + column.width > width:
            groups.append([])
            used = start
        groups[-1].append(column)
        used += GAP + column.width
    return groups


def _width(cells: Sequence[Text]) -> int:
    return max((cell.cell_len for cell in cells), default=0)


def _rows(columns: Sequence[Column]) -> list[Text]:
    """Return the lines of columns beside each other; their names end on one line."""
    names = max(len(column.name) for column in columns)
    stacked = [[*[Text()] * (names - len(column.name)), *column.name, *column.cells] for column in columns]
    lines = []
    for cells in zip(*stacked, strict=True):
        line = Text(" " * INDENT, no_wrap=True)
        for cell, column in zip(cells, columns, strict=True):
            line.append_text(cell).append(" " * (column.width - cell.cell_len + GAP))
        line.rstrip()
        lines.append(line)
    return lines


def _sentences(panel: Panel, series: Sequence[Series], look: Look) -> list[Text]:
    """Return the table for a screen reader, or a narrow window: a line for each place, with all names."""
    lines: list[Text] = []
    for place in _places(series):
        told = [
            f"{each.name} {dict(each.points)[place].text(panel.form)}" for each in series if _has(each, place)
        ]
        lines += wrapped(look.text(f"{panel.across} {place_text(place)}: {', '.join(told)}"), look.width)
    return lines


def _has(series: Series, place: str | float) -> bool:
    return place in dict(series.points)
