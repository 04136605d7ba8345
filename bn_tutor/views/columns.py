"""Blocks of lines beside each other; one below the other where the width does not allow it."""

from collections.abc import Sequence

from rich.text import Text

from bn_tutor.views.look import Look

# Columns are at least this wide where there is room, so that those of several edges stand under each other.
EVEN_WIDTH = 23


def laid_out(blocks: Sequence[Sequence[Text]], signs: Sequence[str], look: Look) -> list[Text]:
    """Return the blocks beside each other where they fit and nothing speaks against it, else stacked."""
    signs = [look.shown(sign) for sign in signs]
    columns = None if look.plain else side_by_side(blocks, signs, look.width)
    return columns if columns is not None else stacked(blocks, signs)


def side_by_side(blocks: Sequence[Sequence[Text]], signs: Sequence[str], width: int) -> list[Text] | None:
    """Return the blocks as columns with a sign before each; None where they do not fit into ``width``."""
    even = min(EVEN_WIDTH, (width - 10) // len(blocks))
    widths = [max([even, *(line.cell_len for line in block)]) for block in blocks]
    gap = _gap(sum(widths) + sum(map(len, signs)), len(blocks), width)
    if gap is None:
        return None
    lines = []
    for at in range(max(map(len, blocks))):
        line = Text(no_wrap=True)
        for block, sign, block_width in zip(blocks, signs, widths, strict=True):
            cell = block[at] if at < len(block) else Text()
            line.append(sign if at == 0 else " " * len(sign))
            line.append_text(cell)
            line.append(" " * (block_width - cell.cell_len + gap))
        line.rstrip()
        lines.append(line)
    return lines


def _gap(used: int, count: int, width: int) -> int | None:
    """Return how far apart the columns stand: two or three places."""
    return next((gap for gap in (3, 2, 1) if used + gap * (count - 1) <= width), None)


def stacked(blocks: Sequence[Sequence[Text]], signs: Sequence[str]) -> list[Text]:
    """Return the blocks one below the other, each with its sign before its first line."""
    lines = []
    for block, sign in zip(blocks, signs, strict=True):
        for at, line in enumerate(block):
            lines.append(Text(sign if at == 0 else " " * len(sign), no_wrap=True).append_text(line))
    return lines
