"""A lab's panel as a table: a row for each place across, a column for each line, medians with their range."""

from collections.abc import Sequence

from rich.text import Text

from bn_tutor.labs.lab import Panel
from bn_tutor.labs.panels import Series
from bn_tutor.labs.rows import Spread
from bn_tutor.views.look import FAINT, Look
from bn_tutor.views.wrapping import wrapped

GAP = 2
INDENT = 2
NONE = "-"


def table_lines(panel: Panel, series: Sequence[Series], look: Look) -> list[Text]:
    """Return the table; columns that do not fit beside the others go below them, in a table of their own."""
    places = _places(series)
    head = _column(panel.across, places, look)
    columns = [_values(panel, each, places, look) for each in series]
    if look.plain or INDENT + _width(head) + GAP + max(map(_width, columns)) > look.width:
        return _sentences(panel, series, look)
    lines: list[Text] = []
    for group in _grouped(head, columns, look.width):
        lines += [Text(), *_rows([head, *group])] if lines else _rows([head, *group])
    return lines


def place_text(place: str | float) -> str:
    """Return a place across as it is shown."""
    return place if isinstance(place, str) else f"{place:g}"


def _places(series: Sequence[Series]) -> list[str | float]:
    """Return every place across, numbers by size and words as they first come."""
    found = list(dict.fromkeys(place for each in series for place, _ in each.points))
    return sorted(found, key=float) if not any(isinstance(place, str) for place in found) else found


def _values(panel: Panel, series: Series, places: Sequence[str | float], look: Look) -> list[Text]:
    """Return one column: middles that end under each other, and behind each its range."""
    found = dict(series.points)
    middles = [panel.form.format(found[place].middle) if place in found else NONE for place in places]
    width = max(map(len, middles))
    cells = [look.text(series.name, "bold")]
    for place, middle in zip(places, middles, strict=True):
        range_text = _range(panel, found[place]) if place in found else ""
        cells.append(look.text(middle.rjust(width)).append(look.shown(range_text), FAINT))
    return cells


def _range(panel: Panel, values: Spread) -> str:
    low, high = panel.form.format(values.low), panel.form.format(values.high)
    between = " to " if high.startswith("-") else "–"
    return f" {low}{between}{high}" if low != high else ""


def _column(name: str, places: Sequence[str | float], look: Look) -> list[Text]:
    """Return the column of places: numbers end under each other, words begin so."""
    texts = [place_text(place) for place in places]
    width = max(map(len, texts), default=0)
    shown = (
        text if isinstance(place, str) else text.rjust(width)
        for text, place in zip(texts, places, strict=True)
    )
    return [look.text(name, "bold"), *map(look.text, shown)]


def _grouped(head: Sequence[Text], columns: Sequence[list[Text]], width: int) -> list[list[list[Text]]]:
    """Return the columns in as many groups as it takes for each to fit beside the head."""
    groups: list[list[list[Text]]] = [[]]
    used = start = INDENT + _width(head)
    for column in columns:
        if groups[-1] and used + GAP + _width(column) > width:
            groups.append([])
            used = start
        groups[-1].append(column)
        used += GAP + _width(column)
    return groups


def _width(column: Sequence[Text]) -> int:
    return max(cell.cell_len for cell in column)


def _rows(columns: Sequence[Sequence[Text]]) -> list[Text]:
    widths = [_width(column) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        line = Text(" " * INDENT, no_wrap=True)
        for cell, width in zip(cells, widths, strict=True):
            line.append_text(cell).append(" " * (width - cell.cell_len + GAP))
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
