"""What a check's page is made of: sentences with a label in the margin, and the learner's code."""

import ast
import re
import warnings
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from bn_tutor.views.look import WRONG, Look
from bn_tutor.views.wrapping import broken, wrapped

LABEL = 10
# From this width on labels stand in a margin, and code has a rule beside its numbers.
ROOMY = 40
# So many lines are shown around one that is accused.
AROUND = 2
TAB = 4
# A longer line is not read as Python once more.
LONGEST_PARSED = 1000
_QUOTED = re.compile(r"`[^`]+`")
_NEXT_ONE = ("def ", "class ", "async def ", "@")
Span = tuple[int, int]


def room_beside(look: Look) -> int:
    """Return the columns that a label in the margin leaves."""
    return max(look.width - _margin(look) - 1, 8)


def _margin(look: Look) -> int:
    """Return the columns in front of what has a label: beside the label, or a little."""
    if _has_margin(look):
        return LABEL
    return 3 if look.width > 16 else 1


def _has_margin(look: Look) -> bool:
    return look.width >= ROOMY and not look.plain


def labelled(label: str, lines: Iterable[Text], look: Look) -> list[Text]:
    """Return lines with a label in the margin, or above them where the page is narrow or plain."""
    if not _has_margin(look):
        head = wrapped(look.text(f"{label}:", "dim"), look.width, indent=1)
        return [*head, *(Text(" " * _margin(look)).append_text(line) for line in lines)]
    margin = look.text(f" {label:<{LABEL - 1}}", "dim")
    return [
        (Text(" " * LABEL) if at else margin.copy()).append_text(line) if line or not at else Text()
        for at, line in enumerate(lines)
    ]


def sentence(content: str, look: Look, style: str = "") -> list[Text]:
    """Return a text wrapped to what a label leaves; code in it, between backticks, stands out."""
    text = look.text(content, style)
    text.highlight_regex(_QUOTED, "bold cyan")
    return broken(text, room_beside(look))


def said(label: str, content: str, look: Look, style: str = "") -> list[Text]:
    """Return a sentence with its label."""
    return labelled(label, sentence(content, look, style), look)


# --- code -----------------------------------------------------------------------------------------------


def part_of(part: str, code: str) -> Span | None:
    """Return where a piece of code stands in a line; None where it is not there, or not there alone.

    Explanations quote code as Python writes it, with other spaces than the learner. Of a name the first place
    is meant.
    """
    if part.isidentifier():
        word = re.search(rf"\b{re.escape(part)}\b", code)
        return word.span() if word else None
    signs = [re.escape(sign) for sign in part if not sign.isspace()]
    found = [each.span() for each in re.finditer(r"\s*".join(signs), code)] if signs else []
    found = found or _expressions(part, code)
    return found[0] if len(found) == 1 else None


def _expressions(part: str, code: str) -> list[Span]:
    """Return where the expressions stand that Python writes as ``part``: 1e-5 is 1e-05 there."""
    indent = len(code) - len(code.lstrip())
    if len(code) > LONGEST_PARSED or not code.isascii():  # columns of a tree count bytes
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree, wanted = ast.parse(code.strip()), ast.unparse(ast.parse(part))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and ast.unparse(node) == wanted]
    return [(indent + node.col_offset, indent + (node.end_col_offset or 0)) for node in nodes]


def as_shown(line: str, look: Look) -> str:
    """Return a line of code as it is shown: harmless, and as it is indented."""
    return look.shown(line.expandtabs(TAB)).rstrip()


def code_lines(
    source: Sequence[str],
    line: int,
    look: Look,
    part: str = "",
    first: int = 1,
    around: int = AROUND,
    column: int = 0,
) -> list[Text]:
    """Return a line of the file, marked, between those around it, but none before ``first``.

    In the line a piece of code is marked: ``part``, or the sign at a column, which counts from 1.
    """
    if not 0 < line <= len(source):
        return []
    numbers = _around(source, line, min(first, line), around)
    shown = {at: as_shown(source[at - 1], look) for at in numbers}
    before = len(as_shown(source[line - 1][: column - 1] + "|", look)) - 1 if column else 0
    indent = min((len(text) - len(text.lstrip()) for text in shown.values() if text), default=0)
    # Where there is little room, or it is read aloud, the indentation that all have in common tells nothing.
    if look.plain or any(cell_len(text) > look.width - 10 for text in shown.values()):
        shown = {at: text[indent:] for at, text in shown.items()}
        before = max(before - indent, 0)
    span = (before, before + 1) if column else part_of(look.shown(part), shown[line])
    return [each for at, text in shown.items() for each in _numbered(at, text, look, at == line, span)]


def _around(source: Sequence[str], line: int, first: int, around: int) -> list[int]:
    """Return the numbers of the lines to show; they end where the next function begins."""
    last = line
    for at in range(line + 1, min(line + around, len(source)) + 1):
        if source[at - 1].lstrip().startswith(_NEXT_ONE):
            break
        last = at
    numbers = list(range(max(line - around, first), last + 1))
    while numbers[0] < line and not source[numbers[0] - 1].strip():
        numbers.pop(0)
    while numbers[-1] > line and not source[numbers[-1] - 1].strip():
        numbers.pop()
    return numbers


def _numbered(at: int, text: str, look: Look, accused: bool, span: Span | None) -> list[Text]:
    """Return one line with its number; below the accused one a mark under the part that is meant."""
    head = _head(at, look, accused)
    if look.plain and accused:
        return wrapped(head.append(text, "bold"), look.width, hanging=2)
    room = max(look.width - head.cell_len - 1, 4)
    start, span = _start(text, span, room) if accused and span else (0, None)
    shown = cut(text[start:] if not start else look.shown("…") + text[start:], room, look)
    lines = [head.append(shown, style="bold" if accused else "")]
    if span and not look.plain:
        before = cell_len(_head(at, look, accused).plain) + cell_len(text[start : span[0]])
        before += cell_len(look.shown("…")) if start else 0
        length = min(max(cell_len(text[span[0] : span[1]]), 1), max(look.width - before - 1, 1))
        bar = look.shown("│") if look.width >= ROOMY else ""
        lead = f"{'':<7}{bar} " if bar else ""
        lines.append(
            Text(lead, "dim").append(" " * (before - len(lead))).append("^" * length, f"bold {WRONG}")
        )
    return lines


def _head(at: int, look: Look, accused: bool) -> Text:
    mark = look.shown("▸") if accused else " "
    style = f"bold {WRONG}" if accused else "dim"
    if look.plain:
        return Text(f" {'here, ' if accused else ''}line {at}: ", style if accused else "")
    if look.width < ROOMY:
        return Text().append(f"{mark}{at:>3} ", style)
    return Text().append(f" {mark}{at:>4} ", style).append(look.shown("│ "), "dim")


def _start(text: str, span: Span, room: int) -> tuple[int, Span]:
    """Return where a line begins to be shown, so that the part that is meant is seen."""
    if cell_len(text[: span[1]]) < room:
        return 0, span
    # So much before the part that one sees where it belongs, but the whole part where there is room for it.
    before = min(room // 3, max(room - (span[1] - span[0]) - 6, 0))
    return max(min(span[0] - before, len(text) - room + 2), 0), span


def cut(text: str, width: int, look: Look) -> str:
    """Return a text that is no wider than this; a sign tells that it goes on."""
    if cell_len(text) <= width:
        return text
    sign = look.shown("…")
    return set_cell_size(text, max(width - cell_len(sign), 0)).rstrip() + sign
