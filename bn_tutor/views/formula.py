"""Formulas as people write them, made from the NumPy text that the engine gives."""

import re

_NUMPY = ("sqrt", "exp", "log", "tanh", "abs", "sign", "maximum", "minimum", "where", "clip", "mean", "sum")


def pretty(formula: str) -> str:
    """``-1 / sqrtvar**2`` becomes ``−1 / sqrtvar²``."""
    text = re.sub(r"\s*\*\*\s*2(?![\d.])", "²", formula)
    text = re.sub(r"\s*\*\*\s*3(?![\d.])", "³", text)
    text = re.sub(r"\bsqrt\(", "√(", text)
    text = re.sub(r"√\((\w+)\)", r"√\1", text)
    return text.replace(" * ", " · ").replace("-", "−")


def as_numpy(formula: str) -> str:
    """``sqrt(var)`` becomes ``np.sqrt(var)``: the line as it stands in a learner's file."""
    return re.sub(rf"(?<![\w.])({'|'.join(_NUMPY)})\(", r"np.\1(", formula)
