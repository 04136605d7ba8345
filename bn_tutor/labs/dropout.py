"""Lab ``dropout``: the missing 1/(1-p), and dropout and batch norm together."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

from bn_tutor.labs.dropout_runs import (
    AFTER,
    ARMS,
    BEFORE,
    BN,
    PLAIN,
    RESCALED,
    SCALED,
    UNSCALED,
    measure,
    stack,
    trained,
)
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Network
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import CLASSES, TRAIN_COUNT
from bn_tutor.labs.training import LOST, Step

# The shares of neurons that are dropped, in percent; verdicts are on the half that the source drops.
HALF = 50
PERCENTS = (20, HALF, 80)
# What the missing scale does to the loss counts from a tenth on.
MORE = 0.1
# Five points of accuracy are lost only where many classes go wrong.
POINTS = 0.05
# Dropout adds something where the test loss changes by a twentieth.
SOME = 0.05
# A variance that is the same at inference is so within a tenth of what it is without dropout.
SAME = 0.1
# The cost of the variance shift is told with the same weights, and without dropout the same exchange changes
# the loss by half a percent: what is six times that is no chance.
COSTS = 0.03
# Where all classes get the same score the loss is log(10): with half of that hardly anything is learned.
UNLEARNED = math.log(CLASSES) / 2


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


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return a step with BN and with dropout before the last BN."""
    net = stack(BEFORE, HALF, setting.sizes["width"])
    return net, trained(net, setting, 3)


# --- what the rows show -----------------------------------------------------------------------------------


def _value(name: str, arm: str, rows: Rows) -> float:
    return rows.value(name, arm=arm, percent=HALF if ARMS[arm].dropped else 0)


def _said(name: str, arm: str, rows: Rows, form: str = "{:.3g}") -> str:
    return rows.spread(partial(_value, name, arm)).text(form)


def _loss_said(name: str, arm: str, rows: Rows) -> str:
    """Tell a loss; ``LOST`` is what stands for one that is no number, and so is not told as a number."""
    found = rows.spread(partial(_value, name, arm))
    if found.high < LOST:
        return found.text()
    return "lost (training diverged)" if found.low >= LOST else f"from {found.low:.3g} to lost (it diverged)"


def decide_scale(rows: Rows) -> str:
    """Say what the same weights lose where inference is not scaled."""
    loss, again = (_value(name, UNSCALED, rows) for name in ("test_loss", "rescaled_loss"))
    if min(loss, again) >= UNLEARNED:
        return "untrained"
    right, right_again = (_value(name, UNSCALED, rows) for name in ("test_accuracy", "rescaled_accuracy"))
    if right_again - right >= POINTS:
        return "classes"
    return "confidence" if loss >= (1 + MORE) * again else "nothing"


def _scale_evidence(rows: Rows) -> str:
    sizes = [_said(f"size{number}", UNSCALED, rows) for number in (1, 2)]
    losses = [_loss_said(name, UNSCALED, rows) for name in ("test_loss", "rescaled_loss")]
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
    if all(_value("test_loss", arm, rows) >= UNLEARNED for arm in (BN, BEFORE, AFTER)):
        return "untrained"
    ratio = with_both(rows)
    return "adds" if ratio <= 1 - SOME else "harms" if ratio >= 1 + SOME else "alike"


def _needed_evidence(rows: Rows) -> str:
    right = [_said("test_accuracy", arm, rows, "{:.1%}") for arm in (PLAIN, BN, SCALED, AFTER)]
    losses = [_loss_said("test_loss", arm, rows) for arm in (BN, BEFORE, AFTER)]
    loss, points = rows.spread(with_both).text(), rows.spread(points_with_both).text("{:+.1f}")
    return (
        f"The test loss is {losses[0]} with BN alone, {losses[1]} with dropout before the last BN, and "
        f"{losses[2]} with dropout after it: the mean of these two is {loss} of the first, and the test "
        f"accuracy changes by {points} points. It is {right[0]} without either, {right[1]} with BN, "
        f"{right[2]} with dropout, and {right[3]} with BN and dropout after the last BN."
    )


def _is_untrained(rows: Rows) -> bool:
    """Say whether there is no trained pair to compare: dropout before the last BN, and BN alone."""
    return any(_value("test_loss", arm, rows) >= UNLEARNED for arm in (BEFORE, BN))


def variance_shift(rows: Rows) -> float:
    """Return the variance at inference to the running one, with dropout before BN; relative to BN alone."""
    return _value("variance", BEFORE, rows) / _value("variance", BN, rows)


def decide_shift(rows: Rows) -> str:
    """Say how the variance that a BN after dropout sees at inference compares with its running variance."""
    if _is_untrained(rows):
        return "untrained"
    ratio = variance_shift(rows)
    return "smaller" if ratio <= 1 - SAME else "larger" if ratio >= 1 + SAME else "same"


def _shift_evidence(rows: Rows) -> str:
    ratios = [_said("variance", arm, rows) for arm in (BEFORE, AFTER, BN)]
    return (
        "The variance at inference, relative to the running variance, is "
        f"{ratios[0]} with dropout before BN, {ratios[1]} with dropout after the last BN, and {ratios[2]} "
        f"without dropout: {rows.spread(variance_shift).text()} times as large with dropout before BN as "
        "without."
    )


def retaken_ratio(arm: str, rows: Rows) -> float:
    """Return the test loss with the variance that is seen at inference, to that with the running one."""
    return _value("retaken_loss", arm, rows) / _value("test_loss", arm, rows)


def mended(rows: Rows) -> float:
    """Return what the variance seen at inference does to the loss; relative to what it does to BN alone.

    Below 1 the running variance, which dropout has made another, costs something.
    """
    return retaken_ratio(BEFORE, rows) / retaken_ratio(BN, rows)


def decide_cost(rows: Rows) -> str:
    """Say what the test loss does where the variance seen at inference takes the running one's place."""
    if _is_untrained(rows):
        return "untrained"
    ratio = mended(rows)
    return "costs" if ratio <= 1 - COSTS else "helps" if ratio >= 1 + COSTS else "free"


def _cost_evidence(rows: Rows) -> str:
    ratios = [rows.spread(partial(retaken_ratio, arm)).text() for arm in (BEFORE, BN)]
    right = [_said(name, BEFORE, rows, "{:.1%}") for name in ("test_accuracy", "retaken_accuracy")]
    return (
        "With the variance that is seen at inference in place of the running one, and the same mean, the "
        f"test loss is {ratios[0]} times as large with dropout before the last BN, and {ratios[1]} times "
        f"without dropout: {rows.spread(mended).text()} of one to the other. With dropout before BN the "
        f"test accuracy goes from {right[0]} to {right[1]}."
    )


UNTRAINED = Outcome("nothing is learned", "The networks have not learned enough to tell", Word.UNDECIDED)


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
            "untrained": UNTRAINED,
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
            "untrained": UNTRAINED,
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
            "untrained": UNTRAINED,
        },
        decide=decide_shift,
        evidence=_shift_evidence,
    ),
    Finding(
        name="shift-cost",
        claim="The variance shift makes dropout before BN harmful",
        outcomes={
            "costs": Outcome(
                "it raises the test loss", "The variance shift raises the test loss", Word.HOLDS
            ),
            "free": Outcome(
                "it costs nothing",
                f"The variance shift changes the test loss by less than {COSTS:.0%}",
                Word.FAILS,
            ),
            "helps": Outcome(
                "it lowers the test loss", "The variance shift lowers the test loss", Word.FAILS
            ),
            "untrained": UNTRAINED,
        },
        decide=decide_cost,
        evidence=_cost_evidence,
    ),
)

LAB = Lab(
    name="dropout",
    title="Dropout: its scale, and BN beside it",
    question="Half is dropped in training, nothing at inference, and 1/(1-p) is left out: what is lost?",
    about=(
        "Two hidden layers, plain gradient descent. First weights, batches, rate and steps are the same in "
        "all arms. All samples that are not trained on are the test. Dropout without BN stands after both "
        f"ReLUs. Verdicts are on p = {HALF / 100}. The variance shift is told relative to the same network "
        "without dropout, whose running variance lags behind, too."
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
