"""The [inputs] of a lesson's front matter: how each input comes about."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bn_tutor.course.draws import DRAWS
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import InputRow
from bn_tutor.course.problem import did_you_mean
from bn_tutor.course.shaping import MOST_AXES
from bn_tutor.engine.gradients import Array

LARGEST_EXTENT = 1_000_000
LARGEST_NUMBER = 1e15


_KEYS = ("shape", "draw", "value", "constant")
_DRAW_KEYS: Mapping[str, tuple[str, ...]] = {
    "normal": ("mean", "std"),
    "uniform": ("low", "high"),
    "bernoulli": ("p",),
    "integers": ("low", "high"),
    "linspace": ("low", "high"),
}


def read_inputs(source: Source, table: Any, sizes: Mapping[str, int]) -> tuple[InputRow, ...]:
    """Check the table of inputs and return its rows; what is wrong goes to the source's findings."""
    if not isinstance(table, dict) or not table:
        source.add("a lesson needs [inputs], such as x = { shape = [4, 3] }", "inputs")
        return ()
    rows = []
    for name, row in table.items():
        if source.findings.full:
            break
        if name in sizes:
            source.add(f"the name {name} is that of a size", "inputs", name, hint="each name is defined once")
        elif source.is_name("inputs", name):
            rows.append(_input(source, name, row, sizes))
    return tuple(row for row in rows if row is not None)


def _input(source: Source, name: str, row: Any, sizes: Mapping[str, int]) -> InputRow | None:
    if not isinstance(row, dict):
        source.add(f"the input {name} must be a table: {{ shape = [4, 3] }}", "inputs", name)
        return None
    constant = row.get("constant", False)
    if not isinstance(constant, bool):
        source.add(f"constant of {name} must be true or false", "inputs", name)
        return None
    return (
        _given(source, name, row, constant) if "value" in row else _drawn(source, name, row, sizes, constant)
    )


def _given(source: Source, name: str, row: Mapping[str, Any], constant: bool) -> InputRow | None:
    for key in row:
        if key not in ("value", "constant"):
            source.add(f"the input {name} has a value, and so no {key}", "inputs", name)
    value = _numbers(row["value"]) if _are_numbers(row["value"], MOST_AXES) else None
    if value is None:
        source.add(f"the value of {name} must be a number, or equally long lists of numbers", "inputs", name)
        return None
    return InputRow(name, value.shape, value=value.tolist(), constant=constant)


def _are_numbers(value: Any, depth: int) -> bool:
    if isinstance(value, list):
        return depth > 0 and all(_are_numbers(item, depth - 1) for item in value)
    return type(value) in (int, float)


def _numbers(value: Any) -> Array | None:
    try:
        return np.asarray(value, dtype=np.float64)
    except (ValueError, OverflowError):
        return None


def _drawn(
    source: Source, name: str, row: Mapping[str, Any], sizes: Mapping[str, int], constant: bool
) -> InputRow | None:
    draw = row.get("draw", "normal")
    if not isinstance(draw, str) or draw not in DRAWS:
        _no_draw(source, name, draw)
        return None
    allowed = (*_KEYS, *_DRAW_KEYS[draw])
    for key in row:
        if key not in allowed:
            source.add(f"the input {name} has no key {key}", "inputs", name, hint=did_you_mean(key, allowed))
    parameters = {key: row[key] for key in _DRAW_KEYS[draw] if key in row}
    if not all(_is_number(value) for value in parameters.values()):
        source.add(f"the numbers of {name}'s draw must be numbers", "inputs", name)
        return None
    shape = _shape(source, name, row.get("shape", []), sizes)
    return InputRow(name, shape, draw, parameters, constant=constant)


def _no_draw(source: Source, name: str, draw: Any) -> None:
    if isinstance(draw, str) and draw:
        source.add(f"there is no draw {draw}", "inputs", name, hint=did_you_mean(draw, DRAWS))
    else:
        source.add(f"the draw of {name} must be one of {', '.join(DRAWS)}, in quotes", "inputs", name)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= LARGEST_NUMBER


def _shape(source: Source, name: str, shape: Any, sizes: Mapping[str, int]) -> tuple[str | int, ...]:
    entries = shape if isinstance(shape, list) else [shape]
    if len(entries) > MOST_AXES:
        source.add(f"the shape of {name} has more than {MOST_AXES} axes", "inputs", name)
        return ()
    for entry in entries:
        if isinstance(entry, str) and entry not in sizes:
            hint = did_you_mean(entry, sizes)
            source.add(f"the size {entry} of {name} is not in [sizes]", "inputs", name, hint=hint)
        elif not isinstance(entry, str) and (type(entry) is not int or not 0 <= entry <= LARGEST_EXTENT):
            source.add(f"the shape of {name} must hold size names or whole numbers", "inputs", name)
    return tuple(entry for entry in entries if isinstance(entry, str | int))
