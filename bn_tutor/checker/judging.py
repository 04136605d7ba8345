"""Is a result right? Compared strictly in shape, and in value as exactly as its type allows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bn_tutor.checker.report import Result, Verdict
from bn_tutor.checker.trial import Trial, Where
from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.closeness import relative_error
from bn_tutor.engine.gradients import Array

# float64 code in any order of operations agrees far better; a wrong formula never does so well.
TOLERANCE = 1e-6
_COARSE: Mapping[str, float] = {"float32": 1e-3, "float16": 5e-2}
_NOTHING: Mapping[str, Any] = {"not": "nothing"}


def results_of(given: Mapping[str, Any], where: Where) -> Mapping[str, Any]:
    """Return what stands for a result in what a plan gave, as ``calling.described`` describes it."""
    where = _with_guessed(given, where)
    found = _in_result(given.get(where.given, _NOTHING), where)
    if found is _NOTHING and where.attributes:
        return _named(given.get(where.attributes, _NOTHING), where.names)
    return found


def _with_guessed(given: Mapping[str, Any], where: Where) -> Where:
    """Add the names of the gradients of parameters whose own names had to be guessed."""
    parameters = given.get("guessed", {}).get("parameters", {})
    if not parameters or not where.attributes:
        return where
    names = {f"d{meant}": _gradients_of(way["name"]) for meant, way in parameters.items() if way["name"]}
    others = {each for name, those in names.items() if name not in where.names for each in those}
    own = [each for name, those in names.items() if name in where.names for each in those]
    return replace(where, names=[*own, *(each for each in where.names if each not in others)])


def _gradients_of(parameter: str) -> list[str]:
    bare = re.sub(r"[^a-z]", "", parameter.lower())
    return [pattern.format(bare) for pattern in ("d{}", "grad{}", "{}grad", "delta{}", "dl{}", "{}gradient")]


def _in_result(found: Mapping[str, Any], where: Where) -> Mapping[str, Any]:
    if "entries" in found:
        return _named(found, where.names)
    if "items" not in found:
        return found if where.place == 0 else _NOTHING
    items = found["items"]
    if where.place < len(items) and (where.count > 1 or len(items) == 1):
        return dict(items[where.place])
    return found if where.count == 1 else _NOTHING


def _named(found: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """Return the entry that goes by one of these names; tables inside are looked into."""
    for name, entry in found.get("entries", {}).items():
        bare = re.sub(r"[^a-z]", "", name.lower())
        if bare in names:
            return dict(entry)
        # In a table of gradients that of gamma may be called gamma.
        inside = [*names, *(each[1:] for each in names if each[:1] == "d")] if "grad" in bare else names
        if "entries" in entry and (inner := _named(entry, inside)) is not _NOTHING:
            return inner
    return _NOTHING


def right_for(trial: Trial, given: Mapping[str, Any]) -> Mapping[str, Array]:
    """Return the right results of a trial, where they follow from what it gave, too; else none."""
    if trial.right_for is None:
        return trial.wanted
    right = trial.right_for(given)
    return {} if isinstance(right, str) else right


def judged(name: str, given: Mapping[str, Any], right: Array, *, is_coarse: bool = False) -> Result:
    """Return the verdict on one result; ``is_coarse`` where single precision is used on the way to it."""
    if "array" not in given:
        return Result(name, Verdict.WRONG, None, _no_numbers(name, given, right), right)
    value = given["array"]
    notes = _type_notes(name, given)
    shaped = _without_leading_ones(value, right)
    if shaped is not value:
        notes += (
            f"{name} has the shape {shape_text(value.shape)}; {shape_text(right.shape)} would be exact",
        )
    if shaped.shape != right.shape:
        say = f"{name} has the shape {shape_text(value.shape)} and should have {shape_text(right.shape)}"
        return Result(name, Verdict.WRONG, None, say, right, value, notes)
    with np.errstate(all="ignore"):
        error = relative_error(shaped, right)
    if error <= _COARSE.get(given.get("dtype", ""), TOLERANCE):
        return Result(name, Verdict.RIGHT, error, "", right, shaped, notes)
    if is_coarse and error <= _COARSE["float32"]:
        # No mistake with eps is as small as this in every batch: in two of them eps is large, or matters.
        notes += (f"{name} is made with float32 on the way, so it is compared to fewer digits",)
        return Result(name, Verdict.RIGHT, error, "", right, shaped, notes)
    return Result(name, Verdict.WRONG, error, _off(name, shaped, error), right, shaped, notes)


def _no_numbers(name: str, given: Mapping[str, Any], right: Array) -> str:
    """Say what stands in the place of an array of numbers."""
    if "shape" in given:  # they are numbers, but so many that nobody copies them
        shape = tuple(given["shape"])
        return f"{name} has the huge shape {shape_text(shape)} and should have {shape_text(right.shape)}"
    what = given.get("not") or f"a {given.get('type', 'dictionary')}"
    if what == "nothing":
        return f"{name} is missing from what is returned"
    return f"{name} is {what}, not an array of numbers"


def is_missing(result: Result) -> bool:
    """Whether nothing at all is returned, or kept, that could be this result."""
    return result.given is None and result.say.startswith(f"{result.name} is missing")


def _off(name: str, value: Array, error: float) -> str:
    if np.all(np.isfinite(value)):
        return f"{name} is off by {error:.2g} of its largest entry"
    return f"{name} holds {'nan' if np.any(np.isnan(value)) else 'inf'}"


def _without_leading_ones(value: Array, right: Array) -> Array:
    """Return (1, D) as (D,): it broadcasts as the right one does. (D, 1) does not, and stays."""
    extra = value.ndim - right.ndim
    if extra > 0 and value.shape == (*(1,) * extra, *right.shape):
        return value.reshape(right.shape)
    return value


def _type_notes(name: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    dtype, kind = given.get("dtype", ""), given.get("type", "")
    if dtype in _COARSE:
        return (f"{name} is {dtype}, so it is compared to fewer digits",)
    return (f"{name} is a {kind}, not a plain array",) if kind and kind != "number" else ()


# --- results beside each other ----------------------------------------------------------------------------


def order_given(trial: Trial, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names in the order in which the results were returned, where it is a wrong one."""
    places = list(trial.results.values())
    if len(places) < 2 or any("items" not in given.get(where.given, {}) for where in places):
        return ()
    values = [results_of(given, where) for where in places]
    names = list(trial.wanted)
    found = [
        next((name for name in names if _is_right(name, value, trial.wanted[name])), "") for value in values
    ]
    return tuple(found) if sorted(found) == sorted(names) and found != names else ()


def _is_right(name: str, given: Mapping[str, Any], right: Array) -> bool:
    return judged(name, given, right).verdict is Verdict.RIGHT


def together(trial: Trial, given: Mapping[str, Any], results: Sequence[Result]) -> Iterator[Result]:
    """Yield the results of a trial; of those that are wrong it is said how they come from right ones."""
    order = order_given(trial, given)
    for at, result in enumerate(results):
        if result.verdict is Verdict.RIGHT:
            yield result
        elif order:
            say = f"{order[at]} is returned in the place of {result.name}"
            yield replace(result, say=f"{say}: the order is {', '.join(trial.wanted)}")
        else:
            factor = _factor(result, trial.reference.sizes if trial.reference else {})
            yield replace(result, say=f"{result.say}; {factor}") if factor else result


def _factor(result: Result, sizes: Mapping[str, int]) -> str:
    """Say by which number all entries are off; empty where it is none."""
    given, right = result.given, result.right
    if given is None or given.shape != right.shape or not right.size:
        return ""
    with np.errstate(all="ignore"):
        largest = np.unravel_index(np.argmax(np.abs(right)), right.shape)
        factor = float(given[largest] / right[largest])
        if not np.isfinite(factor) or not factor or relative_error(given / factor, right) > TOLERANCE:
            return ""
    return _factor_words(result.name, factor, sizes)


def _factor_words(name: str, factor: float, sizes: Mapping[str, int]) -> str:
    if np.isclose(factor, -1):
        return f"every entry of {name} has the wrong sign, and is right otherwise"
    counts = {word: size for word, size in sizes.items() if size > 1}
    counts |= {"N·H·W": int(np.prod([sizes[each] for each in "NHW"]))} if {*"NHW"} <= sizes.keys() else {}
    for word, size in counts.items():
        if np.isclose(factor, 1 / size):
            return f"it is the right one divided by {word} = {size}"
        if np.isclose(factor, size):
            return f"it is the right one times {word} = {size}"
    return f"it is the right one times {factor:.4g}"
