"""Two measures of internal covariate shift: how far a step moves what goes into a layer, and its gradient."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import nan
from random import Random
from statistics import median

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.blocks import Block, batchnorm, moving_noise
from bn_tutor.labs.network import Mode, Model, Network
from bn_tutor.labs.samples import Samples
from bn_tutor.labs.stacks import WITH, WITHOUT, stacked
from bn_tutor.labs.training import ONE, Step, run_through

PLAIN, NORMED = WITHOUT, WITH
# How far each feature is moved after BN, in its deviations, and by how much it is stretched.
AMOUNTS = (0.3, 0.6, 1.0)


def noisy(amount: float) -> str:
    """Return the name of the arm with this amount of noise."""
    return f"with BN moved by {amount:g}"


ARMS = (PLAIN, NORMED, *map(noisy, AMOUNTS))


@lru_cache(maxsize=16)
def stack(arm: str, width: int, layers: int) -> Network:
    """Return a network of some hidden layers, each linear, what the arm has next, and ReLU."""
    return stacked(f"{layers} hidden layers {arm}", width, layers, *_after(arm, width))


def _after(arm: str, width: int) -> tuple[Block, ...]:
    """Return what follows a linear layer."""
    moved = {noisy(amount): moving_noise(width, amount, amount) for amount in AMOUNTS}
    if arm == PLAIN:
        return ()
    return (batchnorm(width), moved[arm]) if arm in moved else (batchnorm(width),)


def layer_inputs(arm: str, layers: int) -> list[str]:
    """Return the nodes that go into the ReLUs: what BN, the noise, or the linear layer puts out."""
    name = {PLAIN: "h", NORMED: "bn"}.get(arm, "noisy")
    return [f"{name}{number}" for number in range(1, layers + 1)]


@dataclass(frozen=True)
class Turn:
    """What the earlier layers' step does to a layer's gradient: the change in its size, and the cosine."""

    change: float
    cosine: float


def inputs_moved(net: Network, nodes: Sequence[str], step: Step, probe: Samples, random: Random) -> float:
    """Return how far one step moves the layers' inputs on the same samples, the mean over the layers."""
    with np.errstate(all="ignore"):
        before, after = (_run(net, model, probe, random) for model in (step.before, step.after))
        return float(np.mean([shift(before[node], after[node]) for node in nodes]))


def _run(net: Network, model: Model, probe: Samples, random: Random) -> Recording:
    return run_through(net, model, probe, Mode.TRAIN, random)


def shift(before: Array, after: Array) -> float:
    """Return how far the features' means and deviations have moved, in deviations before.

    For each feature that is the distance of two normal distributions with these means and deviations
    (Wasserstein's, of order 2); of the features the root of the mean square is taken.
    """
    means = after.mean(axis=0) - before.mean(axis=0)
    deviations = after.std(axis=0) - before.std(axis=0)
    return float(np.sqrt(np.mean(means**2 + deviations**2) / np.mean(before.var(axis=0))))


def turned(net: Network, step: Step, layer: int) -> Turn:
    """Return Definition 2.1 of Santurkar et al. 2018, as a share of the gradient's size, and the cosine.

    The gradient of the layer's weights is compared on the step's own batch: at the numbers before the step,
    and where only the layers before this one have taken it. nan where there is no gradient. The network
    must draw nothing.
    """
    earlier = {name for block in net.blocks[: layer - 1] for name in block.parameters}
    after = {
        name: (step.after if name in earlier else step.before).parameters[name] for name in net.parameters
    }
    batch = Samples(step.recording["x"], step.recording["labels"])
    with np.errstate(all="ignore"):
        run = run_through(net, replace(step.before, parameters=after), batch, Mode.TRAIN)
        was, now = (found[f"w{layer}"] for found in (step.gradients, gradients(run, ONE)))
        return apart(was, now)


def turning(arm: str, layers: int) -> Sequence[int]:
    """Return the layers whose gradients are compared, in two arms: one halfway and the last hidden one.

    No layer comes before the first; where there is no other, it is the one with the scores.
    """
    return (sorted({layers // 2 + 1, layers} - {1}) or [2]) if arm in (PLAIN, NORMED) else []


def apart(was: Array, now: Array) -> Turn:
    """Return how far one gradient is from another, as a share of the first, and the cosine between them."""
    with np.errstate(all="ignore"):
        size, other = (float(np.sqrt(np.sum(each**2))) for each in (was, now))
        change = float(np.sqrt(np.sum((now - was) ** 2))) / size if size else nan
        both = size * other
        return Turn(change, float(np.sum(was * now)) / both if both else nan)


def middle(values: Sequence[float]) -> float:
    """Return the median of what is finite: a single leap of a plain network would carry a mean away.

    nan where nothing is, or where nothing has moved: such a network is lost or dead.
    """
    found = median_of(values)
    return found if found > 0 else nan


def median_of(values: Sequence[float]) -> float:
    """Return the median of what is finite, or nan where nothing is."""
    finite = [value for value in values if np.isfinite(value)]
    return median(finite) if finite else nan
