"""What each argument of an operation may be."""

from collections.abc import Callable, Mapping
from typing import Any


def is_whole(value: Any) -> bool:
    """Return whether it is a whole number; True is an int to Python, but none here."""
    return type(value) is int


def is_whole_numbers(value: Any) -> bool:
    """Return whether it is a tuple of whole numbers."""
    return isinstance(value, tuple) and all(map(is_whole, value))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_shape(value: Any) -> bool:
    return is_whole(value) or is_whole_numbers(value)


def _is_axis(value: Any) -> bool:
    return value is None or _is_shape(value)


def _is_axes(value: Any) -> bool:
    return value is None or is_whole_numbers(value)


_Kind = tuple[Callable[[Any], bool], str]
_KINDS: Mapping[str, _Kind] = {
    "axis": (_is_axis, "a whole number, some in brackets, or none"),
    "concatenate.axis": (is_whole, "a whole number"),
    "axes": (_is_axes, "whole numbers in brackets, or none"),
    "keepdims": (_is_truth, "true or false"),
    "shape": (_is_shape, "a whole number, or some in brackets"),
    "exponent": (_is_number, "a number"),
    "low": (_is_number, "a number"),
    "high": (_is_number, "a number"),
}


def wrong_argument(operation: str, parameter: str, value: Any) -> str:
    """Return what the parameter of an operation must be, if the value is not that; else an empty text."""
    fits, kind = _KINDS.get(f"{operation}.{parameter}") or _KINDS[parameter]
    return "" if fits(value) else f"{parameter} must be {kind}"
