"""The trials of a class with ``forward`` and ``backward``: it is made, given gamma and beta, and run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bn_tutor.checker.families import meant_by
from bn_tutor.checker.guessing import PARAMETERS, add_guess, guessing
from bn_tutor.checker.layer_modes import Averages, averages_of, switch
from bn_tutor.checker.source import Parameter, Source
from bn_tutor.checker.trial import Aspect, Calls, Trial, Value, Where
from bn_tutor.checker.trials import (
    MOMENTUM,
    OnBatch,
    Pair,
    Reading,
    arguments_of,
    not_averaged,
    on_batches,
    test_trial,
)
from bn_tutor.engine.gradients import Array

# How people call the gradient of a parameter when an object keeps it, without any sign between the parts.
_GRADIENTS = {
    "dx": ("dx", "gradx", "xgrad", "dinput", "gradinput", "dinputs"),
    "dgamma": ("dgamma", "gradgamma", "gammagrad", "gammagradient", "dg", "dweight", "gradweight",
               "weightgrad", "dw", "dscale", "gradscale", "gamma", "ggamma"),
    "dbeta": ("dbeta", "gradbeta", "betagrad", "betagradient", "db", "dbias", "gradbias", "biasgrad",
              "dshift", "gradshift", "beta", "gbeta"),
}  # fmt: skip
# An attribute that holds the parameter itself is not its gradient.
# The attributes whose names say what they are.
_KNOWN = {
    "gamma": ("gamma", "weight", "scale"),
    "beta": ("beta", "bias", "shift"),
    "eps": ("eps", "epsilon"),
}


def layer_trials(source: Source, pair: Pair, reading: Reading) -> Iterator[Trial]:
    """Yield the trials of a class. Raises ArgumentError for a parameter that nothing can be given for."""
    runs = on_batches(pair, reading)
    averages = averages_of(source.class_text(pair.owner)) if pair.family.has_test_mode else None
    for on in runs:
        yield guessing(partial(_forward, source), on)
    if averages:
        yield from _in_modes(source, runs[:2], averages)
    for backward in pair.backwards:
        for on in runs:
            yield guessing(partial(_backward, source, backward.name), on)


def _forward(source: Source, on: OnBatch) -> Trial:
    calls = _made(source, on)
    name = _call(calls, on, "out")
    out = {"out": Where("out")}
    wanted = {"out": on.output}
    return Trial(name, Aspect.FORWARD, on.batch.words, calls.plan, wanted, out, lambda: on.reference)


def _backward(source: Source, method: str, on: OnBatch) -> Trial:
    calls = _made(source, on)
    _call(calls, on, "out")
    name = _call(calls, on, "gradients", method)
    calls.attributes = {"attributes": "layer"}
    wanted = on.gradients
    results = {
        each: Where("gradients", at, len(wanted), _names(each), "attributes")
        for at, each in enumerate(wanted)
    }
    return Trial(name, Aspect.BACKWARD, on.batch.words, calls.plan, wanted, results, lambda: on.reference)


def _names(gradient: str) -> tuple[str, ...]:
    return tuple(name for name in _GRADIENTS.get(gradient, (gradient,)) if name not in PARAMETERS)


# --- test mode and running averages -----------------------------------------------------------------------


def _in_modes(source: Source, runs: Sequence[OnBatch], averages: Averages) -> Iterator[Trial]:
    """Yield the trials of test mode and of the running averages, of a class that seems to have them."""
    pair = runs[0].pair
    assert pair.forward is not None
    way = switch(pair.forward, source.classes[pair.owner], source.class_text(pair.owner))
    if way is not None:
        yield from (guessing(partial(_in_test_mode, source, averages, way), on) for on in runs)
    for on in runs if averages.momentum else ():
        calls = _made(source, on, averages)
        name = _call(calls, on, "out")
        yield _averaging(on, calls, name, averages)


def _in_test_mode(source: Source, averages: Averages, way: str, on: OnBatch) -> Trial:
    calls = _made(source, on, averages)
    if way == "eval":
        calls.call("switched", [], of="layer", method=way)
    elif way:
        calls.set("layer", {way: ("plain", "test" if "mode" in way else False)})
    name = _call(calls, on, "out", mode="test")
    return _guessed(test_trial(on, calls, name))


def _guessed(trial: Trial, **more: Any) -> Trial:
    return replace(trial, is_guess=True, **more)


def _averaging(on: OnBatch, calls: Calls, name: str, averages: Averages) -> Trial:
    calls.attributes = {"attributes": "layer"}
    results = {
        "running_mean": Where("attributes", names=(_bare(averages.mean),)),
        "running_var": Where("attributes", names=(_bare(averages.variance),)),
    }
    right = partial(_averaged, on, averages)
    words, confused = on.batch.words, not_averaged(on)
    trial = Trial(name, Aspect.RUNNING, words, calls.plan, {}, results, lambda: on.inference, confused)
    return _guessed(trial, right_for=right)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _averaged(on: OnBatch, averages: Averages, given: Mapping[str, Any]) -> Mapping[str, Array]:
    """Return the running averages as the class means them.

    Momentum may weigh the old value or that of the batch, and the variance may be the unbiased one: classes
    have no course that says how.
    """
    entries = given.get("attributes", {}).get("entries", {})
    found = {
        "running_mean": entries.get(averages.mean, {}).get("array"),
        "running_var": entries.get(averages.variance, {}).get("array"),
    }
    mean, variance = on.statistics.values()
    count = on.batch.upstream.size / mean.size
    batch = {"running_mean": [mean], "running_var": [variance, variance * count / (count - 1)]}
    right: dict[str, Array] = {}
    for name, old in on.running.items():
        ways = [keep * old + (1 - keep) * new for keep in (MOMENTUM, 1 - MOMENTUM) for new in batch[name]]
        shaped = [_shaped(way, found[name]) for way in ways]
        right[name] = next((way for way in shaped if _is_close(way, found[name])), shaped[0])
    return right


def _shaped(way: Array, like: Array | None) -> Array:
    return way if like is None or like.size != way.size else way.reshape(like.shape)


def _is_close(way: Array, given: Array | None) -> bool:
    return given is not None and given.shape == way.shape and bool(np.allclose(given, way, rtol=1e-6))


# --- how it is made and called ----------------------------------------------------------------------------


def _made(source: Source, on: OnBatch, averages: Averages | None = None) -> Calls:
    """Return the calls that make the object and set what its constructor does not take."""
    calls, pair, values = on.calls(), on.pair, on.values()
    count = next(iter(on.batch.inputs["x"].shape[1:2]), 1) if "x" in on.batch.inputs else 1
    values |= {"count": ("plain", int(count)), "G": ("plain", on.batch.sizes.get("G", 1))}
    first, *others = pair.family.inputs
    values.pop(first, None)
    in_order = [*others, "eps"] if "eps" in values else others
    arguments = arguments_of(pair.constructor, values, in_order) if pair.constructor else []
    calls.call("layer", arguments, function=pair.owner)
    # Set in any case: a constructor may take sizes alone, or take gamma and forget it.
    attributes = _attributes(source, pair.owner, values, arguments)
    add_guess(calls, "layer", _to_find(source, pair, values, arguments))
    if averages is not None:
        calls.arrays |= on.running
        attributes |= {
            averages.mean: ("array", "running_mean"),
            averages.variance: ("array", "running_var"),
        }
        attributes |= {averages.momentum: ("plain", MOMENTUM)} if averages.momentum else {}
    calls.set("layer", attributes)
    return calls


def _to_find(
    source: Source, pair: Pair, values: dict[str, Value], given: list[Value]
) -> dict[str, list[str]]:
    """Return the parameters that nothing gives to the object, each with the attributes of its name."""
    taken = [meant_by(each.name, list(values)) for each in pair.forward.parameters] if pair.forward else []
    return {
        meant: _spoken(source, pair.owner, _KNOWN[meant])
        for meant in PARAMETERS
        if meant in values and values[meant] not in given and meant not in taken
    }


def _attributes(source: Source, owner: str, values: dict[str, Value], given: list[Value]) -> dict[str, Value]:
    """Return the other attributes to set: those that the class speaks of by a name that is known."""
    known = {name: (name.lower(),) for name, value in values.items() if value[0] == "array"} | _KNOWN
    return {
        name: values[meant]
        for meant, names in known.items()
        if meant in values and meant not in PARAMETERS and values[meant] not in given
        for name in _spoken(source, owner, names)
    }


def _spoken(source: Source, owner: str, names: Sequence[str]) -> list[str]:
    """Return the attributes of these names that the class speaks of."""
    spoken = dict.fromkeys(re.findall(r"\bself\.(\w+)", source.class_text(owner)))
    return [name for name in spoken if name.strip("_").lower() in names]


def _call(calls: Calls, on: OnBatch, name: str, method: str = "", mode: str = "train") -> str:
    """Add the call of a method, the forward one if none is named; return the name for the report."""
    pair = on.pair
    methods = [each for each in (pair.forward, *pair.backwards) if each is not None]
    function = next((each for each in methods if each.name == method), methods[0])
    values = {**on.values(mode), "dout": ("array", "dout"), "cache": ("cache", "out")}
    if mode == "train" and any(_has_other_mode(each) for each in function.parameters):
        del values["mode"]  # by its default it is trained, in words of its own
    first = next(iter(pair.family.inputs)) if name == "out" else "dout"
    arguments = arguments_of(function, values, [first])
    calls.call(name, arguments, of="layer", method=function.name, whole=name == "gradients")
    return pair.name_of(function)


def _has_other_mode(parameter: Parameter) -> bool:
    return parameter.name == "mode" and parameter.default not in ("", "'train'")
