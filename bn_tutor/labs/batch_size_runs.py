"""The runs of lab ``batch-size``: noise, gradient, accuracy, and noise as a regularizer."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np

from bn_tutor.course.draws import source_of, unit_interval
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.replay import replay
from bn_tutor.labs.blocks import (
    KEEP,
    Block,
    batch_renorm,
    batchnorm,
    batchnorm_in_groups,
    dense,
    dense_across_steps,
    groupnorm,
    layernorm,
    relu,
    together,
)
from bn_tutor.labs.lab import Setting
from bn_tutor.labs.network import Mode, Network, fresh, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row
from bn_tutor.labs.small_sets import few_to_train, score
from bn_tutor.labs.stacks import PIXELS, scoring, stacked
from bn_tutor.labs.training import ONE, Step, accuracy, last, run_through, training

BN, LAYER, GROUP = "BN", "LayerNorm", "GroupNorm"
RENORM, ACROSS = "batch renorm", "cross-iteration BN"
NORMS = (BN, LAYER, GROUP, RENORM, ACROSS)
# What a batch's statistics are, and so what may be noisy.
MEAN, VARIANCE = "mean", "variance"
# BN is compared with itself at this size: large enough, and what the rate and the averages are set for.
REFERENCE = 32
RATE = 0.2
# Cross-iteration BN has the statistics of this many steps.
ACROSS_STEPS = 4
# So many batches are drawn for each deviation, which is then right to a few percent for each feature; and
# more of small ones, up to so many samples, since those cost nothing and a slope rests on few sizes.
DRAWN_BATCHES, DRAWN_SAMPLES = 400, 16_000
# The gradient is looked at in as many batches, or as many as there are samples for.
GRADIENT_BATCHES = 128
# The part on noise as a regularizer: batches of this many samples, and statistics of this many or all. The
# verdict is on the middle: twice the noise of the whole batch, and far from where BN fails.
BATCH, FEW_OVER = 64, 16
OVERS = (4, 8, FEW_OVER, 32, BATCH)
FEW_RATE = 0.3
# Stands for a distance that is no number any more.
FAR = 1e6


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Do what the cell's kind asks for."""
    return _MEASURES[str(cell["kind"])](cell, setting)


# --- the runs ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def stack(norm: str, width: int, groups: int, size: int) -> Network:
    """Return a network of two hidden layers, for batches of this size."""
    # At each size the running averages look back on as many samples.
    keep = KEEP ** (size / REFERENCE)
    norms: Mapping[str, Callable[[], Block]] = {
        BN: partial(batchnorm, width, keep=keep),
        LAYER: partial(layernorm, width),
        GROUP: partial(groupnorm, width, groups),
        RENORM: partial(batch_renorm, width, keep=keep),
    }

    name = f"two hidden layers, {norm}"
    if norm != ACROSS:
        return stacked(name, width, 2, norms[norm]())
    across = partial(dense_across_steps, outputs=width, steps=ACROSS_STEPS, keep=keep)
    blocks = (together(across(inputs), relu()) for inputs in (PIXELS, width))
    return network(name, *blocks, scoring(width))


def stack_of(norm: str, setting: Setting, size: int) -> Network:
    """Return the network of a setting."""
    return stack(norm, setting.sizes["width"], setting.sizes["groups"], size)


def trained(net: Network, setting: Setting, size: int, steps: int) -> Step:
    """Train at a rate in proportion to the size of the batch."""
    rate = RATE * size / REFERENCE
    return last(
        training(
            net, setting.data().train, optimizer("sgd", rate), count=size, steps=steps, seed=setting.seed
        )
    )


def accuracy_of(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train on batches of the cell's size; ``moved`` is how far the first weights went, in their own size."""
    size = int(cell["size"])
    net = stack_of(str(cell["norm"]), setting, size)
    end = trained(net, setting, size, setting.sizes["samples"] // size)
    before, after = fresh(net, setting.seed, size).parameters["w1"], end.after.parameters["w1"]
    moved = float(np.linalg.norm(after - before) / np.linalg.norm(before))
    return {
        "accuracy": accuracy(net, end.after, setting.data().test),
        "moved": min(moved, FAR) if math.isfinite(moved) else FAR,
    }


def noise_of(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Draw batches with replacement, and measure how their statistics scatter, relative to those of all."""
    size, seed = int(cell["size"]), setting.seed
    x = setting.data().train.x
    features = x @ fresh(stack_of(BN, setting, REFERENCE), seed, size).parameters["w1"]
    random = source_of(seed, f"drawn batches of {size}")
    count = max(DRAWN_BATCHES, DRAWN_SAMPLES // size)
    places = np.ceil(unit_interval(random, count * size) * len(x)).astype(int) - 1
    drawn = features[places].reshape(count, size, -1)
    if cell["statistic"] == MEAN:
        scatter = drawn.mean(axis=1).std(axis=0) / features.std(axis=0)
    else:
        scatter = drawn.var(axis=1).std(axis=0) / features.var(axis=0)
    return {"noise": float(np.mean(scatter))}


def gradient_of(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Run several batches through a BN layer: their largest xhat, and how much gradient it passes back.

    A feature's gradient is that of BN's input, as a length, in one batch. ``passed`` is what the median
    feature has of what it would have if mean and variance were constants. ``largest`` is the largest of all,
    in lengths of the median of those: where the samples of a batch nearly coincide it is huge.
    """
    size, width = int(cell["size"]), setting.sizes["width"]
    samples = setting.data().train
    # A single sample has no unbiased variance, which groups need; and zeros are zeros in any batch.
    groups = 1 if size == 1 else min(GRADIENT_BATCHES, len(samples) // size)
    net = one_layer(width, groups, size)
    batch = samples.at(np.arange(groups * size))
    recording = run_through(net, fresh(net, setting.seed, len(batch)), batch, Mode.TRAIN)
    reached: dict[str, Array] = {step.node.name: step.upstream for step in replay(recording, ONE)}
    shape = groups, size, width
    back = np.linalg.norm(reached["h1"].reshape(shape), axis=1)
    frozen = np.linalg.norm(reached["xhat1"].reshape(shape) * recording["ivar1"], axis=1)
    return {
        "xhat": float(np.abs(recording["xhat1"]).max()),
        "passed": float(np.median(back / frozen)),
        "largest": float(back.max() / np.median(frozen)),
    }


@lru_cache(maxsize=32)
def one_layer(width: int, groups: int, size: int) -> Network:
    """Return a linear network with BN over each of several batches, so that a gradient reaches every xhat."""
    norm = batchnorm(width) if groups == 1 else batchnorm_in_groups(width, groups, size)
    return network("one layer with BN", together(dense(PIXELS, width), norm), dense(width, 10))


@lru_cache(maxsize=16)
def grouped(norm: str, width: int, over: int) -> Network:
    """Return a network whose BN takes its statistics over this many samples of each batch of ``BATCH``."""
    after = (batchnorm_in_groups(width, BATCH // over, over),) if norm == BN else ()
    return stacked(f"two hidden layers, {norm}, statistics over {over}", width, 2, *after)


def regularized(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train on few samples, with statistics over parts of each batch; all else stays as it is."""
    sizes, data = setting.sizes, few_to_train(setting.data(), setting.sizes["few"])
    net = grouped(str(cell["norm"]), sizes["width"], int(cell["over"]))
    run = optimizer("sgd", FEW_RATE)
    model = last(training(net, data.train, run, count=BATCH, steps=sizes["steps"], seed=setting.seed)).after
    test, train = score(net, model, data.test), score(net, model, data.train)
    return {
        "test_loss": test.loss,
        "train_loss": train.loss,
        "test_accuracy": test.accuracy,
        "train_accuracy": train.accuracy,
    }


_MEASURES: Mapping[str, Callable[[Row, Setting], Mapping[str, float]]] = MappingProxyType(
    {"noise": noise_of, "gradient": gradient_of, "accuracy": accuracy_of, "regularizer": regularized}
)
