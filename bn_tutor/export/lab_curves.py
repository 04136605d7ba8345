"""The curves of a lab's panel: what of each can be drawn, and what has to be told instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, log10

from bn_tutor.labs.lab import Panel
from bn_tutor.labs.panels import Series
from bn_tutor.labs.rows import Spread
from bn_tutor.labs.ticks import LARGEST
from bn_tutor.labs.training import LOST


@dataclass(frozen=True)
class Point:
    """A median at its place, both as they are drawn: as logarithms where the panel says so."""

    across: float
    middle: float
    place: float
    values: Spread


@dataclass(frozen=True)
class Curve:
    """One line: in pieces, where something between is missing; and the places that are not drawn."""

    name: str
    pieces: tuple[tuple[Point, ...], ...]
    lost: tuple[float, ...]
    partly_lost: tuple[float, ...]
    off_scale: tuple[float, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """All that is drawn of it."""
        return tuple(point for piece in self.pieces for point in piece)


def is_lost(value: float) -> bool:
    """Whether a value is what remains of a run that was lost; nan is none at all."""
    return value >= LOST or abs(value) > LARGEST


def curve(panel: Panel, series: Series) -> Curve:
    """Return what can be drawn of a line; its places are numbers."""
    points = sorted(((float(place), values) for place, values in series.points), key=lambda each: each[0])
    drawn = [place for place, values in points if _point(panel, place, values)]
    off = [
        place
        for place, values in points
        if place not in drawn and not isnan(values.middle) and not is_lost(values.middle)
    ]
    return Curve(
        name=series.name,
        pieces=_pieces([_point(panel, place, values) for place, values in points]),
        lost=tuple(place for place, values in points if is_lost(values.middle)),
        partly_lost=tuple(place for place, values in points if place in drawn and is_lost(values.high)),
        off_scale=tuple(off),
    )


def drawn_number(number: float, is_log: bool) -> float | None:
    """Return a number as it is drawn; None where the scale has no place for it."""
    if not abs(number) <= LARGEST or (is_log and number <= 0):
        return None
    return log10(number) if is_log else number


def _point(panel: Panel, place: float, values: Spread) -> Point | None:
    across, middle = drawn_number(place, panel.log_across), drawn_number(values.middle, panel.log_value)
    if across is None or middle is None or is_lost(values.middle):
        return None
    return Point(across, middle, place, values)


def _pieces(points: Sequence[Point | None]) -> tuple[tuple[Point, ...], ...]:
    """Part the points where one is missing: no line is drawn over what is not known."""
    pieces: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            pieces[-1].append(point)
        elif pieces[-1]:
            pieces.append([])
    return tuple(tuple(piece) for piece in pieces if piece)


def notes(curves: Sequence[Curve]) -> list[str]:
    """Return in words what is not drawn."""
    told = {
        "lost": [(each.name, each.lost) for each in curves],
        "lost in some seeds": [(each.name, each.partly_lost) for each in curves],
        "not on these scales": [(each.name, each.off_scale) for each in curves],
    }
    return [f"{what}: {_places(named)}" for what, named in told.items() if any(places for _, places in named)]


def _places(named: Sequence[tuple[str, Sequence[float]]]) -> str:
    parts = [f"{name} at {', '.join(f'{place:g}' for place in places)}" for name, places in named if places]
    return "; ".join(parts)
