"""Text from a file is data: nothing in it may steer the terminal."""

import unicodedata

# Line feed and tab are layout. All other control codes (C0, C1), and the format codes that turn the reading
# direction or hide text, are left out.
_KEPT = frozenset("\n\t")


def plain(text: str) -> str:
    """Return the text without control and format characters; line ends become line feeds."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in _KEPT or unicodedata.category(sign) not in ("Cc", "Cf"))


def one_line(text: str, limit: int = 200) -> str:
    """Return the text fit for one line of a message: plain, without line ends, cut at ``limit``."""
    flat = " ".join(plain(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
