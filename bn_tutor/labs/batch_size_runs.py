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
# So many batches are drawn for each deviation, which is then right to a few percent for each feature.
DRAWN_BATCHES = 400
# The part on noise as a regularizer: batches of this many samples, and statistics of this many or all.
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
    places = np.ceil(unit_interval(random, DRAWN_BATCHES * size) * len(x)).astype(int) - 1
    drawn = features[places].reshape(DRAWN_BATCHES, size, -1)
    if cell["statistic"] == MEAN:
        scatter = drawn.mean(axis=1).std(axis=0) / features.std(axis=0)
    else:
        scatter = drawn.var(axis=1).std(axis=0) / features.var(axis=0)
    return {"noise": float(np.mean(scatter))}


def gradient_of(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Run one batch through a BN layer: its largest xhat, and how much gradient it passes back.

    ``passed`` is the length of the gradient of BN's input, relative to what it would be if mean and variance
    were constants; that of the median feature.
    """
    size, width = int(cell["size"]), setting.sizes["width"]
    # A linear network, so that a gradient arrives whatever the sign of xhat.
    net = network("one layer with BN", together(dense(64, width), batchnorm(width)), dense(width, 10))
    batch = setting.data().train.at(np.arange(size))
    recording = run_through(net, fresh(net, setting.seed, size), batch, Mode.TRAIN)
    reached: dict[str, Array] = {step.node.name: step.upstream for step in replay(recording, ONE)}
    frozen = reached["xhat1"] * recording["ivar1"]
    shares = np.linalg.norm(reached["h1"], axis=0) / np.linalg.norm(frozen, axis=0)
    return {"xhat": float(np.abs(recording["xhat1"]).max()), "passed": float(np.median(shares))}


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
