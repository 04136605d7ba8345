"""Lab ``batch-size``: what few samples do to the statistics, to the gradient, and to the accuracy."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from bn_tutor.labs.batch_size_runs import (
    ACROSS,
    BATCH,
    BN,
    FEW_OVER,
    GRADIENT_BATCHES,
    GROUP,
    LAYER,
    MEAN,
    NORMS,
    OVERS,
    REFERENCE,
    RENORM,
    VARIANCE,
    measure,
    stack_of,
    trained,
)
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Network
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import TRAIN_COUNT
from bn_tutor.labs.stacks import WITHOUT
from bn_tutor.labs.training import Step

BATCH_FREE = (LAYER, GROUP)
# With two samples xhat is hardly more than a sign; the next size is the smallest without that.
SMALLEST, NEXT = 2, 4
# Ten points of accuracy are far beyond what another seed would change.
MUCH = 0.1
# What mends a loss wins back three quarters of it.
MENDED = 0.75
# A slope this near to -1/2 is that of a square root.
NEAR = 0.05
# The noise of the mean is a root at all sizes. That of the variance, as BN takes it, with a factor 1/N, is
# less than that with fewer samples; from here on this bends the line less than what is called near.
FITTED_FROM = {MEAN: 2, VARIANCE: 8}
# What of its gradient a feature hardly gets is less than a hundredth.
HARDLY = 0.01
# A change of the test loss by less is called none, and so is a difference to that without BN. Another seed
# changes as much: a verdict rests on seeds that agree, and this only keeps 1.00 from counting as a change.
LESS = 0.03


def counts(largest: int) -> list[int]:
    """Return the batch sizes, each twice the one before."""
    return [2**power for power in range(1, largest.bit_length())]


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """Return four kinds of runs: noise, gradient, accuracy, and noise as a regularizer."""
    several = counts(sizes["largest"])
    noise: list[Row] = [
        {"kind": "noise", "statistic": each, "size": size} for each in (MEAN, VARIANCE) for size in several
    ]
    gradient: list[Row] = [{"kind": "gradient", "norm": BN, "size": size} for size in (1, *several)]
    trained: list[Row] = [
        {"kind": "accuracy", "norm": norm, "size": size} for norm in NORMS for size in several
    ]
    few: list[Row] = [{"kind": "regularizer", "norm": BN, "over": over} for over in OVERS]
    return [*noise, *gradient, *trained, *few, {"kind": "regularizer", "norm": WITHOUT, "over": BATCH}]


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    largest, width, groups = sizes["largest"], sizes["width"], sizes["groups"]
    if largest not in counts(TRAIN_COUNT) or largest < REFERENCE:
        return f"largest must be a power of two from {REFERENCE} to {counts(TRAIN_COUNT)[-1]}."
    if width % groups or width == groups:
        return f"{groups} groups do not divide {width} features into groups of 2 or more."
    if sizes["samples"] < largest:
        return f"With {sizes['samples']} samples there is not even one batch of {largest}."
    if not BATCH <= sizes["few"] <= TRAIN_COUNT:
        return f"few must be from {BATCH}, which is one batch, to {TRAIN_COUNT}, which is all."
    return ""


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return a step on four samples, the fewest at which BN passes a good part of the gradient back."""
    net = stack_of(BN, setting, 4)
    return net, trained(net, setting, 4, 3)


# --- what the rows show -----------------------------------------------------------------------------------


def _accuracy(norm: str, size: int, rows: Rows) -> float:
    return rows.value("accuracy", kind="accuracy", norm=norm, size=size)


def _moved(norm: str, size: int, rows: Rows) -> float:
    return rows.value("moved", kind="accuracy", norm=norm, size=size)


def lost(norm: str, size: int, rows: Rows) -> float:
    """Return how much accuracy a norm loses at this size, against its own at the reference."""
    return _accuracy(norm, REFERENCE, rows) - _accuracy(norm, size, rows)


def lost_without(size: int, rows: Rows) -> float:
    """Return the most that a norm without batch statistics loses at this size."""
    return max(lost(norm, size, rows) for norm in BATCH_FREE)


def decide_tiny(rows: Rows) -> str:
    """Say who loses much accuracy with the smallest batches."""
    if lost(BN, SMALLEST, rows) < MUCH:
        return "none"
    return "alone" if lost(BN, SMALLEST, rows) - lost_without(SMALLEST, rows) >= MUCH else "all"


def _tiny_evidence(rows: Rows) -> str:
    at = {
        size: rows.spread(partial(_accuracy, BN, size)).text("{:.1%}") for size in (SMALLEST, NEXT, REFERENCE)
    }
    without = [rows.spread(partial(lost_without, size)).text("{:.1%}") for size in (SMALLEST, NEXT)]
    moved = [rows.spread(partial(_moved, BN, size)).text("{:.2g}") for size in (SMALLEST, NEXT)]
    losses = [rows.spread(partial(lost, BN, size)).text("{:.1%}") for size in (SMALLEST, NEXT)]
    return (
        f"BN reaches {at[SMALLEST]} with {SMALLEST} samples a batch, {at[NEXT]} with {NEXT}, and "
        f"{at[REFERENCE]} with {REFERENCE}: {losses[0]} is lost with {SMALLEST}, where xhat is hardly more "
        f"than a sign, and {losses[1]} with {NEXT}, where it is not. Without batch statistics {without[0]} "
        f"and {without[1]} are lost. The first weights move by {moved[0]} of their length with BN and "
        f"{SMALLEST} samples, by {moved[1]} with {NEXT}, and by "
        f"{rows.spread(partial(_moved, LAYER, SMALLEST)).text('{:.2g}')} with LayerNorm and {SMALLEST}."
    )


def slope(statistic: str, rows: Rows) -> float:
    """Return the slope of log noise against log size, by least squares, in one seed's rows."""
    own = rows.where(kind="noise", statistic=statistic)
    fitted = Rows(tuple(row for row in own if float(row["size"]) >= FITTED_FROM[statistic]))
    size, noise = np.log(fitted.values("size")), np.log(fitted.values("noise"))
    size = size - size.mean()
    return float(size @ noise / (size @ size))


def decide_noise(rows: Rows) -> str:
    """Say whether noise falls as a root of the size."""
    slopes = [slope(statistic, rows) for statistic in (MEAN, VARIANCE)]
    slower, faster = max(slopes) > NEAR - 0.5, min(slopes) < -NEAR - 0.5
    if slower and faster:
        return "mixed"
    return "slower" if slower else "faster" if faster else "root"


def _noise_evidence(rows: Rows) -> str:
    slopes = [rows.spread(partial(slope, statistic)).text("{:.3f}") for statistic in (MEAN, VARIANCE)]
    return (
        f"The slope of log noise against log N is {slopes[0]} for the mean, and {slopes[1]} for the variance "
        f"from N = {FITTED_FROM[VARIANCE]} on; that of 1/√N is -0.5."
    )


def won_back(norm: str, rows: Rows) -> float:
    """Return which share of what BN loses at the smallest size a norm has, in one seed's rows."""
    gained = _accuracy(norm, SMALLEST, rows) - _accuracy(BN, SMALLEST, rows)
    return gained / lost(BN, SMALLEST, rows)


def decide_mended(rows: Rows) -> str:
    """Say which of the two mends what BN loses, if it loses much."""
    if lost(BN, SMALLEST, rows) < MUCH:
        return "sound"
    renorm, across = (won_back(norm, rows) >= MENDED for norm in (RENORM, ACROSS))
    return {(True, True): "both", (False, True): "across", (True, False): "renorm"}.get(
        (renorm, across), "neither"
    )


def _mended_evidence(rows: Rows) -> str:
    parts = [
        f"{norm} reaches {rows.spread(partial(_accuracy, norm, SMALLEST)).text('{:.1%}')}"
        for norm in (RENORM, ACROSS)
    ]
    base = rows.spread(partial(_accuracy, BN, SMALLEST)).text("{:.1%}")
    return f"With {SMALLEST} samples a batch {' and '.join(parts)}; BN has {base}."


def _few(value: str, over: int, rows: Rows, norm: str = BN) -> float:
    return rows.value(value, kind="regularizer", norm=norm, over=over)


def loss_ratio(rows: Rows) -> float:
    """Return the test loss with noisier statistics, relative to that with those of the whole batch."""
    return _few("test_loss", FEW_OVER, rows) / _few("test_loss", BATCH, rows)


def accuracy_gain(rows: Rows) -> float:
    """Return what noisier statistics add to the test accuracy, in points."""
    return 100 * (_few("test_accuracy", FEW_OVER, rows) - _few("test_accuracy", BATCH, rows))


def to_without(rows: Rows) -> float:
    """Return the test loss with noisier statistics, relative to that without BN."""
    return _few("test_loss", FEW_OVER, rows) / _few("test_loss", BATCH, rows, WITHOUT)


def decide_regularizer(rows: Rows) -> str:
    """Say what noisier statistics do to the test loss, and whether BN is then worse than no BN."""
    ratio = loss_ratio(rows)
    if ratio <= 1 - LESS:
        return "lower" if to_without(rows) < 1 + LESS else "worse"
    return "higher" if ratio >= 1 + LESS else "alike"


def _regularizer_evidence(rows: Rows) -> str:
    whole, part = (rows.spread(partial(_few, "test_loss", over)).text() for over in (BATCH, FEW_OVER))
    without = rows.spread(partial(_few, "test_loss", BATCH, norm=WITHOUT)).text()
    gain = rows.spread(accuracy_gain).text("{:+.1f}")
    train = rows.spread(partial(_few, "train_accuracy", FEW_OVER)).text("{:.1%}")
    return (
        f"The test loss is {part} with statistics over {FEW_OVER} samples, {whole} with all {BATCH}, and "
        f"{without} without BN: noisier statistics make it {rows.spread(loss_ratio).text()} of that with all "
        f"{BATCH}, and {rows.spread(to_without).text()} of that without BN. The test accuracy changes by "
        f"{gain} points, and {train} of the training set is right."
    )


def _gradient(value: str, size: int, rows: Rows) -> float:
    return rows.value(value, kind="gradient", size=size)


def decide_gradient(rows: Rows) -> str:
    """Say whether a single sample leaves exact zeros, and two leave hardly more of the gradient."""
    if _gradient("xhat", 1, rows) or _gradient("passed", 1, rows):
        return "something"
    return "one" if _gradient("passed", SMALLEST, rows) >= HARDLY else "two"


def _gradient_evidence(rows: Rows) -> str:
    shares = {size: rows.spread(partial(_gradient, "passed", size)).text("{:.2g}") for size in (1, 2, 4)}
    xhat = rows.spread(partial(_gradient, "xhat", 1)).text("{:g}")
    largest = {size: rows.spread(partial(_gradient, "largest", size)).text("{:.0f}") for size in (2, 4)}
    return (
        f"With 1 sample the largest xhat is {xhat}. The median feature gets back {shares[1]} of the gradient "
        f"with 1 sample, {shares[2]} with 2 and {shares[4]} with 4, against constant statistics. The largest "
        f"gradient of all is {largest[2]} times as long as the median of those with 2 samples, {largest[4]} "
        "times with 4: it is there where samples nearly coincide, so that BN divides by almost nothing."
    )


FINDINGS = (
    Finding(
        name="tiny-batches",
        claim="Tiny batches make BN fail",
        outcomes={
            "alone": Outcome(
                "BN loses much, LayerNorm and GroupNorm little",
                "With 2 samples a batch BN fails, and norms without batch statistics do not",
                Word.HOLDS,
            ),
            "all": Outcome("all norms lose much", "Norms without batch statistics lose much too", Word.FAILS),
            "none": Outcome("BN loses little", "BN loses little with 2 samples a batch", Word.FAILS),
        },
        decide=decide_tiny,
        evidence=_tiny_evidence,
    ),
    Finding(
        name="noise",
        claim="Larger batches give better statistics: the noise falls as 1/√N",
        outcomes={
            "root": Outcome("it falls as 1/√N", "The noise falls as 1/√N", Word.HOLDS),
            "slower": Outcome("it falls more slowly", "The noise falls more slowly than 1/√N", Word.PARTLY),
            "faster": Outcome("it falls faster", "The noise falls faster than 1/√N", Word.PARTLY),
            "mixed": Outcome(
                "mean and variance differ", "One falls faster than 1/√N, the other more slowly", Word.PARTLY
            ),
        },
        decide=decide_noise,
        evidence=_noise_evidence,
    ),
    Finding(
        name="two-samples",
        claim="With one sample BN gives xhat = 0 and dx = 0, and with two hardly any dx",
        outcomes={
            "two": Outcome(
                "nothing with one, hardly any with two",
                "One sample leaves exact zeros, and two hardly any gradient in most features",
                Word.HOLDS,
            ),
            "one": Outcome(
                "nothing with one, plenty with two", "Only a single sample leaves zeros", Word.PARTLY
            ),
            "something": Outcome(
                "something comes through", "Even with one sample something comes through", Word.FAILS
            ),
        },
        decide=decide_gradient,
        evidence=_gradient_evidence,
    ),
    Finding(
        name="mended",
        claim="Batch renormalization and cross-iteration BN mend tiny batches",
        outcomes={
            "both": Outcome("both do", f"Both win back {MENDED:.0%} of the loss or more", Word.HOLDS),
            "across": Outcome(
                "cross-iteration BN does", f"Only cross-iteration BN wins back {MENDED:.0%}", Word.PARTLY
            ),
            "renorm": Outcome("batch renorm does", f"Only batch renorm wins back {MENDED:.0%}", Word.PARTLY),
            "neither": Outcome("neither does", f"Neither wins back {MENDED:.0%} of the loss", Word.FAILS),
            "sound": Outcome("there is nothing to mend", "BN lost too little to mend", Word.UNDECIDED),
        },
        decide=decide_mended,
        evidence=_mended_evidence,
    ),
    Finding(
        name="regularizer",
        claim="BN acts as a regularizer, through the noise of its statistics",
        outcomes={
            "lower": Outcome(
                "the test loss falls, and is no higher than without BN",
                "Noisier statistics lower the test loss, and BN is then no worse than none",
                Word.HOLDS,
            ),
            "worse": Outcome(
                "the test loss falls, but is lower without BN",
                "Noisier statistics help, but BN as a whole does not: the test loss is lower without",
                Word.PARTLY,
            ),
            "alike": Outcome("the test loss hardly changes", "Noise hardly moves the test loss", Word.FAILS),
            "higher": Outcome("the test loss rises", "Noisier statistics raise the test loss", Word.FAILS),
        },
        decide=decide_regularizer,
        evidence=_regularizer_evidence,
    ),
)

LAB = Lab(
    name="batch-size",
    title="How small may a batch be?",
    question="Networks with five kinds of norm are trained on batches of 2, of 4, and so on. Which fail?",
    about=(
        "Accuracy: two hidden layers, first weights alike, the same number of samples seen at all sizes, and "
        "a rate in proportion to the size. Running averages look back on as many samples at all sizes. "
        f"With {SMALLEST} samples xhat in a dense layer is hardly more than a sign; in a convolution it is "
        f"not. What fails with {SMALLEST} but not with {NEXT} is this degenerate case. "
        "Noise: batches drawn with replacement, first layer, relative to the deviation of the whole set. "
        f"Gradient: up to {GRADIENT_BATCHES} batches of a linear network. "
        f"Regularizer: few samples to train on, batches of {BATCH} in all runs; only the number of samples "
        "that the statistics are taken over changes. Batch renorm has r up to 3 and d up to 5 from the start."
    ),
    papers=(
        "Wu & He 2018, Group normalization (the error of BN with small batches)",
        "Ioffe 2017, Batch renormalization",
        "Yao et al. 2021, Cross-iteration batch normalization",
        "Hoffer, Hubara & Soudry 2017, Train longer, generalize better (ghost batch norm)",
        "Luo, Wang, Shao & Peng 2019, Towards understanding regularization in batch normalization",
    ),
    sizes={"width": 64, "groups": 8, "samples": 2560, "largest": 256, "few": 256, "steps": 200},
    quick={"samples": 384, "largest": 64, "steps": 80},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Test accuracy by batch size", "accuracy", "size", "norm", "{:.1%}", log_across=True),
        Panel("Noise of a batch's statistics", "noise", "size", "statistic", log_across=True, log_value=True),
        Panel("Share of the gradient that BN passes back", "passed", "size", "norm", log_across=True),
        Panel(
            "Largest gradient of a feature, to the median",
            "largest",
            "size",
            "norm",
            log_across=True,
            log_value=True,
        ),
        Panel("Way of the first weights, in their length", "moved", "size", "norm", log_across=True),
        Panel("Test loss by samples in the statistics", "test_loss", "over", "norm", log_across=True),
    ),
    findings=FINDINGS,
    walked=walked,
    check=check,
)
