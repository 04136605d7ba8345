"""The parts of a picture: elements, texts broken to a width, and blocks that stand one below the other.

A picture asks for nothing from outside: no script, no address but the format's own name, and no font but
the reader's. How wide a text is depends on that font, so it is estimated, and rather too wide.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from bn_tutor.course.plain import plain

NAMESPACE = "http://www.w3.org/2000/svg"
WIDTH = 900.0
MARGIN = 40.0
INNER = WIDTH - 2 * MARGIN
INK = "#1a1a1a"
GREY = "#555555"
# How wide a sign is, of the height of its text.
SIGN, BOLD_SIGN, WIDE_SIGN = 0.6, 0.68, 1.0
# Wide ones of our own letters.
WIDE = frozenset("mwMW%@—…")
# From line to line, of the height of the text.
LEADING = 1.4


@dataclass(frozen=True)
class Block:
    """Something of the picture, drawn from a height of 0 down, and how high it is."""

    height: float
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Style:
    """What a text looks like."""

    size: float = 14.0
    is_bold: bool = False
    colour: str = INK


def element(name: str, *children: str, **attributes: str | float) -> str:
    """Return an element; its children are elements, or escaped text. ``class_`` is the attribute class."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(value if isinstance(value, str) else short(value))}"
        for key, value in attributes.items()
    )
    return f"<{name}{given}>{''.join(children)}</{name}>" if children else f"<{name}{given}/>"


def short(number: float) -> str:
    """Return a length or a place in the picture, to a hundredth."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def clean(text: str) -> str:
    """Return the text on one line, without any sign that steers something, or that XML does not know."""
    return "".join(sign for sign in " ".join(plain(text).split()) if sign.isprintable())


def text(words: str, x: float, y: float, style: Style, anchor: str = "start") -> str:
    """Return one line of text; its foot stands at ``y``."""
    bold = {"font_weight": "bold"} if style.is_bold else {}
    return element(
        "text", escape(clean(words)), x=x, y=y, font_size=style.size, fill=style.colour,
        text_anchor=anchor, **bold,
    )  # fmt: skip


def text_width(words: str, style: Style) -> float:
    """Return about how wide a line of text is, and rather more than less."""
    narrow = BOLD_SIGN if style.is_bold else SIGN
    return style.size * sum(WIDE_SIGN if _is_wide(sign) else narrow for sign in clean(words))


def _is_wide(sign: str) -> bool:
    return sign in WIDE or east_asian_width(sign) in "WF"


def wrapped(words: str, width: float, style: Style) -> list[str]:
    """Return the text in lines that are no wider; a word that is too long by itself is cut."""
    lines = [""]
    for word in clean(words).split():
        joined = f"{lines[-1]} {word}".strip()
        if text_width(joined, style) <= width:
            lines[-1] = joined
            continue
        *whole, rest = _cut(word, width, style)
        lines = [*lines, *whole, rest] if lines[-1] else [*whole, rest]
    return lines


def _cut(word: str, width: float, style: Style) -> list[str]:
    parts = [""]
    for sign in word:
        if parts[-1] and text_width(parts[-1] + sign, style) > width:
            parts.append("")
        parts[-1] += sign
    return parts


def paragraph(words: str, style: Style, x: float = MARGIN) -> Block:
    """Return a text in as many lines as it takes, from ``x`` to the right margin."""
    leading = style.size * LEADING
    lines = wrapped(words, WIDTH - MARGIN - x, style)
    parts = (text(line, x, style.size + at * leading, style) for at, line in enumerate(lines))
    return Block(leading * len(lines), tuple(parts))


def gap(height: float) -> Block:
    """Return some room."""
    return Block(height)


def stacked(blocks: Iterable[Block]) -> Block:
    """Return the blocks one below the other, as one."""
    height, parts = 0.0, list[str]()
    for block in blocks:
        if block.parts:
            parts.append(element("g", *block.parts, transform=f"translate(0,{short(height)})"))
        height += block.height
    return Block(height, tuple(parts))


def picture(block: Block, title: str) -> str:
    """Return the whole picture as a document: the block on white."""
    height = block.height
    return element(
        "svg",
        element("title", escape(clean(title))),
        element("rect", width=WIDTH, height=height, fill="#ffffff"),
        *block.parts,
        xmlns=NAMESPACE, width=WIDTH, height=height, viewBox=f"0 0 {short(WIDTH)} {short(height)}",
        role="img", font_family="sans-serif",
    ) + "\n"  # fmt: skip
