"""The trials of dropout: its mask is random, so what is right follows from the output itself.

p may be the probability to keep or to drop, and the scale may be applied in training (inverted) or at
inference (classic): whichever the file means, it has to mean it everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bn_tutor.checker.data import batches
from bn_tutor.checker.source import Function
from bn_tutor.checker.trial import Aspect, Calls, Trial, Value, Where
from bn_tutor.checker.trials import Pair, arguments_of
from bn_tutor.engine.gradients import Array

# Far from a half, and from what randn in place of rand makes of it.
P = 0.25
SEED = 231
# How many standard deviations the share that is kept may lie off.
SLACK = 5.0
# The same for one row or column, of which there are many.
LINE_SLACK = 6.0


@dataclass(frozen=True)
class Meaning:
    """What p means, and where the scale is applied."""

    keep: float
    inverted: bool

    @property
    def words(self) -> str:
        """The meaning in words."""
        p = "keep" if self.keep == P else "drop"
        return f"p is read as the probability to {p} a number" + (
            "" if self.inverted else ", scaled at inference and not in training"
        )


MEANINGS = tuple(Meaning(keep, inverted) for inverted in (True, False) for keep in (P, 1 - P))


def dropout_trials(pair: Pair, meaning: Meaning) -> Iterator[Trial]:
    """Yield the trials of a pair under one meaning of p. Raises ArgumentError."""
    if pair.forward is None:
        return
    (batch,) = batches(pair.family)
    for mode in ("train", "test"):
        arrays = {"x": batch.inputs["x"], "dout": batch.upstream}
        forward = Calls(arrays=arrays, tables={"table": {"p": P, "mode": mode, "seed": SEED}})
        _call_forward(forward, pair, mode)
        yield _trial(pair, forward, None, mode, meaning)
        for function in pair.backwards:
            both = Calls(arrays, forward.tables, [*forward.calls])
            _call_backward(both, pair, function, mode)
            yield _trial(pair, both, function, mode, meaning)


def _trial(pair: Pair, calls: Calls, backward: Function | None, mode: str, meaning: Meaning) -> Trial:
    function = backward or pair.forward
    assert function is not None
    aspect = Aspect.TEST if mode == "test" else Aspect.BACKWARD if backward else Aspect.FORWARD
    name, result = ("dx", Where("gradients", names=("dx", "x"))) if backward else ("out", Where("out"))
    right = partial(_right, calls.arrays["x"], calls.arrays["dout"], mode, meaning, name)
    seen = partial(quantities, calls.arrays["x"], calls.arrays["dout"], meaning)
    return Trial(
        pair.name_of(function),
        aspect,
        f"p = {P}",
        calls.plan,
        {},
        {name: result},
        right_for=right,
        quantities=seen,
    )


def quantities(x: Array, upstream: Array, meaning: Meaning, given: Mapping[str, Any]) -> dict[str, Array]:
    """Return what the lines of a right file can make, with the mask that the output shows."""
    out = given.get("out", {}).get("array")
    found = {"x": x, "dout": upstream, "keep": np.asarray(meaning.keep)}
    if out is None or out.shape != x.shape:
        return found
    mask = (out != 0).astype(float)
    factor = mask / meaning.keep
    return {
        **found,
        "mask": mask,
        "dropped": 1.0 - mask,
        "mask / keep": factor,
        "x * mask": x * mask,
        "x / keep": x / meaning.keep,
        "x * mask / keep": x * factor,
        "x * keep": x * meaning.keep,
        "dout * mask": upstream * mask,
        "dout / keep": upstream / meaning.keep,
        "dout * mask / keep": upstream * factor,
        "dout * keep": upstream * meaning.keep,
    }


def _values(mode: str) -> dict[str, Value]:
    return {
        "x": ("array", "x"),
        "table": ("table", "table"),
        "p": ("plain", P),
        "mode": ("plain", mode),
        "training": ("plain", mode == "train"),
        "dout": ("array", "dout"),
        "cache": ("cache", "out"),
    }


def _call_forward(calls: Calls, pair: Pair, mode: str) -> None:
    values = _values(mode)
    assert pair.forward is not None
    if pair.owner:
        arguments = arguments_of(pair.constructor, values, ["p"]) if pair.constructor else []
        calls.call("layer", arguments, function=pair.owner)
        calls.set("layer", {"training": values["training"], "train": values["training"]})
        arguments = arguments_of(pair.forward, values, ["x"])
        calls.call("out", arguments, of="layer", method=pair.forward.name)
        return
    names = [each.name.lower() for each in pair.forward.parameters]
    takes_table = any("param" in name or "conf" in name for name in names)
    arguments = arguments_of(pair.forward, values, ["x", "table" if takes_table else "p"])
    calls.call("out", arguments, function=pair.forward.name)


def _call_backward(calls: Calls, pair: Pair, function: Function, mode: str) -> None:
    in_order = ["dout"] if pair.owner else ["dout", "cache"]
    arguments = arguments_of(function, _values(mode), in_order)
    if pair.owner:
        calls.call("gradients", arguments, of="layer", method=function.name, whole=True)
    else:
        calls.call("gradients", arguments, function=function.name, whole=True)


def _right(
    x: Array, upstream: Array, mode: str, meaning: Meaning, name: str, given: Mapping[str, Any]
) -> Mapping[str, Array] | str:
    """Return what is right with the mask that the output shows, or what is wrong with that mask."""
    of = x if name == "out" else upstream
    if mode == "test":
        return {name: of if meaning.inverted else of * meaning.keep}
    out = given.get("out", {}).get("array")
    if out is None or out.shape != x.shape:
        return {name: of}
    kept = out != 0
    if shared := _shared(kept):
        return shared
    share, slack = float(np.mean(kept)), SLACK * np.sqrt(P * (1 - P) / kept.size)
    if abs(share - meaning.keep) > slack:
        return (
            f"{share:.0%} of the numbers are kept; p = {P} means {P:.0%}, or {1 - P:.0%} where p is to drop"
        )
    return {name: of * kept / (meaning.keep if meaning.inverted else 1.0)}


def _shared(kept: Array) -> str:
    """Say that a mask is drawn once for many numbers; empty where each number has its own.

    Then the share that is kept is much the same in every row and every column.
    """
    share = float(np.mean(kept))
    if kept.ndim != 2 or share in (0.0, 1.0):
        return ""  # all, or none: there is no mask at all
    for axis, line in ((0, "column"), (1, "row")):
        if np.all(kept == np.take(kept, [0], axis=axis)):
            return f"one number of the mask is drawn for a whole {line}: every entry of x has its own"
        far = np.max(np.abs(np.mean(kept, axis=axis) - share))
        if far > LINE_SLACK * np.sqrt(share * (1 - share) / kept.shape[axis]):
            return f"of some {line}s far more is kept than of others: every entry of x has a draw of its own"
    return ""
