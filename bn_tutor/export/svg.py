"""A page of text as an SVG picture that fetches nothing from anywhere."""

import io
import re
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

# rich writes the addresses of a web font into each picture; a reader has a font of his own.
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")


def page_svg(lines: Iterable[Text], title: str, width: int) -> str:
    """Return the lines as a picture of a terminal that is ``width`` columns wide."""
    console = Console(
        file=io.StringIO(), record=True, width=width, force_terminal=True, color_system="truecolor",
        markup=False, highlight=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    for line in lines:
        console.print(line, soft_wrap=True)
    return _FONT_FACE.sub("", console.export_svg(title=title))
