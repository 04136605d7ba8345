"""What each code of a problem means: one section of ``codes.md`` a code, in the order of ``Code``."""

from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).with_name("codes.md")


def explanations() -> dict[str, str]:
    """Return the Markdown text of each code's explanation by the code."""
    found: dict[str, list[str]] = {}
    for line, in_fence in _lines(FILE.read_text(encoding="utf-8")):
        if line.startswith("## ") and not in_fence:
            found[line.removeprefix("## ").strip()] = []
        elif found:
            next(reversed(found.values())).append(line)
    return {code: "\n".join(lines).strip() for code, lines in found.items()}


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line and whether it stands in a fence, where a heading is only an example of one."""
    fence = ""
    for line in text.split("\n"):
        mark = line[: len(line) - len(line.lstrip("`"))]
        if len(mark) >= max(len(fence), 3) and (not fence or line == mark):
            fence = "" if fence else mark
        yield line, bool(fence)
