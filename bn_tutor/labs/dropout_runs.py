"""The runs of lab ``dropout``: its arms, and what is measured of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.labs.blocks import Block, batchnorm, dropout, together
from bn_tutor.labs.lab import Setting
from bn_tutor.labs.network import Mode, Model, Network, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row
from bn_tutor.labs.samples import Data, Samples
from bn_tutor.labs.small_sets import few_to_train, score
from bn_tutor.labs.stacks import PIXELS, hidden, scoring
from bn_tutor.labs.training import Step, last, run_through, training

PLAIN, BN = "plain", "BN"
SCALED, UNSCALED = "dropout", "dropout without 1/(1-p)"
RESCALED = "dropout, scaled at inference"
BEFORE, AFTER = "BN, dropout before the last BN", "BN, dropout after the last BN"


class Scaled(Enum):
    """Where dropout makes up for what it drops."""

    IN_TRAINING = auto()
    AT_INFERENCE = auto()
    NOWHERE = auto()


@dataclass(frozen=True)
class Arm:
    """What stands in a network: BN or none, and which of its two hidden layers end in dropout."""

    has_batchnorm: bool
    dropped: tuple[int, ...] = ()
    scaled: Scaled = Scaled.IN_TRAINING


ARMS: Mapping[str, Arm] = MappingProxyType(
    {
        PLAIN: Arm(False),
        BN: Arm(True),
        SCALED: Arm(False, (1, 2)),
        UNSCALED: Arm(False, (1, 2), Scaled.NOWHERE),
        RESCALED: Arm(False, (1, 2), Scaled.AT_INFERENCE),
        BEFORE: Arm(True, (1,)),
        AFTER: Arm(True, (2,)),
    }
)
RATE = 0.4
# Masks are drawn so often, for all samples, to learn the mean size of activations in training.
MASKS = 2
# Against a division by 0.
TINY = 1e-12


# --- the runs ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def stack(name: str, percent: int, width: int) -> Network:
    """Return a network of two hidden layers, each linear, perhaps BN, ReLU, and perhaps dropout."""
    arm = ARMS[name]

    def layer(number: int, inputs: int) -> Block:
        norm = (batchnorm(width),) if arm.has_batchnorm else ()
        drop = (_dropout(width, percent / 100, arm.scaled),) if number in arm.dropped else ()
        return together(hidden(inputs, width, *norm), *drop)

    name = f"two hidden layers, {name}, p = {percent / 100}"
    return network(name, layer(1, PIXELS), layer(2, width), scoring(width))


def _dropout(width: int, share: float, scaled: Scaled) -> Block:
    block = dropout(width, share, scaled=scaled is Scaled.IN_TRAINING)
    if scaled is not Scaled.AT_INFERENCE:
        return block
    return replace(block, inference=f"drop{{i}} = {1 - share} * {{x}}  # as large as in training")


def _data(setting: Setting) -> Data:
    return few_to_train(setting.data(), setting.sizes["few"])


def trained(net: Network, setting: Setting, steps: int) -> Step:
    """Train on few samples, in so many steps."""
    count, run = setting.sizes["batch"], optimizer("sgd", RATE)
    return last(training(net, _data(setting).train, run, count=count, steps=steps, seed=setting.seed))


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train, test, and compare inference with training; what is not about a cell's arm is left out."""
    name, percent, width = str(cell["arm"]), int(cell["percent"]), setting.sizes["width"]
    net, data = stack(name, percent, width), _data(setting)
    model = trained(net, setting, setting.sizes["steps"]).after
    test, train = score(net, model, data.test), score(net, model, data.train)
    found = {"test_accuracy": test.accuracy, "train_accuracy": train.accuracy, "test_loss": test.loss}
    for number in (1, 2):
        found[f"size{number}"] = _relative_size(number, net, model, data.train, setting.seed)
    if name == UNSCALED:
        again = score(stack(RESCALED, percent, width), model, data.test)
        found |= {"rescaled_accuracy": again.accuracy, "rescaled_loss": again.loss}
    if ARMS[name].has_batchnorm:
        found |= _variance(net, model, data)
    return found


def _relative_size(number: int, net: Network, model: Model, samples: Samples, seed: int) -> float:
    """Return how large what leaves a hidden layer is at inference, relative to training."""
    name = f"drop{number}" if f"mask{number}" in net.drawn else f"act{number}"
    random = source_of(seed, "masks")
    in_training = [run_through(net, model, samples, Mode.TRAIN, random)[name].mean() for _ in range(MASKS)]
    # Where all neurons are dead both sizes are 0, and alike.
    at_inference = run_through(net, model, samples, Mode.INFERENCE)[name].mean()
    return float((at_inference + TINY) / (np.mean(in_training) + TINY))


def _variance(net: Network, model: Model, data: Data) -> Mapping[str, float]:
    """Compare the last BN's running variance with what it sees at inference, and put the latter in its place.

    ``retaken_loss`` is the test loss after that: the variance alone is another, the mean stays as it is.
    """
    seen = run_through(net, model, data.train, Mode.INFERENCE)["h2"].var(axis=0, keepdims=True)
    retaken = score(net, replace(model, carried={**model.carried, "rvar2": seen}), data.test)
    return {
        "variance": float(np.mean(seen / model.carried["rvar2"])),
        "retaken_loss": retaken.loss,
        "retaken_accuracy": retaken.accuracy,
    }
