"""One trial of a learner's functions: what is called with which data, and what should come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from bn_tutor.checker.reference import Reference
from bn_tutor.engine.gradients import Array

Plan = Mapping[str, Any]
Value = tuple[str, Any]


class Aspect(StrEnum):
    """What of a layer a trial looks at."""

    FORWARD = "training mode"
    TEST = "test mode"
    RUNNING = "running averages"
    BACKWARD = "gradients"


@dataclass(frozen=True, eq=False)
class Trial:
    """What to call, and the right results by name; ``function`` is the one that the trial is about.

    ``results`` says where in what the plan gives each result stands: (the name that is given, the place in
    it), where a place is a number of a tuple, a key, or None for the whole.
    """

    function: str
    aspect: Aspect
    data: str
    plan: Plan
    wanted: Mapping[str, Array]
    results: "Mapping[str, Where]"
    # Makes the lesson's values on this data, which only a diagnosis needs.
    refer: Callable[[], Reference] | None = None
    # What a wrong result may be taken for, in words: "the output of training mode".
    taken_for: Mapping[str, Array] = field(default_factory=dict)
    # Works the right results out from what was given, where they follow from it: a random mask, say. It
    # returns the text of what is wrong where nothing can be right.
    right_for: Callable[[Mapping[str, Any]], "Mapping[str, Array] | str"] | None = None
    # What the values of its lines can be where there is no lesson, by name, from what was given.
    quantities: Callable[[Mapping[str, Any]], Mapping[str, Array]] | None = None
    # Whether it is a guess how to get there, so that nothing is said where that raises an error.
    is_guess: bool = False

    @cached_property
    def reference(self) -> Reference | None:
        """The lesson's values on this data; None where the layer has no lesson."""
        return self.refer() if self.refer else None


@dataclass(frozen=True)
class Where:
    """Where a result stands: in what a call gives, at a place of a tuple; or under one of these names.

    ``attributes`` names the given attributes of an object, in which it may stand too.
    """

    given: str
    place: int = 0
    count: int = 1
    names: Sequence[str] = ()
    attributes: str = ""


@dataclass
class Calls:
    """A plan in the making."""

    arrays: dict[str, Array] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    entries: dict[str, tuple[str, str]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        name: str,
        arguments: Sequence[Value],
        *,
        function: str = "",
        of: str = "",
        method: str = "",
        whole: bool = False,
        named: Mapping[str, Value] | None = None,
    ) -> None:
        """Call a function of the file, or a method of an earlier result; what it returns is kept as ``name``.

        With ``whole`` all that it returns is a result, else only the first part of a tuple.
        """
        what = {"function": function} if function else {"object": of, "method": method}
        self.calls.append(
            {"as": name, "arguments": list(arguments), "named": dict(named or {}), "whole": whole, **what}
        )

    def set(self, of: str, attributes: Mapping[str, Value]) -> None:
        """Set attributes of an earlier result."""
        self.calls.append({"as": of, "object": of, "set": dict(attributes)})

    @property
    def plan(self) -> Plan:
        """The plan as the child takes it; what is added later is not in it."""
        return {
            "arrays": {**self.arrays},
            "tables": {**self.tables},
            "calls": [*self.calls],
            "entries": {**self.entries},
            "attributes": {**self.attributes},
        }
