"""Blocks of lines beside each other; as many in a row as the width allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.views.look import Look
from bn_tutor.views.wrapping import broken, filled

# Columns are at least this wide where there is room, so that those of several edges stand under each other.
EVEN_WIDTH = 23
# No text is wrapped to less.
LEAST_WIDTH = 16
# A text may be this much wider than its share, where there is room.
MOST_OVER = 9


@dataclass(frozen=True)
class Block:
    """One array: its title, what is said of it in several parts, rows of numbers, and what is said below.

    Only texts are wrapped, between two parts where possible. The rows of blocks that stand beside each other
    begin on one line.
    """

    title: Text
    notes: Sequence[Text] = ()
    rows: Sequence[Text] = ()
    foot: Sequence[Text] = ()


def laid_out(blocks: Sequence[Block], signs: Sequence[str], look: Look) -> list[Text]:
    """Return the blocks beside each other, with a sign before each; in several rows where they do not fit."""
    return laid_out_alike([blocks], signs, look)[0]


def laid_out_alike(tables: Sequence[Sequence[Block]], signs: Sequence[str], look: Look) -> list[list[Text]]:
    """Return several tables of as many blocks; where all fit, their columns stand under each other."""
    signs = [look.shown(sign) for sign in signs]
    if look.plain:
        return [_below_each_other(blocks, signs, look.width) for blocks in tables]
    columns = _wrapped_columns(tables, signs, look.width)
    if columns is not None:
        return columns
    return [line for blocks in tables for line in _alone(blocks, signs, look.width)]


def _alone(blocks: Sequence[Block], signs: Sequence[str], width: int) -> list[list[Text]]:
    return _wrapped_columns([blocks], signs, width) or [_flowing(blocks, signs, width)]


def _below_each_other(blocks: Sequence[Block], signs: Sequence[str], width: int) -> list[Text]:
    rooms = [width - len(sign) for sign in signs]
    return stacked([_lines([block], room, room)[0] for block, room in zip(blocks, rooms, strict=True)], signs)


def _wrapped_columns(
    tables: Sequence[Sequence[Block]], signs: Sequence[str], width: int
) -> list[list[Text]] | None:
    """Return the blocks as columns; wrapped are, as far as it takes, first the notes and then the titles."""
    share = max(LEAST_WIDTH, (width - 10) // len(signs))
    wraps = range(share + MOST_OVER, share - 1, -3)
    ways = [(width, width), *((each, width) for each in wraps), *((each, each) for each in wraps)]
    # Columns that touch are worse than lines that are broken, and better than rows of columns.
    for least_gap, (texts, titles) in [*((2, way) for way in ways), (1, ways[0]), (1, ways[-1])]:
        columns = side_by_side([_lines(blocks, texts, titles) for blocks in tables], signs, width, least_gap)
        if columns is not None:
            return columns
    return None


def _flowing(blocks: Sequence[Block], signs: Sequence[str], width: int) -> list[Text]:
    """Return the blocks in several rows of columns, each with as many as fit."""
    lines: list[Text] = []
    start = 0
    while start < len(blocks):
        row, end = _below_each_other([blocks[start]], [signs[start]], width), start + 1
        while end < len(blocks):
            longer = _wrapped_columns([blocks[start : end + 1]], signs[start : end + 1], width)
            if longer is None:
                break
            row, end = longer[0], end + 1
        lines += row
        start = end
    return lines


def _lines(blocks: Sequence[Block], texts: int, titles: int) -> list[list[Text]]:
    """Return the lines of blocks; titles and other texts are wrapped to a width, or to that of their rows."""
    widths = [max((row.cell_len for row in block.rows), default=0) for block in blocks]
    heads = [
        broken(block.title, max(titles, own)) + filled(block.notes, max(texts, own))
        for block, own in zip(blocks, widths, strict=True)
    ]
    rows_start = max((len(head) for head, block in zip(heads, blocks, strict=True) if block.rows), default=0)
    lines = []
    for block, head, own in zip(blocks, heads, widths, strict=True):
        space = [Text()] * (rows_start - len(head) if block.rows else 0)
        lines.append([*head, *space, *block.rows, *filled(block.foot, max(texts, own))])
    return lines


def side_by_side(
    tables: Sequence[Sequence[Sequence[Text]]], signs: Sequence[str], width: int, least_gap: int = 1
) -> list[list[Text]] | None:
    """Return tables of columns of lines, a sign before each column; None where they do not fit."""
    natural = [
        max((line.cell_len for column in columns for line in column), default=0)
        for columns in zip(*tables, strict=True)
    ]
    even = min(EVEN_WIDTH, (width - 10) // len(signs))
    for widths in ([max(even, own) for own in natural], natural):
        used = sum(widths) + sum(map(len, signs))
        for gap in range(3, least_gap - 1, -1):
            if used + gap * (len(signs) - 1) <= width:
                return [_joined(columns, signs, widths, gap) for columns in tables]
    return None


def _joined(
    columns: Sequence[Sequence[Text]], signs: Sequence[str], widths: Sequence[int], gap: int
) -> list[Text]:
    lines = []
    for at in range(max(map(len, columns))):
        line = Text(no_wrap=True)
        for column, sign, width in zip(columns, signs, widths, strict=True):
            cell = column[at] if at < len(column) else Text()
            line.append(sign if at == 0 else " " * len(sign))
            line.append_text(cell)
            line.append(" " * (width - cell.cell_len + gap))
        line.rstrip()
        lines.append(line)
    return lines


def stacked(columns: Sequence[Sequence[Text]], signs: Sequence[str]) -> list[Text]:
    """Return columns one below the other, each with its sign before its first line."""
    lines = []
    for column, sign in zip(columns, signs, strict=True):
        for at, line in enumerate(column):
            lines.append(Text(sign if at == 0 else " " * len(sign), no_wrap=True).append_text(line))
    return lines
