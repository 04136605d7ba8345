"""A wrong function on the bench: its trials, its sites, and the experiments that are made with them."""

import ast
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from bn_tutor.checker.edits import Edit
from bn_tutor.checker.flow import reaching
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.judging import judged, results_of, right_for
from bn_tutor.checker.library import CLOSE, CLOSE_FLOAT32, NOTHING, Library
from bn_tutor.checker.process import Child
from bn_tutor.checker.report import Verdict
from bn_tutor.checker.syntax import function_name
from bn_tutor.checker.trial import Aspect, Trial
from bn_tutor.engine.gradients import Array

# The number of a site, as text -> what is put in its place: see ``probe``.
Patches = Mapping[str, Mapping[str, Any]]
# Numbers of rows, features, or both are no larger.
LARGEST_COUNT = 2000
# Edits of a site, each with the results that are right after it.
Outcomes = Sequence[tuple[Edit, frozenset[str]]]
# So many experiments are asked for at once; between two lots the clock is looked at.
LOT = 60


@dataclass(frozen=True, eq=False)
class Seen:
    """What a site was seen to make on the first batch, and which quantity that is, on both batches."""

    site: Site
    time: int
    value: Array
    stands_for: str

    @property
    def is_odd(self) -> bool:
        """Whether it is none of the right quantities, and no plain count or setting either.

        What a loop has gathered half is none either, and zeros and ones are what people begin with.
        """
        if self.stands_for or not self.value.size or self.time > 1:
            return False
        if self.site.in_loop and self.site.kind is Kind.AFTER:
            return False
        if makes_room(self.site.expression):
            return False
        if np.max(np.abs(self.value)) < NOTHING:
            return False
        first = self.value.flat[0]
        return bool(np.any(self.value != first)) or not _is_plain(float(first))


def makes_room(expression: ast.expr) -> bool:
    """Whether it only makes room for numbers, and those in it mean nothing yet."""
    return function_name(expression) in ("empty", "empty_like", "zeros", "zeros_like")


def _is_far(given: Mapping[str, Any], right: Array) -> bool:
    """Whether a result is so wrong that one look tells: it saves most of the time of judging."""
    value = given.get("array")
    if value is None or value.shape != right.shape or not right.size:
        return False
    return bool(abs(float(value.flat[0]) - float(right.flat[0])) > float(np.abs(right).max()))


def _is_coarse(run: Mapping[str, Any]) -> bool:
    """Whether results come in single precision, and so perhaps what they are made from."""
    parts = [part for each in run["given"].values() for part in (each, *each.get("items", ()))]
    return any(part.get("dtype") == "float32" for part in parts)


def _is_plain(number: float) -> bool:
    """Whether a number is written in a few digits, or a ratio of counts: a setting, and no data."""
    if not np.isfinite(number):
        return False
    if float(f"{number:.6g}") == number:
        return True
    ratio = float(Fraction(number).limit_denominator(LARGEST_COUNT))
    return ratio != 0 and abs(ratio - number) < 1e-13 * max(1.0, abs(number))


@dataclass
class Memory:
    """What experiments on the same base have shown, whatever result is looked after.

    ``outcomes`` holds for the edits of a site, lot by lot, which results of the first trial are right after
    them; ``waiting`` yields the lots that are not run yet.
    """

    libraries: "tuple[Library, ...] | None" = None
    seen: list[Seen] | None = None
    right_before: int | None = None
    outcomes: dict[int, list[Outcomes]] = field(default_factory=dict)
    waiting: dict[int, Iterator[Outcomes]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Bench:
    """``trials`` are those of the function, on its batches; ``all_trials`` those of all that goes with it.

    ``base`` is patched in every experiment. After ``until``, by time.monotonic, nothing more is tried.
    """

    child: Child
    trials: Sequence[Trial]
    all_trials: Sequence[Trial]
    sites: Sequence[Site]
    base: Patches = field(default_factory=dict)
    until: float = inf
    # Which results are looked after; none for all of them.
    targets: frozenset[str] = frozenset()
    memory: Memory = field(default_factory=Memory)

    def for_result(self, name: str) -> "Bench":
        """Return a bench on which only one result is looked after."""
        return replace(self, targets=frozenset({name}))

    def with_base(self, patches: Patches) -> "Bench":
        """Return a bench on which further patches are always there, and all results are looked after."""
        # What a mask can be follows from the output, which may be another one now.
        known = None if self.trials[0].quantities else self.memory.libraries
        return replace(self, base={**self.base, **patches}, targets=frozenset(), memory=Memory(known))

    @property
    def is_late(self) -> bool:
        """Whether the time for looking is over."""
        return time.monotonic() > self.until

    @cached_property
    def wrong(self) -> tuple[str, ...]:
        """Which results are wrong on some batch, of those that are looked after."""
        runs = [(trial, self.right_results(trial, self.run(trial, {}))) for trial in self.trials]
        names = dict.fromkeys(name for trial, _ in runs for name in trial.results if self.is_target(name))
        return tuple(name for name in names if any(name not in right for _, right in runs))

    def is_target(self, name: str) -> bool:
        """Whether a result is looked after."""
        return not self.targets or name in self.targets

    @cached_property
    def reaching(self) -> frozenset[int]:
        """The sites that wrong results come from, as far as names tell."""
        trial = self.trials[0]
        wanted = [each for name, each in trial.results.items() if name in self.wrong]
        return reaching(self.sites, trial.function, wanted)

    def odd(self, seen: Sequence[Seen]) -> list[Seen]:
        """Return what is none of the right quantities, and feeds a wrong result, as it was made."""
        odd = [each for each in seen if each.is_odd and each.site.number not in self._half_full]
        return [each for each in odd if each.site.number in self.reaching] or odd

    @cached_property
    def _half_full(self) -> frozenset[int]:
        """The sites that look at an array of which a statement has just filled one part."""
        parts = {
            (each.line, each.function)
            for each in self.sites
            if each.kind is Kind.PART and isinstance(each.statement, ast.Assign) and not each.in_loop
        }
        after = (each for each in self.sites if each.kind is Kind.AFTER)
        return frozenset(each.number for each in after if (each.line, each.function) in parts)

    @property
    def libraries(self) -> tuple[Library, ...]:
        """The right quantities of the first two batches; none where nothing is known of the layer."""
        if self.memory.libraries is None:
            known = (trial for trial in self.trials[:2] if trial.reference or trial.quantities)
            self.memory.libraries = tuple(self._library(trial) for trial in known)
        return self.memory.libraries

    def _library(self, trial: Trial) -> Library:
        """Return the right quantities of a trial's batch, those of training mode among them."""
        run = self.run(trial, {})
        if trial.quantities:
            return Library(None, given=trial.quantities(run["given"]))
        others = [
            each.reference
            for each in self.all_trials
            if each.aspect is Aspect.FORWARD and each.data == trial.data and each.reference
        ]
        given = {**trial.plan["arrays"]}
        for table in trial.plan["tables"].values():
            given |= {name: np.asarray(value) for name, value in table.items() if not isinstance(value, str)}
        further = [each for each in others if each is not trial.reference]
        return Library(trial.reference, further, given, CLOSE_FLOAT32 if _is_coarse(run) else CLOSE)

    @property
    def last_call(self) -> str:
        """The call of the plan that is looked at: what was called before it is right."""
        return str(self.trials[0].plan["calls"][-1]["as"])

    @property
    def given(self) -> frozenset[str]:
        """The quantities that a function is given: no statement has to make them."""
        reference = self.trials[0].reference
        graph = reference.operations.graph if reference else None
        return frozenset(node.name for node in graph.inputs) | {f"d{graph.output}"} if graph else frozenset()

    @property
    def forward_names(self) -> frozenset[str]:
        """The quantities of the way forward."""
        reference = self.trials[0].reference
        return frozenset(reference.operations.values if reference else ())

    def is_node(self, name: str) -> bool:
        """Whether a quantity is one that the lesson itself has a name for."""
        return name in self._nodes

    @cached_property
    def _nodes(self) -> frozenset[str]:
        return frozenset(
            each.name for library in self.libraries[:1] for each in library.quantities if each.rank == 0
        )

    # --- experiments ------------------------------------------------------------------------------------

    def runs(
        self, trial: Trial, experiments: Sequence[Patches], *, record: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Run a trial with each of these patches, beside those that are there anyway. Raises StoppedError."""
        for start in range(0, len(experiments), LOT):
            if start and self.is_late:
                return
            lot = [{**self.base, **each} for each in experiments[start : start + LOT]]
            request = {"do": "run", "plans": [trial.plan], "experiments": lot, "record": record}
            yield from self.child.ask(request).get("runs", ())

    def run(self, trial: Trial, patches: Patches, *, record: bool = False) -> dict[str, Any]:
        """Run a trial once."""
        return next(
            iter(self.runs(trial, [patches], record=record)),
            {"error": {}, "given": {}, "seen": [], "tried": [], "visited": []},
        )

    def right_results(self, trial: Trial, run: Mapping[str, Any]) -> frozenset[str]:
        """Return which results of a run are right."""
        if run["error"] is not None:
            return frozenset()
        wanted = right_for(trial, run["given"])
        pairs = (
            (name, results_of(run["given"], trial.results[name]), right) for name, right in wanted.items()
        )
        return frozenset(
            name
            for name, given, right in pairs
            if not _is_far(given, right) and judged(name, given, right).verdict is Verdict.RIGHT
        )

    def is_right(self, trial: Trial, run: Mapping[str, Any]) -> bool:
        """Whether all results of a run are right that are looked after."""
        return self.is_enough(self.right_results(trial, run))

    def is_enough(self, right: frozenset[str]) -> bool:
        """Whether no result is missing that is looked after."""
        return all(name in right for name in self.trials[0].results if self.is_target(name))

    def repairing(self, experiments: Sequence[Patches]) -> Iterator[int]:
        """Yield which of the patches make the first trial right."""
        trial = self.trials[0]
        yield from (at for at, run in enumerate(self.runs(trial, experiments)) if self.is_right(trial, run))

    def proves(self, patches: Patches) -> bool:
        """Whether patches make every trial of the function right."""
        return all(self.is_right(trial, self.run(trial, patches)) for trial in self.trials)

    @cached_property
    def array_sites(self) -> frozenset[int]:
        """The sites that make arrays, as things are."""
        return frozenset(each["place"] for each in self._recorded["seen"] if each["value"].ndim)

    @cached_property
    def visited(self) -> frozenset[int]:
        """The sites that are come to at all; in a file for a whole course these are few."""
        return frozenset(self._recorded["visited"])

    @cached_property
    def _recorded(self) -> dict[str, Any]:
        return self.run(self.trials[0], {}, record=True)

    @property
    def right_before(self) -> int:
        """How many results of all trials are right as things are."""
        if self.memory.right_before is None:
            self.memory.right_before = self.count_right({})
        return self.memory.right_before

    @cached_property
    def wrong_before(self) -> int:
        """How many results that are looked after are wrong as things are."""
        runs = [(trial, self.right_results(trial, self.run(trial, {}))) for trial in self.trials]
        return sum(
            self.is_target(name) and name not in right for trial, right in runs for name in trial.results
        )

    def count_right(self, patches: Patches) -> int:
        """Return how many results of all trials are right with these patches."""
        return sum(len(self.right_results(trial, self.run(trial, patches))) for trial in self.all_trials)

    # --- what is seen -----------------------------------------------------------------------------------

    @property
    def seen_before(self) -> list[Seen]:
        """What the sites make as things are."""
        if self.memory.seen is None:
            self.memory.seen = self.seen({})
        return self.memory.seen

    def seen(self, patches: Patches, *, batches: int = 2) -> list[Seen]:
        """Return what the sites make with these patches, and which quantity that is on all ``batches``.

        A value in the place of another belongs to the first batch alone. Nothing is seen of what patches
        make to fail.
        """
        runs = [self.run(trial, patches, record=True) for trial in self.trials[:batches]]
        if patches and any(run["error"] is not None for run in runs):
            return []
        both = [run["seen"] for run in runs]
        others = {(each["place"], each["time"]): each["value"] for each in both[-1]}
        again = {each["place"] for each in both[0] if each["time"] > 1 and each["call"] == self.last_call}
        found = []
        for each in both[0]:
            if each["call"] != self.last_call:
                continue
            place, visit, value = each["place"], each["time"], each["value"]
            site = self.sites[place]
            other = others.get((place, visit)) if len(both) > 1 else None
            name = self._named(value, other, in_loop=(site.in_loop or place in again) and visit == 1)
            found.append(Seen(site, visit, value, name))
        return found

    def _named(self, value: Array, other: Array | None, *, in_loop: bool) -> str:
        names = [
            library.name_of(each, in_loop=in_loop)
            for library, each in zip(self.libraries, (value, other), strict=False)
            if each is not None
        ]
        return names[0] if names and all(name == names[0] for name in names) else ""

    def tried(self, site: Site, codes: Sequence[str]) -> Sequence[Array | None]:
        """Return what each formula comes to in a site's place, at its first visit; nothing is changed."""
        return list(self.run(self.trials[0], {str(site.number): {"codes": list(codes)}})["tried"])
