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
# What is left for a text, whatever is taken from its width.
LEAST = 4


def broken(text: Text, width: int) -> list[Text]:
    """Return a text as lines of at most ``width`` columns, one at least, without spaces at their ends."""
    lines = list(text.divide(_starts(text.plain, width)))
    for line in lines:
        line.rstrip()
    return lines


def wrapped(text: Text, width: int, hanging: int = 0, indent: int = 0) -> list[Text]:
    """Return a text as lines of at most ``width`` columns, however narrow that is with LEAST for the text.

    All are indented by ``indent``, and all but the first by ``hanging`` more.
    """
    lines = broken(text, max(width - indent, LEAST))
    if len(lines) > 1 and hanging:
        lines = broken(text, max(width - indent - hanging, LEAST))
    return [moved(line, indent + (hanging if at else 0)) for at, line in enumerate(lines)]


def beginning(text: Text, width: int, most: int, sign: str, hanging: int = 0, indent: int = 0) -> list[Text]:
    """Return a wrapped text, of which ``most`` lines are kept; ``sign`` ends the last if there were more."""
    lines = wrapped(text, width, hanging, indent)
    if len(lines) <= most:
        return lines
    last = broken(lines[most - 1], max(width - len(sign), LEAST))[0]
    return [*lines[: most - 1], last.append(sign)]


def moved(line: Text, columns: int) -> Text:
    """Return a line with so many spaces in front of it; an empty one stays empty."""
    return Text(" " * columns).append_text(line) if columns and line else line


def indented(text: Text, width: int, indent: int = 1) -> list[Text]:
    """Return a text as lines of less than ``width`` columns, with a margin in front of each."""
    return wrapped(text, width - 1, indent=indent)


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
