"""How things look: symbols, precision, width. Every text on its way to the screen passes through here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.course.plain import plain

FORWARD = "cyan"
BACKWARD = "magenta"
FAINT = "dim"
RIGHT = "green"
WRONG = "red"

# What stands for a sign where the output cannot encode it.
ASCII: Mapping[int, str] = str.maketrans(
    {
        "∂": "d", "×": "x", "·": "*", "−": "-", "√": "sqrt", "²": "^2", "³": "^3", "½": "1/2", "⅓": "1/3",
        "Σ": "sum", "→": "->", "←": "<-", "↑": "up", "↓": "down", "…": "...", "⋮": ":", "–": "-", "—": "-",
        "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "inf", "ε": "eps", "μ": "mu", "σ": "sigma",
        "γ": "gamma", "β": "beta", "━": "=", "╸": ">", "•": "*", "▸": ">", "‘": "'", "’": "'", "“": '"',
        "”": '"', "●": "*", "○": "o", "◉": "@", "│": "|", "─": "-", "├": "+", "┤": "+", "└": "+",
        "┘": "+", "┼": "+", "┴": "+", "┃": "#", "┣": "#", "┫": "#", "┗": "#", "┛": "#", "╋": "#",
        "┻": "#", "✓": "ok", "✗": "wrong", "┌": "+", "┐": "+", "┬": "+",
        "ⁿ": "^n", "¹": "^1", "⁻": "^-", "▼": "v", "▲": "^",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What decides how a frame is drawn. ``width`` is the number of columns there are."""

    width: int = 80
    precision: int = 3
    ascii: bool = False
    plain: bool = False

    def shown(self, content: str) -> str:
        """Return a text as it may be shown: one line, no control characters, only what can be encoded."""
        content = plain(content).replace("\n", " ").replace("\t", " ")
        return re.sub(r"√(\w+)", r"sqrt(\1)", content).translate(ASCII) if self.ascii else content

    def text(self, content: str, style: str = "") -> Text:
        """Return a text to show. Nothing in it is read as markup.

        The style is that of this text alone: what is appended to it later does not inherit it.
        """
        return Text().append(self.shown(content), style)


def encodes_symbols(encoding: str | None) -> bool:
    """Whether an output encoding has the signs that the tutor draws with."""
    try:
        "∂×−√²→━●│├⋮✓".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
