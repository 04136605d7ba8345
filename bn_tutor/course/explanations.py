"""What each code of a problem means: one section of ``codes.md`` a code, in the order of ``Code``."""

import re
from pathlib import Path

FILE = Path(__file__).with_name("codes.md")
_HEADING = re.compile(r"^## (\S+)\n", re.M)


def explanations() -> dict[str, str]:
    """Return the Markdown text of each code's explanation by the code."""
    parts = _HEADING.split(FILE.read_text(encoding="utf-8"))
    return {code: text.strip() for code, text in zip(parts[1::2], parts[2::2], strict=True)}
