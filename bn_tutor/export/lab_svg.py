"""A run of a lab as a picture for slides: its question, a chart of each panel, and every verdict."""

from collections.abc import Iterator, Sequence

from bn_tutor.export.lab_chart import chart
from bn_tutor.export.lab_curves import curve
from bn_tutor.export.markers import SHAPES
from bn_tutor.export.svg_parts import (
    GREY,
    INK,
    INNER,
    MARGIN,
    Block,
    Style,
    element,
    gap,
    paragraph,
    picture,
    stacked,
    text,
    text_width,
)
from bn_tutor.labs.lab import Panel, Verdict, Word
from bn_tutor.labs.panels import Series, number_text, place_text, series_of
from bn_tutor.labs.report import Report
from bn_tutor.labs.rows import Spread

TITLE = Style(27.0, is_bold=True)
QUESTION = Style(18.0)
HEADING = Style(18.0, is_bold=True)
BODY = Style(14.0)
CLAIM = Style(15.0, is_bold=True)
SMALL = Style(13.0, colour=GREY)
PAPERS = Style(13.0, is_bold=True, colour=GREY)
BADGE = Style(14.0, is_bold=True, colour="#ffffff")
HEAD = Style(14.0, is_bold=True)
COLOURS = {Word.HOLDS: "#00694b", Word.FAILS: "#a8341b", Word.PARTLY: "#7a5200", Word.UNDECIDED: "#7a5200"}
# Where the text beside a verdict's word begins.
BESIDE = MARGIN + 145
COLUMN_GAP, ROW = 24.0, 22.0
NONE = "–"


def lab_svg(report: Report) -> str:
    """Return the run as a picture; the whole document."""
    lab = report.lab
    blocks = [
        gap(28),
        paragraph(f"{lab.name}: {lab.title}", TITLE),
        gap(8),
        paragraph(lab.question, QUESTION),
        gap(10),
        *(paragraph(fact, SMALL) for fact in _facts(report)),
        gap(22),
        *(block for panel in lab.panels for block in _panel(panel, report)),
        *(block for verdict in report.verdicts for block in _verdict(verdict)),
        gap(4),
        paragraph("Papers", PAPERS),
        *(paragraph(paper, SMALL) for paper in lab.papers),
        gap(28),
    ]
    return picture(stacked(blocks), f"{lab.name}: {lab.title}")


# --- what was run -----------------------------------------------------------------------------------------


def _facts(report: Report) -> Iterator[str]:
    if report.lab.has_images:
        yield f"Data: {report.said}"
    yield f"Run: {report.facts}"
    yield f"{report.date}, bn-tutor {report.version}"


# --- panels -----------------------------------------------------------------------------------------------


def _panel(panel: Panel, report: Report) -> Iterator[Block]:
    """Yield a chart of the lines that can be drawn, and a table of those that cannot."""
    rows = report.shown
    series = series_of(panel, rows)
    if not series:
        return
    curves = [(each, curve(panel, each)) for each in series if each.is_numeric]
    is_drawn = any(len(each.points) > 1 for each, _ in curves) and any(found.points for _, found in curves)
    tabled = [each for each in series if not (is_drawn and each.is_numeric)]
    yield paragraph(panel.title, HEADING)
    count = len(rows.by_seed())
    if count > 1:
        shown = "medians of {} seeds; the bands go from the lowest to the highest" if is_drawn else _MEDIANS
        yield paragraph(shown.format(count), SMALL)
    yield gap(10)
    if is_drawn:
        yield chart(panel, [found for _, found in curves], _numbers(panel, series, report))
    if tabled:
        yield _table(panel, tabled)
    yield gap(30)


def _numbers(panel: Panel, series: Sequence[Series], report: Report) -> dict[str, int]:
    """Return a number for each line's sign: the same in all panels of such lines, unless they are many."""
    rows, alike = report.shown, [each for each in report.lab.panels if each.by == panel.by]
    names = dict.fromkeys(line.name for each in alike for line in series_of(each, rows))
    if len(names) > len(SHAPES):
        names = dict.fromkeys(line.name for line in series)
    return {name: number for number, name in enumerate(names)}


_MEDIANS = "medians of {} seeds, and the lowest and the highest"


def _table(panel: Panel, series: Sequence[Series]) -> Block:
    """Return a row for each place and a column for each line; sentences, where these have no room."""
    places = list(dict.fromkeys(place for each in series for place, _ in each.points))
    columns = [[panel.across, *(place_text(place) for place in places)]]
    for each in series:
        found = dict(each.points)
        columns.append([each.name, *(_cell(panel, found[at]) if at in found else NONE for at in places)])
    widths = [text_width(cells[0], HEAD) for cells in columns]
    widths = [
        max(width, *(text_width(cell, BODY) for cell in cells[1:]))
        for width, cells in zip(widths, columns, strict=True)
    ]
    if sum(widths) + COLUMN_GAP * len(series) > INNER:
        return stacked(paragraph(told, BODY) for told in _sentences(columns))
    return _grid(columns, widths)


def _grid(columns: Sequence[Sequence[str]], widths: Sequence[float]) -> Block:
    parts, x = list[str](), MARGIN
    for cells, width in zip(columns, widths, strict=True):
        for at, cell in enumerate(cells):
            parts.append(text(cell, x, 15 + at * ROW, BODY if at else HEAD))
        x += width + COLUMN_GAP
    parts.append(element("line", x1=MARGIN, y1=21, x2=x - COLUMN_GAP, y2=21, stroke=GREY, stroke_width=1.0))
    return Block(ROW * len(columns[0]) + 4, tuple(parts))


def _sentences(columns: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a sentence for each row of a table."""
    (across, *places), *others = columns
    for at, place in enumerate(places, 1):
        yield f"{across} {place}: " + ", ".join(f"{name} {cells[at - 1]}" for name, *cells in others)


def _cell(panel: Panel, values: Spread) -> str:
    low, middle, high = (number_text(panel, each, NONE) for each in (values.low, values.middle, values.high))
    return middle if low == high else f"{middle} ({low} to {high})"


# --- verdicts ---------------------------------------------------------------------------------------------


def _verdict(verdict: Verdict) -> Iterator[Block]:
    """Yield the verdict's word in its colour, and beside it the claim and what the seeds say of it."""
    words = [paragraph(f"“{verdict.finding.claim}”", CLAIM, BESIDE), gap(3)]
    beside = stacked([*words, *(paragraph(each, BODY, BESIDE) for each in verdict.sentences)])
    yield Block(beside.height, (*_badge(verdict.word), *beside.parts))
    yield gap(20)


def _badge(word: Word) -> tuple[str, str]:
    width = text_width(word, BADGE) + 14
    back = element("rect", x=MARGIN, y=0, width=width, height=23, rx=4, fill=COLOURS.get(word, INK))
    return back, text(word, MARGIN + width / 2, 16.5, BADGE, "middle")
