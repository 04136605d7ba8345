"""Lab ``exact``: claims that need no training, since the graphs of the lessons decide them."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np

from bn_tutor.course.draws import normal, source_of, unit_interval
from bn_tutor.course.loading import load, record, upstream_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.replay import gradients, replay
from bn_tutor.labs.blocks import batchnorm, dense, relu
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Network, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.training import Step, last, training

# What is zero in exact arithmetic is below this in floats, relative to what it is a sum of.
ROUNDING = 1e-12
# Of what is not: a share of its size that nobody would call rounding.
PLAIN = 0.1
# The side of an image before, and after a "same" convolution of 3 by 3 and a pool of 2 by 2.
SIDE, POOLED = 28, 14


def _batchnorm(setting: Setting, count: int, given: Mapping[str, Array] | None = None) -> Recording:
    sizes = {"N": count, "D": setting.sizes["D"]}
    return record(load("batchnorm"), sizes=sizes, seed=setting.seed, inputs=given)


def _skewness(values: Array) -> Array:
    centred = values - values.mean(axis=0)
    return np.mean(centred**3, axis=0) / np.mean(centred**2, axis=0) ** 1.5


def skew_kept(setting: Setting) -> Mapping[str, float]:
    """Normalize data that lean to one side, and measure how much of the lean is left; a Gaussian has none."""
    shape = (setting.sizes["N"], setting.sizes["D"])
    leaning = -np.log(unit_interval(source_of(setting.seed, "leaning"), shape[0] * shape[1])).reshape(shape)
    xhat = _batchnorm(setting, shape[0], {"x": leaning})["xhat"]
    # eps makes xhat a little smaller, and no skewness.
    off = float(np.abs(_skewness(xhat) - _skewness(leaning)).max())
    return {"off": off, "of": float(np.abs(_skewness(leaning)).min())}


def mean_through_variance(setting: Setting) -> Mapping[str, float]:
    """Sum what flows back through the variance to the mean."""
    recording = _batchnorm(setting, setting.sizes["N"])
    upstream = upstream_of(recording.output.shape, setting.seed)
    edges = (edge for step in replay(recording, upstream) if step.node.name == "sq" for edge in step.edges)
    contribution = next(edges).contribution
    return {
        "off": float(np.abs(contribution.sum(axis=0)).max()),
        "of": float(np.abs(contribution).sum(axis=0).min()),
    }


def one_sample(setting: Setting) -> Mapping[str, float]:
    """Normalize a batch of a single sample: the largest of xhat and of the gradient of x."""
    recording = _batchnorm(setting, 1)
    upstream = upstream_of(recording.output.shape, setting.seed)
    found = gradients(recording, upstream)["x"]
    largest = max(float(np.abs(each).max()) for each in (recording["xhat"], found))
    return {"off": largest, "of": float(np.abs(upstream).max())}


def bias_before(setting: Setting) -> Mapping[str, float]:
    """Measure the gradient of a bias that stands before BN, against what it is a sum of."""
    recording = record(load("bias-before-bn"), seed=setting.seed)
    upstream = upstream_of(recording.output.shape, setting.seed)
    edges = (edge for step in replay(recording, upstream) if step.node.name == "z" for edge in step.edges)
    at_z = next(edge for edge in edges if edge.input == "xw").contribution
    return {
        "off": float(np.abs(gradients(recording, upstream)["b"]).max()),
        "of": float(np.abs(at_z).sum(axis=0).min()),
    }


def pooled_side(setting: Setting) -> Mapping[str, float]:
    """Convolve and pool an image, and measure by how much its side is not half of what it was."""
    image = normal(source_of(setting.seed, "image"), (1, 1, SIDE, SIDE))
    filters = normal(source_of(setting.seed, "filters"), (2, 1, 3, 3))
    convolved = OPERATIONS["conv2d"].forward(image, filters, padding=1)
    side = OPERATIONS["max_pool2d"].forward(convolved, size=2).shape[-1]
    return {"off": float(abs(side - POOLED)), "of": float(POOLED)}


CHECKS: Mapping[str, Callable[[Setting], Mapping[str, float]]] = MappingProxyType(
    {
        "skewness lost by normalizing": skew_kept,
        "gradient of the mean through the variance": mean_through_variance,
        "xhat and dx of a single sample": one_sample,
        "gradient of a bias before BN": bias_before,
        f"side after convolution and pool, less {POOLED}": pooled_side,
    }
)


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """Each check, once."""
    return [{"check": name, "of what": "share"} for name in CHECKS]


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Do the check: ``off`` is what should be zero, ``of`` the size of what it is made of."""
    found = CHECKS[str(cell["check"])](setting)
    return {**found, "share": found["off"] / found["of"]}


def relative(check: str, rows: Rows) -> float:
    """Return what should be zero, as a share of what it is made of, in one seed's rows."""
    return rows.value("share", check=check)


def decide(check: str, rows: Rows) -> str:
    """Say whether it is zero but for rounding, or plainly not."""
    found = relative(check, rows)
    return "zero" if found <= ROUNDING else "plain" if found >= PLAIN else "small"


def _evidence(check: str, told: str, rows: Rows) -> str:
    return told.format(rows.spread(partial(relative, check)).text("{:.1g}"))


def _finding(
    name: str,
    check: str,
    claim: str,
    told: str,
    predicted: tuple[str, str],
    concluded: tuple[str, str],
    word: Word,
) -> Finding:
    """Make a finding of a check; ``word`` is what becomes of the claim where the check comes to zero."""
    other = Word.FAILS if word is Word.HOLDS else Word.HOLDS
    return Finding(
        name,
        claim,
        {
            "zero": Outcome(predicted[0], concluded[0], word),
            "plain": Outcome(predicted[1], concluded[1], other),
            "small": Outcome(
                "nearly zero", "What should be zero is small, and more than rounding", Word.UNDECIDED
            ),
        },
        partial(decide, check),
        partial(_evidence, check, told),
    )


_NAMES = tuple(CHECKS)
FINDINGS = (
    _finding(
        "no-gaussian",
        _NAMES[0],
        'BN makes the input of a layer "N(0, 1)"',
        "Normalizing changes the skewness by {} of itself.",
        ("they keep it: the shape stays as it was", "they lose it: a Gaussian comes out"),
        (
            "A lean in the data stays: mean 0 and variance 1 are made, and no Gaussian",
            "The lean in the data is gone",
        ),
        Word.FAILS,
    ),
    _finding(
        "mean-through-variance",
        _NAMES[1],
        "BN's mean has a gradient through the variance",
        "The gradient of the mean through the variance is {} of the sum of its terms' sizes.",
        ("it is zero", "it is not"),
        ("It is zero, since what is left of the mean sums to zero", "It has one"),
        Word.FAILS,
    ),
    _finding(
        "one-sample",
        _NAMES[2],
        "With one sample, xhat and dx are exactly zero",
        "The largest entry of both is {}, relative to the upstream gradient.",
        ("both are zero", "they are not"),
        ("A batch of one learns nothing through BN", "A batch of one gives something else than zero"),
        Word.HOLDS,
    ),
    _finding(
        "bias-before",
        _NAMES[3],
        "A bias right before BN has a gradient of exactly zero",
        "The gradient of such a bias is {} of the sum of its terms' sizes.",
        ("it is zero", "it is not"),
        ("The mean takes the bias away, and its gradient is zero", "The bias has a gradient"),
        Word.HOLDS,
    ),
    _finding(
        "flat-size",
        _NAMES[4],
        f'A "same" convolution and a 2 by 2 pool leave {POOLED} by {POOLED} of {SIDE} by {SIDE}',
        f"The side is off from {POOLED} by {{}} of it.",
        (f"{POOLED} by {POOLED}", "another size"),
        (
            f"{POOLED} by {POOLED} positions are left, so a dense layer takes {POOLED * POOLED} a filter",
            "It is not",
        ),
        Word.HOLDS,
    ),
)


@lru_cache(maxsize=8)
def _small(width: int) -> Network:
    return network(
        "one hidden layer with BN", dense(64, width), batchnorm(width), relu(), dense(width, 10, gain=1.0)
    )


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return a step of a small network whose hidden layer has a bias before its BN: its gradient is zero."""
    net, count = _small(setting.sizes["D"]), setting.sizes["N"]
    samples = setting.data().train
    return net, last(training(net, samples, optimizer("sgd", 0.1), count=count, steps=1, seed=setting.seed))


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes."""
    if sizes["N"] < 3:
        return "N must be 3 or more: of two samples none can lean to one side"
    return "N goes up to 1,000 here" if sizes["N"] > 1_000 or sizes["D"] > 1_000 else ""


LAB = Lab(
    name="exact",
    title="What needs no training",
    question="Data that lean to one side go through BN. Do they keep their lean?",
    about=(
        "Each claim is decided by the graph of a lesson, the last by the operations themselves, on random "
        "data of each seed. What should be zero is zero but for rounding: it is below "
        f"{ROUNDING:g} of what it is made of."
    ),
    papers=(
        "Ioffe & Szegedy 2015, algorithm 1 and section 3.2",
        "The lessons batchnorm and bias-before-bn",
    ),
    sizes={"N": 64, "D": 5},
    quick={},
    cells=cells,
    measure=measure,
    panels=(Panel("What should be zero, relative", "share", "check", "of what", "{:.1g}"),),
    findings=FINDINGS,
    walked=walked,
    check=check,
    has_images=False,
)
