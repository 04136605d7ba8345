"""Formulas as people write them, made from the NumPy text that the engine gives."""

import re

# What a lesson calls as NumPy does, and what it writes small.
_NUMPY = (
    "sqrt", "exp", "log", "tanh", "abs", "sign", "square", "reciprocal", "maximum", "minimum", "where",
    "clip", "mean", "sum", "max", "reshape", "transpose", "broadcast_to", "take",
)  # fmt: skip
_WORDS = {"true": "True", "false": "False", "none": "None"}


def pretty(formula: str) -> str:
    """``-1 / sqrtvar**2`` becomes ``−1 / sqrtvar²``."""
    text = re.sub(r"\s*\*\*\s*2(?![\d.])", "²", formula)
    text = re.sub(r"\s*\*\*\s*3(?![\d.])", "³", text)
    text = re.sub(r"\bsqrt\(", "√(", text)
    text = re.sub(r"√\((\w+)\)", r"√\1", text)
    return text.replace(" * ", " · ").replace("-", "−")


def as_numpy(formula: str) -> str:
    """``sqrt(var)`` becomes ``np.sqrt(var)``: the line as it stands in a learner's file."""
    text = re.sub(rf"\b({'|'.join(_WORDS)})\b", lambda found: _WORDS[found[0]], formula)
    return re.sub(rf"(?<![\w.])({'|'.join(_NUMPY)})\(", r"np.\1(", text)


def parts_of(formula: str) -> list[str]:
    """Return the parts of a formula between which a line may end: ``a · (b · c)`` has two."""
    found, depth = [""], 0
    for sign in formula:
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and sign == " " and found[-1].endswith((" ·", ",")):
            found.append("")
        else:
            found[-1] += sign
    return found
