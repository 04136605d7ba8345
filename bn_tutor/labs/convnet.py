"""Lab ``convnet``: a small convolutional network, and what training mode for ever does to it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.labs.blocks import batchnorm, convolution, dense, max_pool, relu, reshaped
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Mode, Model, Network, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import SIDE, Samples, permutation
from bn_tutor.labs.stacks import without_variance
from bn_tutor.labs.training import Step, accuracy, last, scores_of, training

EPOCHS = (1, 2, 4, 8, 16)
RATE = 0.01
# What the digits' test accuracy should reach, and what would still be near it.
GOOD, NEAR = 0.97, 0.9
# How many test samples are looked at, in how many random companies each, and of how many samples those are.
LOOKED_AT, ROUNDS, COMPANY = 160, 8, 16


@lru_cache(maxsize=8)
def convnet(filters: int, width: int) -> Network:
    """Return conv - BN - ReLU - pool - dense - BN - ReLU - dense, for images of 8 by 8."""
    pooled = SIDE // 2
    return network(
        "convnet",
        reshaped(1, SIDE, SIDE),
        convolution(1, filters),
        batchnorm(filters, shape=(SIDE, SIDE)),
        relu(),
        max_pool(2),
        reshaped(filters * pooled * pooled),
        dense(filters * pooled * pooled, width, bias=False),
        batchnorm(width),
        relu(),
        dense(width, 10, gain=1.0),
    )


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """Train for so many epochs, and test in each mode."""
    # The whole of what is asked for comes last, even where it is no power of two.
    epochs = [*(each for each in EPOCHS if each < sizes["epochs"]), sizes["epochs"]]
    return [{"mode": mode.value, "epochs": each} for each in epochs for mode in Mode]


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train, and test in the cell's mode: the accuracy, and what changes with a sample's company."""
    data, sizes = setting.data(), setting.sizes
    net, mode = convnet(sizes["filters"], sizes["width"]), Mode(str(cell["mode"]))
    an_epoch = len(data.train) // sizes["batch"]
    end = last(_steps(setting, int(cell["epochs"]) * an_epoch))
    classes = in_company(net, end.after, data.test.at(np.arange(LOOKED_AT)), mode, setting.seed)
    return {
        "accuracy": accuracy(net, end.after, data.test, mode),
        "changing": float(np.mean(classes.min(axis=0) != classes.max(axis=0))),
        "most classes": float(max(len(np.unique(of_one)) for of_one in classes.T)),
    }


def _steps(setting: Setting, steps: int) -> Iterator[Step]:
    sizes = setting.sizes
    return training(
        convnet(sizes["filters"], sizes["width"]),
        setting.data().train,
        optimizer("adam", RATE),
        count=sizes["batch"],
        steps=steps,
        seed=setting.seed,
    )


def in_company(net: Network, model: Model, samples: Samples, mode: Mode, seed: int) -> Array:
    """Return the class given to each sample in several random companies, shape (rounds, samples)."""
    random = source_of(seed, "company")
    classes = np.zeros((ROUNDS, len(samples)), dtype=int)
    for at in range(ROUNDS):
        for places in permutation(random, len(samples)).reshape(-1, COMPANY):
            classes[at, places] = scores_of(net, model, samples.at(places), mode).argmax(axis=1)
    return classes


# --- what it comes to -------------------------------------------------------------------------------------


def at_the_end(name: str, mode: Mode, rows: Rows) -> float:
    """Return what was measured after the longest training, in one seed's rows."""
    longest = max(rows.values("epochs"))
    return rows.value(name, mode=mode.value, epochs=longest)


def decide_company(rows: Rows) -> str:
    """Say in which mode a sample's class changes with its company."""
    trained, frozen = (at_the_end("changing", mode, rows) > 0 for mode in (Mode.TRAIN, Mode.INFERENCE))
    if trained:
        return "both" if frozen else "training"
    return "inference" if frozen else "neither"


def _company(rows: Rows) -> str:
    trained, frozen = (
        rows.spread(partial(at_the_end, "changing", mode)).text("{:.1%}")
        for mode in (Mode.TRAIN, Mode.INFERENCE)
    )
    most = rows.spread(partial(at_the_end, "most classes", Mode.TRAIN)).text("{:g}")
    return (
        f"In {ROUNDS} random batches of {COMPANY} this share of test samples gets more than one class: "
        f"{trained} in training mode, {frozen} with frozen statistics. A single one gets as many as {most} "
        "in training mode."
    )


def decide_accuracy(rows: Rows) -> str:
    """Say how far the test accuracy got, at inference."""
    reached = at_the_end("accuracy", Mode.INFERENCE, rows)
    return "good" if reached >= GOOD else "near" if reached >= NEAR else "bad"


def _accuracy(rows: Rows) -> str:
    trained, frozen = (
        rows.spread(partial(at_the_end, "accuracy", mode)).text("{:.1%}")
        for mode in (Mode.TRAIN, Mode.INFERENCE)
    )
    epochs = f"{max(rows.values('epochs')):g} epochs"
    return f"After {epochs} of Adam it is {frozen} with frozen statistics, and {trained} in training mode."


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return the second step of a training run."""
    return convnet(setting.sizes["filters"], setting.sizes["width"]), last(_steps(setting, 2))


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes."""
    return without_variance(sizes)


LAB = Lab(
    name="convnet",
    title="A convolutional network, and a sample's neighbours",
    question="A trained network classifies an image. Does its answer depend on the images beside it?",
    about=(
        "Convolution, BN, ReLU, pool, dense, BN, ReLU, dense, trained with Adam. Each test sample is "
        f"classified in {ROUNDS} random batches of {COMPANY}, in training mode (with the statistics of the "
        "batch) and at inference (with running averages)."
    ),
    papers=(
        "Ioffe & Szegedy 2015, section 3.1 (training and inference with batch-normalized networks)",
        'Wu & Johnson 2021, Rethinking "batch" in BatchNorm, section 4 (a batch in training and testing)',
        "Kingma & Ba 2015, Adam",
    ),
    sizes={"filters": 8, "width": 64, "batch": 64, "epochs": 16},
    quick={"epochs": 4},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Test accuracy by epochs of training", "accuracy", "epochs", "mode", "{:.1%}", log_across=True),
        Panel(
            "Samples whose class changes with the batch they are in",
            "changing",
            "epochs",
            "mode",
            "{:.1%}",
            log_across=True,
        ),
    ),
    findings=(
        Finding(
            name="company",
            claim="A network may stay in training mode (training=True) for ever",
            outcomes={
                "training": Outcome(
                    "in training mode only",
                    "In training mode a sample's class depends on its neighbours",
                    Word.FAILS,
                ),
                "both": Outcome(
                    "in both modes", "A sample's class depends on its neighbours in both modes", Word.FAILS
                ),
                "inference": Outcome(
                    "at inference only",
                    "A sample's class depends on its neighbours at inference alone",
                    Word.HOLDS,
                ),
                "neither": Outcome(
                    "in neither mode", "A sample's class never depends on its neighbours", Word.HOLDS
                ),
            },
            decide=decide_company,
            evidence=_company,
        ),
        Finding(
            name="accuracy",
            claim=f"A small convolutional network with BN gets {GOOD:.0%} of the test images right",
            outcomes={
                "good": Outcome(f"{GOOD:.0%} or more", f"It gets {GOOD:.0%} or more", Word.HOLDS),
                "near": Outcome(
                    f"{NEAR:.0%} to {GOOD:.0%}", f"It gets {NEAR:.0%} to {GOOD:.0%}", Word.PARTLY
                ),
                "bad": Outcome(f"less than {NEAR:.0%}", f"It gets less than {NEAR:.0%}", Word.FAILS),
            },
            decide=decide_accuracy,
            evidence=_accuracy,
        ),
    ),
    walked=walked,
    check=check,
)
