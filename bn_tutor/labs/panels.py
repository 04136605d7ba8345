"""What a panel shows: lines of a plot, which are columns of a table; each point is over the seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from bn_tutor.labs.lab import Panel
from bn_tutor.labs.rows import Row, Rows, Spread, spread
from bn_tutor.labs.training import LOST


@dataclass(frozen=True)
class Series:
    """One line of a panel: its name, and a spread of values at each place, in the order of the cells."""

    name: str
    points: Sequence[tuple[str | float, Spread]]

    @property
    def is_numeric(self) -> bool:
        """Whether all its places are numbers, so that it has a place at an axis."""
        return not any(isinstance(across, str) for across, _ in self.points)

    @property
    def is_drawn(self) -> bool:
        """Whether it can be drawn as a line: over numbers, more than one."""
        return len(self.points) > 1 and self.is_numeric


def series_of(panel: Panel, rows: Rows) -> tuple[Series, ...]:
    """Return the panel's lines. Rows of another kind, which lack a name of the panel's, are no part of it."""
    own = Rows(tuple(row for row in rows if _belongs(panel, row)))
    return tuple(_series(panel, str(name), own.where(**{panel.by: name})) for name in own.different(panel.by))


def place_text(place: str | float) -> str:
    """Return a place across as it is shown."""
    return place if isinstance(place, str) else f"{place:g}"


def number_text(panel: Panel, value: float, none: str) -> str:
    """Return a value in the panel's form; a word where a run was lost, and ``none`` where it is no number."""
    if isnan(value):
        return none
    return panel.form.format(value) if value < LOST else "lost"


def _belongs(panel: Panel, row: Row) -> bool:
    return all(name in row for name in (panel.by, panel.across, panel.value))


def _series(panel: Panel, name: str, rows: Rows) -> Series:
    points = [
        (across, spread(rows.where(**{panel.across: across}).values(panel.value)))
        for across in rows.different(panel.across)
    ]
    return Series(name, points)
