"""The trials of a layer's functions: every mode, on several batches, with the right results of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bn_tutor.checker.binding import bound
from bn_tutor.checker.data import Batch, batches
from bn_tutor.checker.families import Family
from bn_tutor.checker.reference import Reference, reference
from bn_tutor.checker.source import Function
from bn_tutor.checker.trial import Aspect, Calls, Trial, Value, Where
from bn_tutor.course.draws import normal, source_of, uniform
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import load
from bn_tutor.engine.gradients import Array

MOMENTUM = 0.9


@dataclass(frozen=True, eq=False)
class Pair:
    """The functions of one layer in a file: a forward function and the backward functions that go with it."""

    family: Family
    forward: Function | None
    backwards: Sequence[Function] = ()
    # The class whose methods they are, and its constructor.
    owner: str = ""
    constructor: Function | None = None

    @cached_property
    def lesson(self) -> Lesson:
        """The lesson that the layer is checked against."""
        return self.family.load()

    @cached_property
    def inference(self) -> Lesson:
        """The lesson on test mode and running averages."""
        return load("batchnorm-inference", {"mode": "inference", "ddof": "0", "keep": str(MOMENTUM)})

    def name_of(self, function: Function) -> str:
        """Return the name under which a function is reported."""
        return f"{self.owner}.{function.name}" if self.owner else function.name


class ArgumentError(Exception):
    """A parameter that nothing can be given for."""

    def __init__(self, function: Function, parameter: str) -> None:
        super().__init__(f"{function.name} has a parameter {parameter}, and it is not known what to give it")
        self.function = function


@dataclass(frozen=True, eq=False)
class Reading:
    """How the file is understood where several ways are right; ``eps`` is one that it insists on."""

    words: str = ""
    eps: float | None = None


@dataclass(frozen=True, eq=False)
class OnBatch:
    """A layer on one batch: its right values, and the calls that lead to them."""

    pair: Pair
    batch: Batch
    reading: Reading
    lesson: Lesson

    @cached_property
    def reference(self) -> Reference:
        """The lesson's values on this batch."""
        family, batch = self.pair.family, self.batch
        inputs = {**batch.inputs, **batch.constants}
        if family.table:
            inputs["eps"] = np.asarray(self.eps)
        return reference(self.lesson, batch.sizes, inputs, batch.upstream)

    def outside(self, name: str, like: str) -> Array:
        """Return a value of the lesson in the shape that the functions give it: that of an input."""
        return np.reshape(self.reference.values[name], self.batch.inputs[like].shape)

    @cached_property
    def inference(self) -> Reference:
        """The lesson on inference: the output in test mode, and the new running averages."""
        rows = np.moveaxis(self.batch.inputs["x"], 1, -1)
        flat = rows.reshape(-1, rows.shape[-1])
        inputs = {**self.batch.inputs, **self.running, "x": flat, "eps": np.asarray(self.eps)}
        return reference(self.pair.inference, dict(zip("ND", flat.shape, strict=True)), inputs, flat)

    @property
    def inferred(self) -> Array:
        """The right output in test mode."""
        inputs, running = self.batch.inputs, self.running
        rows = np.moveaxis(inputs["x"], 1, -1)
        normalized = (rows - running["running_mean"]) / np.sqrt(running["running_var"] + self.eps)
        return np.moveaxis(inputs["gamma"] * normalized + inputs["beta"], -1, 1)

    @property
    def statistics(self) -> dict[str, Array]:
        """Mean and biased variance of the batch, by the names of their running averages."""
        x = self.batch.inputs["x"]
        axes = (0, *range(2, x.ndim))
        return {"running_mean": x.mean(axis=axes), "running_var": x.var(axis=axes)}

    @property
    def averaged(self) -> dict[str, Array]:
        """The right running averages after the batch, as the course defines them."""
        batch = self.statistics
        return {name: MOMENTUM * old + (1 - MOMENTUM) * batch[name] for name, old in self.running.items()}

    @property
    def eps(self) -> float:
        """The eps that the file computes with."""
        return self.batch.eps if self.reading.eps is None else self.reading.eps

    @property
    def output(self) -> Array:
        """The right output, which has the shape of the upstream."""
        return np.reshape(self.reference.values[self.reference.lesson.output], self.batch.upstream.shape)

    @property
    def gradients(self) -> dict[str, Array]:
        """The right gradient of each input."""
        inputs, values = self.pair.family.inputs, self.reference.values
        return {f"d{name}": self.outside(f"d{name}", name) for name in inputs if f"d{name}" in values}

    @cached_property
    def running(self) -> dict[str, Array]:
        """Running averages to begin with, one number for each feature or channel."""
        shape = self.batch.inputs["gamma"].shape
        seed = self.batch.seed
        return {
            "running_mean": normal(source_of(seed, "check/running_mean"), shape, 2.0, 0.5),
            "running_var": uniform(source_of(seed, "check/running_var"), shape, 0.5, 2.5),
        }

    def calls(self, mode: str = "train") -> Calls:
        """Return a plan that holds the inputs and nothing to call yet."""
        arrays = {**self.batch.inputs, **self.batch.constants, "dout": self.batch.upstream}
        calls = Calls(arrays=arrays)
        if self.pair.family.table:
            settings: dict[str, object] = {"mode": mode, "eps": self.batch.eps, "momentum": MOMENTUM}
            calls.tables["table"] = settings | (self.running if self.pair.family.has_test_mode else {})
        return calls

    def values(self, mode: str = "train") -> dict[str, Value]:
        """Return what a forward function may be given, by name."""
        family = self.pair.family
        values: dict[str, Value] = {name: ("array", name) for name in family.inputs}
        values |= {name: ("plain", self.batch.sizes[name]) for name in family.plain}
        if family.table:
            values |= {"table": ("table", "table"), "mode": ("plain", mode)}
            values |= {"training": ("plain", mode == "train"), "momentum": ("plain", MOMENTUM)}
            values["eps"] = ("plain", self.batch.eps)
        for name, value in self.batch.constants.items():
            values[name] = ("array", name) if value.ndim else ("plain", float(value))
        return values


def arguments_of(function: Function, values: Mapping[str, Value], in_order: Sequence[str]) -> list[Value]:
    """Return the arguments of a function. Raises ArgumentError for a parameter that nothing is known for."""
    found = bound(function, values, in_order)
    if isinstance(found, str):
        raise ArgumentError(function, found)
    return found


def call_forward(calls: Calls, on: OnBatch, function: Function, mode: str = "train") -> None:
    """Add the call of the forward function to a plan; what it returns is ``out``."""
    family = on.pair.family
    fourth = [] if not family.table else ["table"] if _takes_table(function, family) else ["eps"]
    in_order = [*family.inputs, *family.plain, *fourth, *on.batch.constants]
    calls.call("out", arguments_of(function, on.values(mode), in_order), function=function.name)


def _takes_table(function: Function, family: Family) -> bool:
    """Whether the parameter after the inputs is a dictionary of settings, as in the course."""
    if function.is_variadic or not family.table:
        return function.is_variadic
    extra = function.parameters[len(family.inputs) + len(family.plain) :]
    return bool(extra) and not extra[0].default and not extra[0].name.lower().startswith("e")


def call_backward(calls: Calls, on: OnBatch, function: Function) -> None:
    """Add the call of a backward function, on what the forward function kept."""
    values: dict[str, Value] = {"dout": ("array", "dout"), "cache": ("cache", "out"), **on.values()}
    calls.call(
        "gradients", arguments_of(function, values, ["dout", "cache"]), function=function.name, whole=True
    )


def on_batches(pair: Pair, reading: Reading) -> list[OnBatch]:
    """Return the layer on each of its batches."""
    return [OnBatch(pair, batch, reading, pair.lesson) for batch in batches(pair.family)]


# --- a forward and a backward function ------------------------------------------------------------------


def trials(pair: Pair, reading: Reading) -> Iterator[Trial]:
    """Yield every trial of a pair, in the order in which they are judged. Raises ArgumentError."""
    if pair.forward is None:
        return
    runs = on_batches(pair, reading)
    for on in runs:
        yield _forward(on, pair.forward)
    if pair.family.has_test_mode and _knows_modes(pair.forward):
        yield from (_test(on, pair.forward) for on in runs[:2])
        yield from (_running(on, pair.forward) for on in runs[:2])
    for backward in pair.backwards:
        for on in runs:
            yield _backward(on, pair.forward, backward)


def _forward(on: OnBatch, function: Function) -> Trial:
    calls = on.calls()
    call_forward(calls, on, function)
    wanted, results = {"out": on.output}, {"out": Where("out")}
    return Trial(
        function.name, Aspect.FORWARD, on.batch.words, calls.plan, wanted, results, lambda: on.reference
    )


def _knows_modes(function: Function) -> bool:
    """Whether a function has a test mode: it takes settings, and speaks of running averages."""
    return "running" in function.text


def _test(on: OnBatch, function: Function) -> Trial:
    calls = on.calls("test")
    call_forward(calls, on, function, "test")
    return test_trial(on, calls, function.name)


def test_trial(on: OnBatch, calls: Calls, name: str) -> Trial:
    """Return the trial of test mode, once it is in the plan how to get there."""
    words = "what training mode gives, from the batch's own mean and variance, not from the running averages"
    wanted, results, confused = {"out": on.inferred}, {"out": Where("out")}, {words: on.output}
    return Trial(
        name, Aspect.TEST, on.batch.words, calls.plan, wanted, results, lambda: on.inference, confused
    )


def _running(on: OnBatch, function: Function) -> Trial:
    calls = on.calls()
    call_forward(calls, on, function)
    calls.entries = {name: ("table", name) for name in on.running}
    results = {name: Where(name) for name in on.running}
    return Trial(
        function.name,
        Aspect.RUNNING,
        on.batch.words,
        calls.plan,
        on.averaged,
        results,
        lambda: on.inference,
        not_averaged(on),
    )


def not_averaged(on: OnBatch) -> dict[str, Array]:
    """Return what running averages are often taken for."""
    found: dict[str, Array] = {}
    for name, batch in on.statistics.items():
        old = on.running[name]
        exchanged = (1 - MOMENTUM) * old + MOMENTUM * batch
        found |= {
            f"the batch's own value, with nothing of the old {name}": batch,
            f"momentum * {name} plus the whole value of the batch, without the factor (1 - momentum)": (
                MOMENTUM * old + batch
            ),
            f"momentum on the batch and (1 - momentum) on the old {name}: the two are exchanged": exchanged,
            f"the old {name}: it is never updated, or not stored": old,
        }
    return found


def _backward(on: OnBatch, forward: Function, function: Function) -> Trial:
    calls = on.calls()
    call_forward(calls, on, forward)
    call_backward(calls, on, function)
    names = on.pair.family.gradients
    results = {name: Where("gradients", at, len(names), (name, name[1:])) for at, name in enumerate(names)}
    return Trial(
        function.name,
        Aspect.BACKWARD,
        on.batch.words,
        calls.plan,
        on.gradients,
        results,
        lambda: on.reference,
    )
