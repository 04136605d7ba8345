"""Runs in which the weights before batch norm have a decay, or a rate that grows, of their own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.lab import Setting
from bn_tutor.labs.network import Mode, Model, Network, fresh
from bn_tutor.labs.samples import Samples, batches, split
from bn_tutor.labs.small_sets import few_to_train
from bn_tutor.labs.stacks import stack
from bn_tutor.labs.training import LOST, ONE, Step, accuracy, carried_on, last, run_through

RATE = 0.1
# Each half of what is not trained on chooses the best decay and rate by which the other half is told.
HALVES = ("half 1", "half 2")


@dataclass(frozen=True)
class Way:
    """How a network is trained: the rate, and for the hidden layers' weights also decay, or a growing rate.

    With a ``growth`` the rate of those weights is rate * growth ** (2t + 1) at step t, from 0.
    """

    rate: float = RATE
    decay: float = 0.0
    growth: float = 1.0

    @property
    def without_decay(self) -> "Way":
        """The way without L2 that does the same to weights before BN: their rate grows instead."""
        return Way(self.rate, growth=1.0 / (1.0 - self.rate * self.decay))


def two_layers(norm: str, width: int) -> Network:
    """Return two hidden layers; eps is 0, so that with BN the scale of their weights drops out exactly."""
    return stack(norm, width, 2, 0.0)


def hidden_weights(net: Network) -> tuple[str, ...]:
    """Return the names of the hidden layers' weights: all but the last layer's."""
    return tuple(name for name in net.parameters if name.startswith("w"))[:-1]


def one_step(net: Network, model: Model, batch: Samples, number: int, way: Way) -> Step:
    """Take step ``number``, from 1, of plain descent. Decay and growth are for the hidden weights alone."""
    names, rate = hidden_weights(net), way.rate * way.growth ** (2 * number - 1)
    with np.errstate(all="ignore"):
        recording = run_through(net, model, batch, Mode.TRAIN)
        found, after = gradients(recording, ONE), dict[str, Array]()
        for name, value in model.parameters.items():
            if name in names:
                after[name] = value - rate * (found[name] + way.decay * value)
            else:
                after[name] = value - way.rate * found[name]
        return Step(number, recording, found, model, Model(after, carried_on(net, model, recording)), {})


def descent(net: Network, setting: Setting, way: Way, steps: int, repeat: int = 0) -> Iterator[Step]:
    """Yield the steps of a run; the last one early where the loss is lost."""
    samples, _, seed = parts(setting, repeat)
    count = setting.sizes["batch"]
    model, stream = fresh(net, seed, count), batches(samples, count, source_of(seed, "batches"))
    for number in range(1, steps + 1):
        step = one_step(net, model, next(stream), number, way)
        yield step
        if step.is_lost:
            return
        model = step.after


def parts(setting: Setting, repeat: int) -> tuple[Samples, Samples, int]:
    """Return a few samples to train on, all others to test with, and the seed of this repeat."""
    seed = setting.seed * setting.sizes["repeats"] + repeat
    data = few_to_train(split(setting.source, seed), setting.sizes["samples"])
    return data.train, data.test, seed


def size_of(arrays: Mapping[str, Array], names: Sequence[str]) -> float:
    """Return the Euclidean norm of some arrays together; LOST where it is larger, or no number."""
    with np.errstate(all="ignore"):
        return finite(float(sum((arrays[name] ** 2).sum() for name in names)) ** 0.5)


def finite(value: float) -> float:
    """Return the value, or LOST in the place of one that is larger or no number."""
    return value if value < LOST else LOST


def over(value: float, other: float) -> float:
    """Return a quotient; LOST in the place of one that is no number, as where nothing flows back."""
    return finite(value / other) if other else LOST


def apart(one: Array, other: Array) -> float:
    """Return the largest difference of two arrays, relative to the largest number of the second."""
    with np.errstate(all="ignore"):
        return finite(float(abs(one - other).max() / abs(other).max()))


def tested(net: Network, setting: Setting, way: Way) -> dict[str, float]:
    """Train some times, and return the mean accuracy on each half of what is not trained on, and on both."""
    found = []
    for repeat in range(setting.sizes["repeats"]):
        end = last(descent(net, setting, way, setting.sizes["steps"], repeat)).after
        rest = parts(setting, repeat)[1]
        found.append([accuracy(net, end, rest.at(places)) for places in halves(len(rest))])
    means = [float(each) for each in np.mean(found, axis=0)]
    return {"accuracy": float(np.mean(means)), **dict(zip(HALVES, means, strict=True))}


def halves(count: int) -> tuple[Array, Array]:
    """Return the places of each half; the samples are in random order already."""
    return np.arange(count // 2), np.arange(count // 2, count)
