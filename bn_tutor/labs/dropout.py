"""Lab ``dropout``: the missing 1/(1-p), and dropout and batch norm together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.labs.blocks import Block, batchnorm, dropout, together
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Mode, Model, Network, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import TRAIN_COUNT, Data, Samples
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
# The shares of neurons that are dropped, in percent; verdicts are on the half that the source drops.
HALF = 50
PERCENTS = (20, HALF, 80)
RATE = 0.4
# Masks are drawn so often, for all samples, to learn the mean size of activations in training.
MASKS = 2
# Against a division by 0.
TINY = 1e-12
# What the missing scale does to the loss counts from a tenth on.
MORE = 0.1
# Five points of accuracy are lost only where many classes go wrong.
POINTS = 0.05
# Dropout adds something where the test loss changes by a twentieth.
SOME = 0.05
# A variance that is the same at inference is so within a tenth: the correction N / (N - 1) is in one only.
SAME = 0.1
# A cost of the variance shift below one point of accuracy is none.
POINT = 0.01


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """Each arm with each share that is dropped; those without dropout once."""
    return [
        {"arm": name, "percent": percent}
        for name, arm in ARMS.items()
        # It has the weights of the one without a scale.
        if name != RESCALED
        for percent in (PERCENTS if arm.dropped else (0,))
    ]


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    if not 2 <= sizes["batch"] <= sizes["few"]:
        return f"A batch must have from 2 to {sizes['few']} samples, which is all of the training set."
    if sizes["few"] > TRAIN_COUNT:
        return f"There are only {TRAIN_COUNT:,} samples to train on."
    return ""


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


def _trained(net: Network, setting: Setting, steps: int) -> Step:
    count, run = setting.sizes["batch"], optimizer("sgd", RATE)
    return last(training(net, _data(setting).train, run, count=count, steps=steps, seed=setting.seed))


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train, test, and compare inference with training; what is not about a cell's arm is left out."""
    name, percent, width = str(cell["arm"]), int(cell["percent"]), setting.sizes["width"]
    net, data = stack(name, percent, width), _data(setting)
    model = _trained(net, setting, setting.sizes["steps"]).after
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

    ``retaken`` is what that adds to the accuracy: the cost of the variance shift, all else being the same.
    """
    seen = run_through(net, model, data.train, Mode.INFERENCE)["h2"]
    statistics = {"rmu2": seen.mean(axis=0, keepdims=True), "rvar2": seen.var(axis=0, keepdims=True)}
    retaken = replace(model, carried={**model.carried, **statistics})
    gained = score(net, retaken, data.test).accuracy - score(net, model, data.test).accuracy
    return {"variance": float(np.mean(statistics["rvar2"] / model.carried["rvar2"])), "retaken": gained}


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return a step with BN and with dropout before the last BN."""
    net = stack(BEFORE, HALF, setting.sizes["width"])
    return net, _trained(net, setting, 3)


# --- what the rows show -----------------------------------------------------------------------------------


def _value(name: str, arm: str, rows: Rows) -> float:
    return rows.value(name, arm=arm, percent=HALF if ARMS[arm].dropped else 0)


def _said(name: str, arm: str, rows: Rows, form: str = "{:.3g}") -> str:
    return rows.spread(partial(_value, name, arm)).text(form)


def decide_scale(rows: Rows) -> str:
    """Say what the same weights lose where inference is not scaled."""
    loss, again = (_value(name, UNSCALED, rows) for name in ("test_loss", "rescaled_loss"))
    right, right_again = (_value(name, UNSCALED, rows) for name in ("test_accuracy", "rescaled_accuracy"))
    if right_again - right >= POINTS:
        return "classes"
    return "confidence" if loss >= (1 + MORE) * again else "nothing"


def _scale_evidence(rows: Rows) -> str:
    sizes = [_said(f"size{number}", UNSCALED, rows) for number in (1, 2)]
    losses = [_said(name, UNSCALED, rows) for name in ("test_loss", "rescaled_loss")]
    right = [_said(name, UNSCALED, rows, "{:.1%}") for name in ("test_accuracy", "rescaled_accuracy")]
    return (
        f"At inference the activations are {sizes[0]} times as large as in training after one layer with "
        f"dropout, {sizes[1]} times after two. With the same weights the test loss is {losses[0]} without a "
        f"scale and {losses[1]} with it, the test accuracy {right[0]} and {right[1]}; with the scale in "
        f"training it is {_said('test_accuracy', SCALED, rows, '{:.1%}')}."
    )


def with_both(rows: Rows) -> float:
    """Return the test loss with BN and dropout, relative to BN alone: the mean over dropout's two places."""
    both = (_value("test_loss", BEFORE, rows) + _value("test_loss", AFTER, rows)) / 2
    return both / _value("test_loss", BN, rows)


def points_with_both(rows: Rows) -> float:
    """Return what dropout adds to the test accuracy of BN, in points: the mean over its two places."""
    both = (_value("test_accuracy", BEFORE, rows) + _value("test_accuracy", AFTER, rows)) / 2
    return 100 * (both - _value("test_accuracy", BN, rows))


def decide_needed(rows: Rows) -> str:
    """Say what dropout adds to a network with BN."""
    ratio = with_both(rows)
    return "adds" if ratio <= 1 - SOME else "harms" if ratio >= 1 + SOME else "alike"


def _needed_evidence(rows: Rows) -> str:
    right = [_said("test_accuracy", arm, rows, "{:.1%}") for arm in (PLAIN, BN, SCALED, AFTER)]
    loss, points = rows.spread(with_both).text(), rows.spread(points_with_both).text("{:+.1f}")
    return (
        f"With both the test loss is {loss} of that with BN alone, and the test accuracy changes by {points} "
        f"points. It is {right[0]} without either, {right[1]} with BN, {right[2]} with dropout, and "
        f"{right[3]} with BN and dropout after the last BN."
    )


def decide_shift(rows: Rows) -> str:
    """Say how the variance that a BN after dropout sees at inference compares with its running variance."""
    ratio = _value("variance", BEFORE, rows)
    return "smaller" if ratio <= 1 - SAME else "larger" if ratio >= 1 + SAME else "same"


def _shift_evidence(rows: Rows) -> str:
    ratios = [_said("variance", arm, rows) for arm in (BEFORE, AFTER, BN)]
    return (
        "The variance at inference, relative to the running variance, is "
        f"{ratios[0]} with dropout before BN, {ratios[1]} with dropout after the last BN, and {ratios[2]} "
        "without dropout."
    )


def decide_cost(rows: Rows) -> str:
    """Say what the accuracy gains where the variance seen at inference takes the running one's place."""
    gained = _value("retaken", BEFORE, rows)
    return "costs" if gained >= POINT else "helps" if gained <= -POINT else "free"


def _cost_evidence(rows: Rows) -> str:
    right = [_said("test_accuracy", arm, rows, "{:.1%}") for arm in (BEFORE, AFTER)]
    gained = rows.spread(partial(_value, "retaken", BEFORE)).text("{:+.2%}")
    return (
        "With the variance that is seen at inference in place of the running one the test accuracy changes "
        f"by {gained}. It is {right[0]} with dropout before the last BN, and {right[1]} with dropout after."
    )


FINDINGS = (
    Finding(
        name="no-scale",
        claim="Dropout needs no scale: drop half, and restore all neurons at inference",
        outcomes={
            "nothing": Outcome("nothing is lost", "Nothing is lost without the scale", Word.HOLDS),
            "confidence": Outcome(
                "the loss suffers, few classes change",
                "Without the scale the test loss rises, though few classes change",
                Word.FAILS,
            ),
            "classes": Outcome(
                "many classes go wrong", "Without the scale many classes go wrong", Word.FAILS
            ),
        },
        decide=decide_scale,
        evidence=_scale_evidence,
    ),
    Finding(
        name="bn-instead",
        claim="BN makes dropout unnecessary",
        outcomes={
            "adds": Outcome(
                "dropout still lowers the test loss", "Dropout still lowers the test loss", Word.FAILS
            ),
            "alike": Outcome("dropout adds nothing", "Dropout adds nothing to BN", Word.HOLDS),
            "harms": Outcome(
                "dropout raises the test loss", "Dropout raises the test loss of BN", Word.HOLDS
            ),
        },
        decide=decide_needed,
        evidence=_needed_evidence,
    ),
    Finding(
        name="variance-shift",
        claim="BN after dropout sees another variance at inference",
        outcomes={
            "smaller": Outcome("it sees a smaller one", "BN after dropout sees a smaller one", Word.HOLDS),
            "larger": Outcome("it sees a larger one", "BN after dropout sees a larger one", Word.HOLDS),
            "same": Outcome("it sees the same", "BN after dropout sees the same one", Word.FAILS),
        },
        decide=decide_shift,
        evidence=_shift_evidence,
    ),
    Finding(
        name="shift-cost",
        claim="The variance shift makes dropout before BN harmful",
        outcomes={
            "costs": Outcome("it costs accuracy", "The variance shift costs accuracy", Word.HOLDS),
            "free": Outcome(
                "it costs nothing", "The variance shift costs less than a point here", Word.FAILS
            ),
            "helps": Outcome("it adds accuracy", "The variance shift adds accuracy", Word.FAILS),
        },
        decide=decide_cost,
        evidence=_cost_evidence,
    ),
)

LAB = Lab(
    name="dropout",
    title="Dropout: its scale, and its company",
    question="Networks are trained on few samples, with dropout, with BN, and with both. What generalizes?",
    about=(
        "Two hidden layers, plain gradient descent. First weights, batches, rate and steps are the same in "
        "all arms. All samples that are not trained on are the test. Dropout without BN stands after both "
        f"ReLUs. Verdicts are on p = {HALF / 100}."
    ),
    papers=(
        "Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, Dropout",
        "Li, Chen, Hu & Yang 2018, Understanding the disharmony between dropout and batch normalization by "
        "variance shift",
        "Ioffe & Szegedy 2015, section 3.4 (BN regularizes the model)",
    ),
    sizes={"width": 64, "few": 300, "batch": 50, "steps": 300},
    quick={"few": 200, "steps": 160},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Test accuracy by percent dropped", "test_accuracy", "percent", "arm", "{:.1%}"),
        Panel("Test loss by percent dropped", "test_loss", "percent", "arm", log_value=True),
        Panel("Train accuracy by percent dropped", "train_accuracy", "percent", "arm", "{:.1%}"),
        Panel("Activations at inference, to training", "size2", "percent", "arm", log_value=True),
        Panel("Variance at inference, to running", "variance", "percent", "arm"),
    ),
    findings=FINDINGS,
    walked=walked,
    check=check,
)
