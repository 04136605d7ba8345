"""The [inputs] of a lesson's front matter: how each input comes about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from bn_tutor.course.beside import BesideError, laid_out, read_beside
from bn_tutor.course.codes import Code
from bn_tutor.course.draws import DRAWS
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import InputRow, Switch
from bn_tutor.course.problem import did_you_mean
from bn_tutor.course.shaping import MOST_AXES
from bn_tutor.course.values import is_number
from bn_tutor.engine.gradients import Array

MOST_INPUTS = 2000
MOST_FILES = 4
LARGEST_EXTENT = 1_000_000

_KEYS = ("shape", "draw", "value", "file", "constant")
_DRAW_KEYS: Mapping[str, tuple[str, ...]] = {
    "normal": ("mean", "std"),
    "uniform": ("low", "high"),
    "bernoulli": ("p",),
    "integers": ("low", "high"),
    "linspace": ("low", "high"),
    "one_hot": (),
}


@dataclass(frozen=True)
class Surroundings:
    """What an input may speak of: sizes, switches, and files of the lesson's ``folder``."""

    sizes: Mapping[str, int]
    switches: tuple[Switch, ...] = ()
    folder: Path | None = None

    def holding(self, kind: type[tuple[Any, ...]] | type[float]) -> set[str]:
        """Return the switches whose choices are tuples, or numbers."""
        wanted = tuple if kind is tuple else (int, float)
        return {
            switch.name
            for switch in self.switches
            if all(isinstance(choice, wanted) for choice in switch.choices.values())
        }


def read_inputs(source: Source, table: Any, around: Surroundings) -> tuple[InputRow, ...]:
    """Check the table of inputs and return its rows; what is wrong goes to the source's findings."""
    if not isinstance(table, dict) or not table:
        message = "a lesson needs [inputs], such as x = { shape = [4, 3] }"
        source.add(Code.MISSING_KEY, message, "inputs")
        return ()
    from_files = [name for name, row in table.items() if isinstance(row, dict) and "file" in row]
    if len(table) > MOST_INPUTS or len(from_files) > MOST_FILES:
        message = f"a lesson has at most {MOST_INPUTS} inputs, {MOST_FILES} of them from files"
        source.add(Code.TOO_LARGE, message, "inputs")
        return ()
    taken = {**dict.fromkeys(around.sizes, "size"), **{each.name: "switch" for each in around.switches}}
    rows = []
    for name, row in table.items():
        if source.findings.full:
            break
        if name in taken:
            message, hint = f"the name {name} is that of a {taken[name]}", "each name is defined once"
            source.add(Code.NAME_TAKEN, message, "inputs", name, hint=hint)
        elif source.is_name("inputs", name):
            rows.append(_input(source, name, row, around))
    return tuple(row for row in rows if row is not None)


def _input(source: Source, name: str, row: Any, around: Surroundings) -> InputRow | None:
    if not isinstance(row, dict):
        message = f"the input {name} must be a table: {{ shape = [4, 3] }}"
        source.add(Code.WRONG_VALUE, message, "inputs", name)
        return None
    constant = row.get("constant", False)
    if not isinstance(constant, bool):
        message = f"constant of {name} must be true or false"
        source.add(Code.WRONG_VALUE, message, "inputs", name, "constant")
        return None
    if "value" in row:
        return _given(source, name, row, constant)
    return (_from_file if "file" in row else _drawn)(source, name, row, around, constant)


def _refuse_keys(source: Source, name: str, row: Mapping[str, Any], allowed: Sequence[str], has: str) -> None:
    others = {*_KEYS, *(chain.from_iterable(_DRAW_KEYS.values()) if has != "draw" else ())}
    for key in row:
        if key not in allowed and key in others:
            message = f"the input {name} has a {has}, and so no {key}"
            source.add(Code.UNKNOWN_KEY, message, "inputs", name, key)
        elif key not in allowed:
            hint = did_you_mean(key, allowed)
            message = f"the input {name} has no key {key}"
            source.add(Code.UNKNOWN_KEY, message, "inputs", name, key, hint=hint)


def _from_file(
    source: Source, name: str, row: Mapping[str, Any], around: Surroundings, constant: bool
) -> InputRow | None:
    """Read a CSV file beside the lesson; a ``shape`` says how its numbers are laid out."""
    _refuse_keys(source, name, row, ("file", "shape", "constant"), "file")
    try:
        value = read_beside(around.folder, row["file"])
        shape = _shape(source, name, row["shape"], around) if "shape" in row else ()
        if shape and all(entry in around.sizes or isinstance(entry, int) for entry in shape):
            value = laid_out(value, tuple(around.sizes.get(str(entry), entry) for entry in shape))
    except BesideError as error:
        source.add(Code.BAD_DATA_FILE, f"the file of {name}: {error}", "inputs", name, "file")
        return None
    return InputRow(name, value.shape, value=value.tolist(), constant=constant)


def _given(source: Source, name: str, row: Mapping[str, Any], constant: bool) -> InputRow | None:
    _refuse_keys(source, name, row, ("value", "constant"), "value")
    value = _numbers(row["value"]) if _are_numbers(row["value"], MOST_AXES) else None
    if value is None:
        message = f"the value of {name} must be a number, or equally long lists of numbers"
        source.add(Code.WRONG_VALUE, message, "inputs", name, "value")
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
    source: Source, name: str, row: Mapping[str, Any], around: Surroundings, constant: bool
) -> InputRow | None:
    draw = row.get("draw", "normal")
    if not isinstance(draw, str) or draw not in DRAWS:
        _no_draw(source, name, draw)
        return None
    _refuse_keys(source, name, row, (*_KEYS, *_DRAW_KEYS[draw]), "draw")
    parameters = {key: row[key] for key in _DRAW_KEYS[draw] if key in row}
    numbers = around.holding(float)
    named = (key for key, value in parameters.items() if not is_number(value))
    for key in named:
        if not isinstance(parameters[key], str) or parameters[key] not in numbers:
            message, hint = f"{key} of {name} must be a number", "or a switch that stands for one"
            source.add(Code.WRONG_VALUE, message, "inputs", name, key, hint=hint)
            return None
    for key, reason in _impossible(parameters).items():
        source.add(Code.WRONG_VALUE, f"{reason} of {name}", "inputs", name, key)
    shape = _shape(source, name, row.get("shape", []), around)
    return InputRow(name, shape, draw, parameters, constant=constant)


def _impossible(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return what cannot be drawn so, by its key."""
    given = {key: value for key, value in parameters.items() if is_number(value)}
    if given.get("std", 0) < 0:
        return {"std": "std must not be negative: that"}
    if not 0 <= given.get("p", 0) <= 1:
        return {"p": "p must lie between 0 and 1: that"}
    if "low" in given and "high" in given and given["low"] > given["high"]:
        return {"low": "low must not be above high: those"}
    return {}


def _no_draw(source: Source, name: str, draw: Any) -> None:
    if isinstance(draw, str) and draw:
        hint = did_you_mean(draw, DRAWS)
        hint = hint or f"there are: {', '.join(DRAWS)}"
        source.add(Code.UNKNOWN_DRAW, f"there is no draw {draw}", "inputs", name, "draw", hint=hint)
    else:
        message = f"the draw of {name} must be one of {', '.join(DRAWS)}, in quotes"
        source.add(Code.UNKNOWN_DRAW, message, "inputs", name, "draw")


def _shape(source: Source, name: str, shape: Any, around: Surroundings) -> tuple[str | int, ...]:
    entries = shape if isinstance(shape, list) else [shape]
    if len(entries) > MOST_AXES:
        message = f"the shape of {name} has more than {MOST_AXES} axes"
        source.add(Code.TOO_LARGE, message, "inputs", name, "shape")
        return ()
    known = {*around.sizes, *around.holding(tuple)}
    for entry in entries:
        if isinstance(entry, str) and entry not in known:
            message, hint = f"the size {entry} of {name} is not in [sizes]", did_you_mean(entry, known)
            place = source.place_of_text(entry, "inputs", name, "shape")
            source.findings.add(*place, Code.UNKNOWN_SIZE, message, hint)
        elif not isinstance(entry, str) and (type(entry) is not int or not 0 <= entry <= LARGEST_EXTENT):
            message = f"the shape of {name} must hold size names or whole numbers"
            source.add(Code.WRONG_VALUE, message, "inputs", name, "shape")
    return tuple(entry for entry in entries if isinstance(entry, str | int))
