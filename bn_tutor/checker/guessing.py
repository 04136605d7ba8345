"""What is right for an object whose gamma and beta had to be looked for: they may not have been found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bn_tutor.checker.judging import results_of
from bn_tutor.checker.trial import Calls, Trial
from bn_tutor.checker.trials import OnBatch
from bn_tutor.engine.gradients import Array

# What a parameter is where it is not set.
_UNITS = {"gamma": 1.0, "beta": 0.0}
PARAMETERS = tuple(_UNITS)
CANNOT_BE_FOUND = "cannot be found in this class"


@dataclass(frozen=True, eq=False)
class Guess:
    """Stands for what is right in a trial until it is known which parameters could be set."""

    make: Callable[[OnBatch], Trial]
    on: OnBatch

    def __call__(self, given: Mapping[str, Any]) -> Mapping[str, Array]:
        """Return the right results for what was set."""
        return self.settled(not_set(given)).wanted

    def settled(self, names: Sequence[str] = ()) -> Trial:
        """Return the trial with these parameters as they are where nothing is set: ones and zeros."""
        if not names:
            return self.make(self.on)
        batch = self.on.batch
        units = {name: np.full_like(batch.inputs[name], _UNITS[name]) for name in names}
        return self.make(replace(self.on, batch=replace(batch, inputs={**batch.inputs, **units})))


def guessing(make: Callable[[OnBatch], Trial], on: OnBatch) -> Trial:
    """Return a trial that is right or wrong only once it is known what could be set."""
    return replace(make(on), right_for=Guess(make, on))


def add_guess(calls: Calls, of: str, attributes: Mapping[str, Sequence[str]]) -> None:
    """Add to a plan that an object's parameters are looked for and set; the attributes are known by name."""
    calls.calls.append(
        {"as": of, "object": of, "guess": {name: list(those) for name, those in attributes.items()}}
    )


def ways(given: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return under which name each parameter was found, and how."""
    return dict(given.get("guessed", {}).get("parameters", {}))


def not_set(given: Mapping[str, Any]) -> list[str]:
    """Return the parameters that were not found."""
    return [name for name, way in ways(given).items() if not way["name"]]


def unsure(given: Mapping[str, Any]) -> list[str]:
    """Return the parameters that may have been something else, and those that were not found."""
    return [name for name, way in ways(given).items() if way["how"] in ("", "values", "blindly")]


def not_spoken_of(given: Mapping[str, Any]) -> list[str]:
    """Return the parameters that no attribute of their own name holds."""
    return [name for name, way in ways(given).items() if way["how"] != "attribute"]


def as_held(trial: Trial, given: Mapping[str, Any]) -> Trial:
    """Return a trial in which a gradient may have the shape that the object itself gives the parameter."""
    wanted = dict(trial.wanted)
    for name, way in ways(given).items():
        right, shape = wanted.get(f"d{name}"), tuple(way["shape"])
        if right is None or right.size != np.prod(shape):
            continue
        value = results_of(given, trial.results[f"d{name}"]).get("array")
        if value is not None and value.shape == shape:
            wanted[f"d{name}"] = right.reshape(shape)
    return replace(trial, wanted=wanted)


def note_on(names: Sequence[str]) -> str:
    """Say that parameters were not found, and what they are taken to be."""
    values = " and ".join(f"{name} = {_UNITS[name]:.0f}" for name in names)
    return f"{' and '.join(names)} {CANNOT_BE_FOUND}: it is checked with {values}"
