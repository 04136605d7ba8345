"""In the child process: what stands behind each statement of the probed file.

The file's statements are rewritten to ask ``_bn_probe`` for their values. It computes them as they are
written, or, where an experiment says so, puts another value or another formula in their place.
"""

import sys
from collections.abc import Callable
from typing import Any

# Bound here by name, since a file may put something else in their places.
from numpy import array, asarray, bool_, float64, ndarray, number

# Of a statement in a loop only so many values are recorded, and of a file only so many in all.
MOST_TIMES, MOST_SEEN, MOST_NUMBERS = 3, 2000, 20_000


class Probe:
    """What an experiment puts in the place of statements, and what is seen while it runs.

    ``patches`` maps the number of a place, as text, to {"value": array} or {"code": formula}; with "time"
    only that visit of the place is changed, counted from 1. With {"codes": formulas} nothing is changed, and
    what each of them comes to at the first visit is ``tried``.
    """

    def __init__(self, space: dict[str, Any], record: bool) -> None:
        self.space = space
        self.patches: dict[int, dict[str, Any]] = {}
        self.record = record
        self.times: dict[int, int] = {}
        # Which call of the plan runs just now.
        self.call = ""
        self.seen: list[dict[str, Any]] = []
        self.tried: list[ndarray | None] = []

    def patch(self, patches: dict[str, Any]) -> None:
        """Take patches. Raises SyntaxError for a formula that is none."""
        self.patches = {int(place): _ready(patch) for place, patch in patches.items()}

    def value(self, place: int, compute: Callable[[], Any]) -> Any:
        """Return the value of a statement's right side."""
        return self._value(place, compute)

    def after(self, place: int, value: Any) -> Any:
        """Return the value that a name has after a statement which changes it."""
        return self._value(place, lambda: value)

    def _value(self, place: int, compute: Callable[[], Any]) -> Any:
        time = self.times[place] = self.times.get(place, 0) + 1
        patch = self.patches.get(place)
        if patch is None or patch["time"] not in (0, time) or "codes" in patch:
            result = compute()
        elif "code" in patch:
            result = eval(patch["code"], {**self.space, **_names()})
        else:
            result = array(patch["value"])[()]
        if patch is not None and "codes" in patch and time == 1:
            names = {**self.space, **_names()}
            for code in patch["codes"]:  # one by one: time may run out
                self.tried.append(_tried(code, names))
        if self.record:
            self._keep(place, time, result)
        return result

    def _keep(self, place: int, time: int, value: Any) -> None:
        if time > MOST_TIMES or len(self.seen) >= MOST_SEEN or isinstance(value, bool | bool_):
            return
        if isinstance(value, ndarray | int | float | number):
            numbers = asarray(value)
            if numbers.dtype.kind in "fiub" and numbers.size <= MOST_NUMBERS:
                kept = array(numbers, dtype=float64)
                self.seen.append({"place": place, "time": time, "call": self.call, "value": kept})


def _names() -> dict[str, Any]:
    """Return the local names of the statement that asks: three frames up from here."""
    return sys._getframe(3).f_locals


def _tried(code: Any, names: dict[str, Any]) -> "ndarray[Any, Any] | None":
    """Return what a formula comes to here; None where it is no array of numbers."""
    if code is None:
        return None
    try:
        value = asarray(eval(code, dict(names)))
    except Exception:
        return None
    if value.dtype.kind not in "fiub" or value.size > MOST_NUMBERS:
        return None
    return array(value, dtype=float64)


def _compiled(code: str) -> Any:
    """Return a formula that is ready to run; None for one that Python does not take."""
    try:
        return compile(code, "<edit>", "eval")
    except (SyntaxError, ValueError):
        return None


def _ready(patch: dict[str, Any]) -> dict[str, Any]:
    """Compile a formula once; one that cannot be compiled is the parent's bug, and told as such."""
    ready = {"time": 0, **patch}
    if "code" in patch:
        ready["code"] = compile(patch["code"], "<edit>", "eval")
    if "codes" in patch:
        ready["codes"] = [_compiled(code) for code in patch["codes"]]
    return ready
