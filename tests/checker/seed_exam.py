"""Proves that a changed source is really wrong: its values are held against right ones, and nothing else."""

import ast
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from seed_calls import CONSTRUCTIONS, STYLES, Observed, Pair, load, observed, silenced
from seed_truth import Array, Case, cases, distance, right_values

# A relative difference from which a result is wrong; a source that rounds to float32 gets more room.
WRONG = 1e-6
_ROOM = 100
# What the right source may be off by, float32 included.
_RIGHT = 1e-4
_KINDS = ("batchnorm", "layernorm", "spatial_batchnorm", "spatial_groupnorm", "dropout")
_SIDES = ("forward", "backward")
Key = tuple[int, int, str, str]


@dataclass(frozen=True)
class Part:
    """One side of a pair with the results that the right source has right, and how far off they may be."""

    pair: int
    side: str
    name: str
    limits: Mapping[Key, float]


@dataclass(frozen=True)
class Exam:
    """Everything that a changed source of one file is held against."""

    pairs: Sequence[Pair]
    parts: Sequence[Part]
    readings: Sequence[float | None]


@dataclass(frozen=True)
class Outcome:
    """The functions with a wrong result, forward first; whether any raised; and every value seen."""

    wrong: tuple[str, ...]
    raised: bool
    seen: Mapping[Key, object]


def exam(source: str) -> Exam:
    """Return the exam for a right source: what it gets right is what its changed copies must get right."""
    readings = _readings(source)
    with silenced():
        module = load(source)
        pairs = [pair for each in _candidates(module, source) if (pair := _working(module, each, readings))]
        parts = [
            part
            for number, pair in enumerate(pairs)
            for side in _SIDES
            if (part := _part(module, number, pair, side, readings)) is not None
        ]
    return Exam(pairs, parts, readings)


def examine(given: Exam, source: str) -> Outcome:
    """Run a changed source through the exam."""
    with silenced():
        try:
            module = load(source)
        except Exception:
            return Outcome((), True, {})
        sights = [_sight(module, number, pair) for number, pair in enumerate(given.pairs)]
        wrong = [part.name for part in given.parts if _is_wrong(part, given, sights[part.pair])]
    wanted = [(key, sights[key[0]]) for part in given.parts for key in part.limits]
    seen = {key: _at(sight, key) for key, sight in wanted}
    raised = any(value is None for value in seen.values())
    return Outcome(tuple(dict.fromkeys(wrong)), raised, seen)


def differ(one: Outcome, other: Outcome) -> bool:
    """Whether two changed sources give different values somewhere."""
    return any(_apart(one.seen.get(key), other.seen.get(key)) for key in {*one.seen, *other.seen})


def _apart(one: object, other: object) -> bool:
    try:
        values = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    except (TypeError, ValueError):
        return True
    same = values[0].shape == values[1].shape and np.allclose(*values, rtol=WRONG, atol=0, equal_nan=True)
    return not same


def _readings(source: str) -> list[float | None]:
    """As it is given, or with a small number of the file's own for eps: no mistake, though worth a note."""
    constants = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    small = {value for value in constants if isinstance(value, float) and 0 < value <= 0.01}
    return [None, *sorted(small | {1e-5})]


# --- what a file holds ------------------------------------------------------------------------------------


def _candidates(module: types.ModuleType, source: str) -> Iterator[list[Pair]]:
    """The pairs that a file may hold, each with every way of calling it, in the file's own order."""
    for name in [node.name for node in ast.walk(ast.parse(source)) if hasattr(node, "name")]:
        found = getattr(module, str(name), None)
        if isinstance(found, type) and hasattr(found, "forward") and hasattr(found, "backward"):
            yield [Pair(kind, name, name, style) for kind in _KINDS[:2] for style in CONSTRUCTIONS]
        for kind in _KINDS:
            backwards = [f"{kind}_backward", f"{kind}_backward_alt"]
            for backward in backwards if name == f"{kind}_forward" else ():
                if hasattr(module, backward):
                    yield [Pair(kind, name, backward, style) for style in STYLES]


def _working(module: types.ModuleType, ways: Sequence[Pair], readings: Sequence[float | None]) -> Pair | None:
    """The first way of calling a pair in which both of its functions are right."""
    for pair in ways:
        parts = [_part(module, 0, pair, side, readings) for side in _SIDES]
        if all(parts):
            return pair
    return None


def _part(
    module: types.ModuleType, number: int, pair: Pair, side: str, readings: Sequence[float | None]
) -> Part | None:
    sight = _sight(module, number, pair)
    every = [_limits(number, side, sight, reading) for reading in readings]
    limits = max(every, key=len)
    needed = {(number, place, side, "out" if side == "forward" else "dx") for place in range(len(sight))}
    name = pair.forward if side == "forward" else pair.backward
    return Part(number, side, name, limits) if needed <= set(limits) else None


def _limits(number: int, side: str, sight: "Sight", reading: float | None) -> dict[Key, float]:
    """The results that are right under a reading, with how far off a changed source's may be."""
    found = {}
    for place, (case, seen) in enumerate(sight):
        for name, right in right_values(case, reading, seen)[side].items():
            off = distance(seen[side].get(name), right)
            if off < _RIGHT:
                found[number, place, side, name] = max(WRONG, _ROOM * off)
    return found


# --- what a changed file gives ----------------------------------------------------------------------------

Sight = list[tuple[Case, Observed]]


def _sight(module: types.ModuleType, number: int, pair: Pair) -> Sight:
    return [(case, observed(module, pair, case)) for case in cases(pair.kind)]


def _at(sight: Sight, key: Key) -> object:
    _, place, side, name = key
    return sight[place][1][side].get(name)


def _is_wrong(part: Part, given: Exam, sight: Sight) -> bool:
    """Whether a result is off under every reading."""
    return not any(_fits(part, reading, sight) for reading in given.readings)


def _fits(part: Part, reading: float | None, sight: Sight) -> bool:
    rights = [right_values(case, reading, seen)[part.side] for case, seen in sight]
    return all(_off(rights[key[1]], sight, key) < limit for key, limit in part.limits.items())


def _off(rights: Mapping[str, Array], sight: Sight, key: Key) -> float:
    return distance(_at(sight, key), rights[key[3]])
