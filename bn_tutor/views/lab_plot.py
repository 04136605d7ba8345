"""A lab's panel as a plot, by plotext, which is an extra: ``pip install 'bn-tutor[labs]'``."""

from collections.abc import Sequence
from math import isfinite, log10, nan

# By name: version 6 is another library under the same name, and this tells at once.
from plotext import build, clear_figure, plot, plotsize, scatter, theme, xlabel, xticks, yticks
from rich.text import Text

from bn_tutor.labs.lab import Panel
from bn_tutor.labs.panels import Series, place_text
from bn_tutor.labs.ticks import LARGEST, ticks
from bn_tutor.views.look import Look
from bn_tutor.views.wrapping import filled

HEIGHT = 15
WIDEST = 100
# A plot that is narrower shows nothing.
NARROWEST = 30
# No line is told by its colour alone: each has a sign of its own.
SIGNS = "●▲■◆○△"
ASCII_SIGNS = "ox+*#@"
# What lines are drawn with. Finer signs, such as braille, are missing from many fonts.
DOT, ASCII_DOT = "·", "."
COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")


def plot_lines(panel: Panel, series: Sequence[Series], look: Look) -> list[Text]:
    """Return the plot with its legend; nothing where there is nothing to draw, or no room for it."""
    drawn = [each for each in series if each.is_drawn and _points(panel, each)[0]]
    if not drawn or look.width < NARROWEST or look.plain:
        return []
    signs = (ASCII_SIGNS if look.ascii else SIGNS)[: len(drawn)]
    figure = _figure(panel, drawn, signs, look)
    lines = [Text.from_ansi(line) for line in figure.splitlines()]
    return [*_legend(drawn, signs, look), *(_shown(line, look) for line in lines)]


def _figure(panel: Panel, series: Sequence[Series], signs: str, look: Look) -> str:
    """Draw the lines; plotext has but one figure, which is cleared before and after."""
    clear_figure()
    theme("clear")
    plotsize(min(look.width - 2, WIDEST), HEIGHT)
    for at, (each, sign) in enumerate(zip(series, signs, strict=False)):
        places, middles = _points(panel, each)
        colour = COLOURS[at % len(COLOURS)]
        plot(places, middles, marker=ASCII_DOT if look.ascii else DOT, color=colour)
        scatter(places, middles, marker=sign, color=colour)
    _scale(panel, series)
    xlabel(look.shown(panel.across))
    figure: str = build()
    clear_figure()
    return figure


def _points(panel: Panel, series: Series) -> tuple[list[float], list[float]]:
    """Return places and medians as they are drawn: as logarithms, where the panel says so."""
    pairs = [
        (_drawn(place, panel.log_across), _drawn(each.middle, panel.log_value))
        for place, each in series.points
    ]
    kept = [(place, value) for place, value in pairs if isfinite(place) and isfinite(value)]
    return [place for place, _ in kept], [value for _, value in kept]


def _drawn(number: str | float, is_log: bool) -> float:
    number = float(number)
    if not abs(number) <= LARGEST:
        return nan
    if not is_log:
        return number
    return log10(number) if number > 0 else float("-inf")


def _scale(panel: Panel, series: Sequence[Series]) -> None:
    """Write round numbers at the axes, places as in the table and values in the panel's own form."""
    places = [place for each in series for place in _points(panel, each)[0]]
    marks = ticks(places, panel.log_across)
    xticks(marks, [place_text(10**mark if panel.log_across else mark) for mark in marks])
    values = [value for each in series for value in _points(panel, each)[1]]
    marks = ticks(values, panel.log_value)
    yticks(marks, [panel.form.format(10**mark if panel.log_value else mark) for mark in marks])


def _legend(series: Sequence[Series], signs: str, look: Look) -> list[Text]:
    parts = [
        Text().append(f"  {sign} ", COLOURS[at % len(COLOURS)]).append(look.shown(each.name))
        for at, (each, sign) in enumerate(zip(series, signs, strict=False))
    ]
    return filled(parts, look.width)


def _shown(line: Text, look: Look) -> Text:
    """Return a line of the plot with only what the output can encode, and its colours."""
    line.rstrip()
    if not look.ascii:
        return line
    return Text("".join(look.shown(sign)[:1] or " " for sign in line.plain))
