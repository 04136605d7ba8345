"""How numbers are written, everywhere in the tutor."""

import re
from collections.abc import Callable, Mapping

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.shapes import Shape

MOST_INLINE = 8
# What is longer, in signs, is no shape, and no size.
LONGEST_SHAPE, LONGEST_SIZE = 100, 16


def number(value: float, precision: int) -> str:
    """Write one number with ``precision`` decimals; very large and very small ones with an exponent."""
    size = abs(value)
    if not np.isfinite(value) or value == 0:
        return str(float(value)) if value else "0"
    if 10.0**-precision <= size < 1e5:
        return f"{value:.{precision}f}"
    mantissa, exponent = f"{value:.{max(precision - 2, 1)}e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def inline(value: Array, precision: int) -> str:
    """Write an array within a sentence: one number, or a few in brackets. The minus is a real minus."""
    flat = np.asarray(value).ravel()
    if np.ndim(value) == 0:
        return number(float(flat[0]), precision).replace("-", "−")
    shown = ", ".join(number(float(each), precision) for each in flat[:MOST_INLINE])
    return f"({shown}{', …' if flat.size > MOST_INLINE else ''})".replace("-", "−")


def shape_text(shape: Shape) -> str:
    """Write a shape as Python does."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def read_number(text: str) -> float | None:
    """Read a number as people write it: -0.35, −0.35, 3.5e-1, 1/3; None for anything else."""
    text = re.sub(r"\s*/\s*|(?<=[+-])\s+", lambda found: found[0].strip(), text.replace("−", "-").strip())
    plain_number = r"[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?"
    found = re.fullmatch(rf"({plain_number})(?:/({plain_number}))?", text, re.ASCII)
    if not found:
        return None
    below = float(found[2]) if found[2] else 1.0
    return float(found[1]) / below if below else None


def read_shape(text: str, sizes: Mapping[str, int] | None = None) -> Shape | None:
    """Read a shape as people write it: (4, 3), 4x3, 4 3, (3,), (); with ``sizes`` (N, D), too.

    None for anything else.
    """
    text = text.strip()[:LONGEST_SHAPE].removeprefix("shape").strip(" =")
    listed = re.sub(r"(?<=[\d\s])[x*](?=[\d\s])|×", " ", text)
    words = re.findall(r"\w+", listed)
    is_written = re.fullmatch(r"[\w\s(),\[\]]*", listed) and (words or re.search(r"[(\[]\s*[)\]]", listed))
    known = {word: _size(word, sizes or {}) for word in words}
    found = tuple(size for word in words if (size := known[word]) is not None)
    return found if is_written and len(found) == len(words) else None


def _size(word: str, sizes: Mapping[str, int]) -> int | None:
    if word.isdecimal() and word.isascii():
        return int(word) if len(word) < LONGEST_SIZE else None
    return sizes.get(word)


FORMATS: dict[str, Callable[[Array, int], str]] = {
    "value": inline,
    "grad": inline,
    "shape": lambda value, precision: shape_text(np.shape(value)),
}
