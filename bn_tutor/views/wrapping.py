"""Text broken into lines: at spaces, but never inside a shape, as long as the shape fits on a line."""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells
from rich.text import Text

# A number, or the name of a size; names of values begin with a small letter.
_ATOM = r"(?:[−-]?\d+|[A-Z]\w*)"
_ENTRY = rf"{_ATOM}(?: (?://|[/·*+−-]) {_ATOM})*"
# (4, 3), (N, C // G), and not the brackets of a call; axes 0, 2 and 3.
_SHAPE = rf"(?<!\w)\({_ENTRY}(?:, {_ENTRY})*,?\)"
_AXES = r"\b[Aa]x[ei]s \d+(?:, \d+)*(?: and \d+)?"
_WHOLE = rf"(?:{_SHAPE}|{_AXES})"
_WORD = re.compile(rf"\s*(?:{_WHOLE}|\S)+\s*")
_CLOSING = r"[\])},.;:]*\s*"
_PART = re.compile(rf"{_WHOLE}{_CLOSING}|(?:(?!{_WHOLE}).)+", re.S)
_PIECE = re.compile(r"\s*\S+\s*")


def broken(text: Text, width: int) -> list[Text]:
    """Return a text as lines of at most ``width`` columns, one at least, without spaces at their ends."""
    lines = list(text.divide(_starts(text.plain, width)))
    for line in lines:
        line.rstrip()
    return lines


def _starts(plain: str, width: int) -> list[int]:
    """Return where lines begin, but for the first one."""
    starts: list[int] = []
    place = used = 0
    for piece in _pieces(plain, width):
        if used and used + cell_len(piece.rstrip()) > width:
            starts.append(place)
            used = 0
        place += len(piece)
        used += cell_len(piece)
    return starts


def _pieces(plain: str, width: int) -> Iterator[str]:
    """Yield what is not broken: words; of a word that is too long its shapes, and what a line holds."""
    for word in _WORD.findall(plain):
        for part in [word] if _fits(word, width) else _PART.findall(word):
            for piece in [part] if _fits(part, width) else _PIECE.findall(part):
                yield from [piece] if _fits(piece, width) else chop_cells(piece, width)


def _fits(text: str, width: int) -> bool:
    return cell_len(text.rstrip()) <= width


def filled(parts: Sequence[Text], width: int) -> list[Text]:
    """Return parts on as few lines as they fit on; only a part that is too long for a line is broken."""
    lines: list[Text] = []
    for part in parts:
        if lines and lines[-1].cell_len + 1 + part.cell_len <= width:
            lines[-1].append(" ").append_text(part)
        else:
            lines += broken(part, width)
    return lines
