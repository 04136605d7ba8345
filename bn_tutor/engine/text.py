"""Small pieces of text that formulas and NumPy lines are made of."""

from typing import Any

import numpy as np


def bracketed(text: str) -> str:
    """Put brackets around a text unless it is a single name, number or call."""
    simple = text.replace("_", "").replace(".", "").isalnum()
    return text if simple or _one_call(text) else f"({text})"


def _one_call(text: str) -> bool:
    """Whether the text is one bracketed group, with a name before it or not: ``sqrt(var)``."""
    head, bracket, _ = text.partition("(")
    if not bracket or not text.endswith(")") or not f"{head}x".replace(".", "").replace("_", "").isalnum():
        return False
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == ")" and depth == 0:
            return place == len(text) - 1
    return False


def axes_in_words(axes: tuple[int, ...]) -> str:
    """``axis 0``, ``axes 0 and 2``."""
    if len(axes) == 1:
        return f"axis {axes[0]}"
    return f"axes {', '.join(map(str, axes[:-1]))} and {axes[-1]}" if axes else "no axis"


def axes_in_code(axes: tuple[int, ...]) -> str:
    """``0``, or ``(0, 2)``."""
    return str(axes[0]) if len(axes) == 1 else str(axes)


def key_in_code(key: Any) -> str:
    """Write an index as Python would read it back."""
    if isinstance(key, np.ndarray):
        # An empty list would read back as floats, which are no index.
        return f"np.array({key.tolist()})" if key.size else f"np.zeros({key.shape}, {key.dtype.name!r})"
    if isinstance(key, tuple):
        return f"({', '.join(map(key_in_code, key))}{',' if len(key) == 1 else ''})"
    return repr(key)
