"""Formulas as people write them, made from the NumPy text that the engine gives."""

import re


def pretty(formula: str) -> str:
    """``-1 / sqrtvar**2`` becomes ``−1 / sqrtvar²``."""
    text = re.sub(r"\s*\*\*\s*2(?![\d.])", "²", formula)
    text = re.sub(r"\s*\*\*\s*3(?![\d.])", "³", text)
    text = re.sub(r"\bsqrt\(", "√(", text)
    text = re.sub(r"√\((\w+)\)", r"√\1", text)
    return text.replace(" * ", " · ").replace("-", "−")


def words(text: str) -> str:
    """``* (2 * xmu), sum over axis 0`` becomes ``× (2 · xmu), sum over axis 0``."""
    parts = (part.strip() for part in text.split(", "))
    return ", ".join(f"× {pretty(part[2:])}" if part.startswith("* ") else part for part in parts)
