"""Which numbers a lesson may hold, in its front matter and in its formulas."""

from typing import Any

LARGEST_NUMBER = 1e15


def is_number(value: Any) -> bool:
    """Return whether it is a number that is computed with here; True is an int to Python, but none here."""
    return type(value) in (int, float) and abs(value) <= LARGEST_NUMBER


def is_whole(value: Any) -> bool:
    """Return whether it is a whole number; True is an int to Python, but none here."""
    return type(value) is int


def is_whole_numbers(value: Any) -> bool:
    """Return whether it is a tuple of whole numbers."""
    return isinstance(value, tuple) and all(map(is_whole, value))
