"""How numbers are written, everywhere in the tutor."""

import re
from collections.abc import Callable

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.shapes import Shape

MOST_INLINE = 8


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


FORMATS: dict[str, Callable[[Array, int], str]] = {
    "value": inline,
    "grad": inline,
    "shape": lambda value, precision: shape_text(np.shape(value)),
}
