"""Text from a file is data: nothing in it may steer the terminal."""

import unicodedata

# Line feed and tab are layout. All other control codes (C0, C1), and the format codes that turn the reading
# direction or hide text, are left out; so are lone surrogates, which no terminal and no file can take.
_KEPT = frozenset("\n\t")
_LEFT_OUT = frozenset({"Cc", "Cf", "Cs"})


def plain(text: str) -> str:
    """Return the text without control, format and surrogate characters; line ends become line feeds."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if all(line.isprintable() for line in text.split("\n")):
        return text  # nearly always, and much faster than a look at every sign
    return "".join(sign for sign in text if sign in _KEPT or unicodedata.category(sign) not in _LEFT_OUT)


def one_line(text: str, limit: int = 200) -> str:
    """Return the text fit for one line of a message: plain, without line ends, cut at ``limit``."""
    flat = " ".join(plain(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
