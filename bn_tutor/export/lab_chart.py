"""A lab's panel as a chart: axes with a light grid, a band and a line for each curve, and a legend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log10
from xml.sax.saxutils import escape

from bn_tutor.export.lab_curves import Curve, Point, drawn_number, is_lost, notes
from bn_tutor.export.markers import Sign, line, marker, sign_at, way
from bn_tutor.export.svg_parts import (
    GREY,
    INNER,
    MARGIN,
    WIDTH,
    Block,
    Style,
    clean,
    element,
    gap,
    paragraph,
    stacked,
    text,
    text_width,
    wrapped,
)
from bn_tutor.labs.lab import Panel
from bn_tutor.labs.ticks import LARGEST, TINY, ticks

TOP, HEIGHT = 26.0, 320.0
GRID, AXIS = "#e4e4e4", "#444444"
SMALL = Style(13.0, colour=GREY)
NORMAL = Style(14.0)
MOST_ACROSS, MOST_UP = 12, 8
# The most that a number beside the axis may take.
WIDEST = 120.0
# Room between the outermost signs and the axes, of the axis; of a value that does not change; and of its
# logarithm.
ROOM, ROOM_OF_ONE, ROOM_OF_POWER = 0.04, 0.1, 0.5
# How far ranges may reach beyond all medians, of the way between those, before they are cut.
FAR = 5.0
# Dashes for curves that lie on each other: the first is whole, and is seen between those of the others.
DASHES = ("", "9 7", "3 13", "6 3 2 3")
# How much larger is the sign of a curve that others lie on, for each of them up to two.
LARGER, MOST_LARGER = 3.0, 2
ITEM, ITEM_GAP, KEY = 21.0, 26.0, 44.0


# A place in the picture.
Spot = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """A scale from one place in the picture to another; its numbers are as they are drawn."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool

    def at(self, number: float) -> float:
        """Return where a number is drawn; at the edge, where it lies beyond."""
        share = (number - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def marks(self, shown: Callable[[float], str], most: int) -> list[tuple[float, str]]:
        """Return round numbers on it, with what is written at each; no two read the same."""
        inside = [each for each in self._round(most) if self.low <= each <= self.high]
        named = [(each, shown(10**each if self.is_log else each)) for each in inside]
        for step in range(1, len(named) + 1):
            if len({name for _, name in named[::step]}) == len(named[::step]):
                return named[::step]
        return []

    def _round(self, most: int) -> list[float]:
        """Return round numbers as they are drawn; more than powers have where these are too few."""
        powers = ticks([self.low, self.high], self.is_log, most)
        if not self.is_log or self.high - self.low > 1:
            return powers
        return [log10(each) for each in ticks([10**self.low, 10**self.high], False, most) if each > 0]


@dataclass(frozen=True)
class Frame:
    """Both axes of a chart."""

    across: Axis
    up: Axis

    def place(self, point: Point) -> Spot:
        """Return where a point's median is drawn."""
        return self.across.at(point.across), self.up.at(point.middle)

    def ends(self, point: Point) -> tuple[float, float]:
        """Return the heights of a point's lowest and highest value."""
        return self._height(point.values.low, self.up.low), self._height(point.values.high, self.up.high)

    def _height(self, value: float, beyond: float) -> float:
        drawn = drawn_number(value, self.up.is_log)
        return self.up.at(beyond if drawn is None else drawn)


def chart(panel: Panel, curves: Sequence[Curve], numbers: Mapping[str, int]) -> Block:
    """Return the chart with its legend, and what is not drawn in words; a curve at least has a point.

    ``numbers`` has each curve's by its name; it decides on the sign.
    """
    drawn = [each for each in curves if each.points]
    frame = _frame(panel, drawn)
    dashes = _dashes([[frame.place(point) for point in each.points] for each in drawn])
    signs = [
        replace(sign_at(numbers[each.name]), dashes=own) for each, own in zip(drawn, dashes, strict=True)
    ]
    parts = _axes(panel, frame)
    for each, sign in zip(drawn, signs, strict=True):
        parts.append(_band(each, sign, frame))
    for number, (each, sign) in enumerate(zip(drawn, signs, strict=True)):
        parts += [line(sign, [frame.place(at) for at in piece]) for piece in each.pieces if len(piece) > 1]
        above = [_rounded(frame.place(at)) for later in drawn[number + 1 :] for at in later.points]
        parts += [_marker(panel, each, sign, at, frame, above) for at in each.points]
    told = notes(curves)
    if any(_is_cut(point, frame) for each in drawn for point in each.points):
        told.append("A range that reaches the edge of the plot goes on beyond it.")
    blocks = [Block(TOP + HEIGHT + 52, tuple(parts)), _legend([each.name for each in drawn], signs)]
    return stacked([*blocks, gap(4), *(paragraph(each, SMALL) for each in told)])


# --- axes -------------------------------------------------------------------------------------------------


def _frame(panel: Panel, curves: Sequence[Curve]) -> Frame:
    points = [point for each in curves for point in each.points]
    low, high = _reach([point.middle for point in points], _ends(panel, points), panel.log_value)
    up = Axis(low, high, TOP + HEIGHT, TOP, panel.log_value)
    width = max((text_width(name, SMALL) for _, name in _values(panel, up)), default=0.0)
    low, high = _reach([point.across for point in points], [], panel.log_across)
    return Frame(Axis(low, high, MARGIN + width + 14, WIDTH - MARGIN, panel.log_across), up)


def _values(panel: Panel, up: Axis) -> list[tuple[float, str]]:
    """Return the marks of the values in the panel's form; in fewer digits where these take too much room."""
    marks = up.marks(panel.form.format, MOST_UP)
    is_wide = any(text_width(name, SMALL) > WIDEST for _, name in marks)
    return up.marks("{:.3g}".format, MOST_UP) if is_wide else marks


def _ends(panel: Panel, points: Sequence[Point]) -> list[float]:
    """Return the lowest and highest values that have a place on the scale."""
    values = [end for point in points for end in (point.values.low, point.values.high)]
    ends = [drawn_number(value, panel.log_value) for value in values if not is_lost(value)]
    return [end for end in ends if end is not None]


def _reach(middles: Sequence[float], ends: Sequence[float], is_log: bool) -> tuple[float, float]:
    """Return from where to where an axis goes: over all medians, and over ranges unless they are far off."""
    low, high = min(middles), max(middles)
    beyond = FAR * (high - low)
    near = [end for end in ends if _is_flat(low, high) or low - beyond <= end <= high + beyond]
    low, high = min([low, *near]), max([high, *near])
    if not _is_flat(low, high):
        room = ROOM * (high - low)
    elif is_log:
        room = ROOM_OF_POWER
    else:
        room = ROOM_OF_ONE * abs(low) if abs(low) > 1 / LARGEST else 1.0
    return low - room, high + room


def _is_flat(low: float, high: float) -> bool:
    return high - low <= max(TINY * max(abs(low), abs(high)), 1 / LARGEST)


def _axes(panel: Panel, frame: Frame) -> list[str]:
    across, up = frame.across, frame.up
    parts = [text(_scale_name(panel.value, panel.log_value), MARGIN, 14, SMALL)]
    for mark, name in _values(panel, up):
        y = up.at(mark)
        parts += [
            _ruler(across.start, y, across.end, y, GRID),
            text(name, across.start - 8, y + 4.5, SMALL, "end"),
        ]
    for mark, name in across.marks("{:g}".format, MOST_ACROSS):
        x = across.at(mark)
        parts.append(_ruler(x, up.start, x, up.end, GRID))
        parts.append(text(name, x, up.start + 19, SMALL, "middle"))
    parts += [
        _ruler(across.start, up.start, across.end, up.start, AXIS),
        _ruler(across.start, up.start, across.start, up.end, AXIS),
    ]
    middle = (across.start + across.end) / 2
    return [*parts, text(_scale_name(panel.across, panel.log_across), middle, up.start + 41, SMALL, "middle")]


def _scale_name(name: str, is_log: bool) -> str:
    return f"{wrapped(name, INNER / 2, SMALL)[0]}{' (logarithmic)' if is_log else ''}"


def _ruler(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=1.0)


# --- curves -----------------------------------------------------------------------------------------------


def _dashes(curves: Sequence[Sequence[Spot]]) -> list[str]:
    """Return how the line of each curve is broken: those that lie on each other each in its own way."""
    own = [{_rounded(spot) for spot in each} for each in curves]
    below = [sum(_share(own[number], other) for other in own[:number]) for number in range(len(own))]
    return [DASHES[many % len(DASHES)] for many in below]


def _rounded(spot: Spot) -> tuple[int, int]:
    """Return a place in halves of a pixel: what differs by less is not seen to differ."""
    return round(2 * spot[0]), round(2 * spot[1])


def _share(some: set[tuple[int, int]], others: set[tuple[int, int]]) -> bool:
    """Whether two curves lie on each other, at half of their points or more; one point is no line."""
    fewer = min(len(some), len(others))
    return len(some & others) >= max(min(2, fewer), fewer / 2)


def _band(curve: Curve, sign: Sign, frame: Frame) -> str:
    """Return what lies between the lowest and the highest values; an upright where a point is alone."""
    parts = []
    for piece in curve.pieces:
        ends = [(frame.across.at(point.across), *frame.ends(point)) for point in piece]
        if len(piece) == 1:
            ((x, low, high),) = ends
            parts.append(element("line", x1=x, y1=low, x2=x, y2=high, stroke=sign.colour, stroke_width=2.0))
        else:
            around = [(x, low) for x, low, _ in ends] + [(x, high) for x, _, high in reversed(ends)]
            parts.append(element("path", d=way(around) + " Z", fill=sign.colour, fill_opacity=0.16))
    return element("g", *parts, class_="band")


def _is_cut(point: Point, frame: Frame) -> bool:
    ends = [drawn_number(end, frame.up.is_log) for end in (point.values.low, point.values.high)]
    return any(end is None or not frame.up.low <= end <= frame.up.high for end in ends)


def _marker(
    panel: Panel, curve: Curve, sign: Sign, point: Point, frame: Frame, above: Sequence[tuple[int, int]]
) -> str:
    """Return a point's sign, larger where others lie on it; and its numbers, for a pointer."""
    spot = frame.place(point)
    larger = LARGER * min(above.count(_rounded(spot)), MOST_LARGER)
    told = f"{curve.name}, {panel.across} {point.place:g}: {point.values.text(panel.form)}"
    title = element("title", escape(clean(told)))
    return marker(replace(sign, radius=sign.radius + larger), *spot, title)


# --- the legend -------------------------------------------------------------------------------------------


def _legend(names: Sequence[str], signs: Sequence[Sign]) -> Block:
    """Return each curve's sign and name, as many in a row as there is room for."""
    parts, x, y = list[str](), MARGIN, 0.0
    for name, sign in zip(names, signs, strict=True):
        lines = wrapped(name, INNER - KEY, NORMAL)
        width = KEY + max(text_width(each, NORMAL) for each in lines)
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + ITEM
        parts.append(_item(lines, sign, x, y))
        x += width + ITEM_GAP
        if len(lines) > 1:
            x, y = MARGIN, y + ITEM * len(lines)
    return Block(y + ITEM * (x > MARGIN) + 6, tuple(parts))


def _item(lines: Sequence[str], sign: Sign, x: float, y: float) -> str:
    middle = y + ITEM / 2
    names = (text(each, x + KEY, middle + 5 + at * ITEM, NORMAL) for at, each in enumerate(lines))
    key = line(sign, [(x, middle), (x + 34, middle)]), marker(sign, x + 17, middle)
    return element("g", *key, *names, class_="legend")
