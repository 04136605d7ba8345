"""Lab ``weight-decay``: what an L2 penalty does to weights whose scale batch norm takes out again."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from bn_tutor.engine.replay import gradients
from bn_tutor.labs.growing_rate import (
    HALVES,
    RATE,
    Way,
    apart,
    descent,
    finite,
    hidden_weights,
    over,
    parts,
    size_of,
    tested,
    two_layers,
)
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Mode, Model, Network, fresh
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.stacks import WITH, WITHOUT
from bn_tutor.labs.training import LOST, ONE, Step, last, run_through

# Powers of two scale floats without rounding.
SCALES = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0)
# Up to weights of a small part of their size, in a few hundred steps. In a full run the largest of each is
# meant to be too large, so that the best lies within; where it does not, that is told.
DECAYS = (0.0, 0.05, 0.1, 0.2)
FASTER = (0.3, 1.0, 2.0, 4.0)
# The runs whose weights are looked at on the way, at these shares of all steps.
WATCHED_DECAY = 0.05
QUARTERS = (1, 2, 3, 4)
# Equal but for rounding: one pass, and a training run, in which rounding grows from step to step.
EXACT = 1e-9
SAME = 1e-6
# Scores that differ by a thousandth of the largest have not the same numbers behind them.
APART = 1e-3
# A third of a point of accuracy: near twice the deviation of a paired difference over 3 tests of 1,600.
MARGIN = 0.003
# Of the 1,438 that are not the test already, some are to be left over.
MOST_SAMPLES = 1_400
MOST_FOLLOWED = 200


# --- what is measured -------------------------------------------------------------------------------------


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """Each scale, decay and rate, and the sizes of weights on the way, with and without BN."""
    tried = [("decay", DECAYS), ("rate", (RATE, *FASTER)), ("scale", SCALES)]
    rows: list[Row] = []
    for norm in (WITH, WITHOUT):
        rows += [{"net": norm, name: value} for name, values in tried for value in values]
    for norm in (WITH, WITHOUT):
        for said, decay in (("no decay", 0.0), (f"decay {WATCHED_DECAY:g}", WATCHED_DECAY)):
            same: Row = {"run": f"{norm}, {said}", "net": norm, "watched": decay}
            rows += [{**same, "step": sizes["steps"] * quarter // QUARTERS[-1]} for quarter in QUARTERS]
    return rows


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Do what the cell is about."""
    net = two_layers(str(cell["net"]), setting.sizes["width"])
    if "scale" in cell:
        return scaled(net, setting, float(cell["scale"]))
    if "rate" in cell:
        return tested(net, setting, Way(float(cell["rate"])))
    if "step" in cell:
        return watched(net, setting, Way(decay=float(cell["watched"])), int(cell["step"]))
    way = Way(decay=float(cell["decay"]))
    return {**tested(net, setting, way), **followed(net, setting, way)}


def scaled(net: Network, setting: Setting, scale: float) -> dict[str, float]:
    """Scale the hidden weights at the start: the output's change, c times the gradient, and the pull.

    The pull of a loss is the cosine of the angle between the weights and its gradient: above 0, descent makes
    the weights smaller. That of L2 is 1. Biases are 0 at the start, and stay so.
    """
    samples, _, seed = parts(setting, 0)
    names, count = hidden_weights(net), setting.sizes["batch"]
    model, batch = fresh(net, seed, count), samples.at(np.arange(count))
    larger = {n: scale * value if n in names else value for n, value in model.parameters.items()}
    models = (model, Model(larger, model.carried))
    before, after = (run_through(net, each, batch, Mode.TRAIN) for each in models)
    was, now = gradients(before, ONE), gradients(after, ONE)
    length, steep = size_of(larger, names), size_of(now, names)
    entries = sum(larger[name].size for name in names)
    return {
        "output": apart(after[net.scores], before[net.scores]),
        "gradient": over(scale * steep, size_of(was, names)),
        "pull": over(float(sum((larger[name] * now[name]).sum() for name in names)), length * steep),
        "pull of L1": over(float(sum(abs(larger[name]).sum() for name in names)), length * entries**0.5),
    }


def watched(net: Network, setting: Setting, way: Way, steps: int) -> dict[str, float]:
    """Train for some steps: how large the hidden weights are then, and the rate divided by its square."""
    size = size_of(last(descent(net, setting, way, max(steps, 1))).after.parameters, hidden_weights(net))
    return {"size": size, "effective rate": finite(way.rate / max(size, 1 / LOST) ** 2)}


def followed(net: Network, setting: Setting, way: Way) -> dict[str, float]:
    """Compare training with L2, step for step, with none and a growing rate, and with none at all."""
    ways = (way, way.without_decay, Way(way.rate))
    runs = (descent(net, setting, each, setting.sizes["followed"]) for each in ways)
    gaps = [
        [apart(each.recording[net.scores], l2.recording[net.scores]) for each in others]
        for l2, *others in zip(*runs, strict=False)
    ]
    return {"gap": max(gap for gap, _ in gaps), "gap of none": max(gap for _, gap in gaps)}


# --- what one seed's rows show ----------------------------------------------------------------------------


def tried(norm: str, across: str, rows: Rows) -> tuple[Row, list[Row]]:
    """Return the smallest decay, or rate, and the others."""
    first, *others = (row for row in rows.where(net=norm) if across in row)
    return first, others


def chosen(half: str, others: Sequence[Row]) -> Row:
    """Return the one that is the best on one half."""
    return max(others, key=partial(_on, half))


def _on(half: str, row: Row) -> float:
    return float(row[half])


def gain(norm: str, across: str, rows: Rows) -> float:
    """Return by how much the best of the others is more accurate than the smallest decay, or rate.

    It is the best on one half and told on the other, and the mean of both ways counts: the best on the same
    samples would be the luckiest, too.
    """
    first, others = tried(norm, across, rows)
    gains = [_on(told, chosen(half, others)) - _on(told, first) for half, told in (HALVES, HALVES[::-1])]
    return sum(gains) / len(gains)


def is_at_edge(across: str, rows: Rows) -> bool:
    """Return whether a half chooses the largest decay, or rate, with BN."""
    _, others = tried(WITH, across, rows)
    return any(chosen(half, others) is others[-1] for half in HALVES)


gain_of_l2, gain_of_rate = (partial(gain, WITH, across) for across in ("decay", "rate"))
gain_of_l2_without, gain_of_rate_without = (partial(gain, WITHOUT, across) for across in ("decay", "rate"))


def decide_unnecessary(rows: Rows) -> str:
    """Say whether L2 helps with BN, and if so, whether a larger rate helps as much."""
    if gain_of_l2(rows) < MARGIN:
        return "idle"
    return "rate" if gain_of_rate(rows) > gain_of_l2(rows) - MARGIN else "needed"


def unlike(norm: str, name: str, same: float, rows: Rows) -> float:
    """Return how far a measure gets from ``same`` where the weights are scaled."""
    found = (float(row[name]) for row in rows.where(net=norm) if "scale" in row)
    return max(abs(value - same) for value in found)


output_with, output_without = (partial(unlike, norm, "output", 0.0) for norm in (WITH, WITHOUT))
gradient_with = partial(unlike, WITH, "gradient", 1.0)


def decide_scale(rows: Rows) -> str:
    """Say what scaling the weights before BN does."""
    if output_with(rows) > EXACT:
        return "moves"
    return "inverse" if gradient_with(rows) <= EXACT else "other"


def gaps_of(norm: str, name: str, rows: Rows) -> list[float]:
    """Return the gaps of all runs that have a decay."""
    return [float(row[name]) for row in rows.where(net=norm) if float(row.get("decay", 0.0)) > 0]


def largest_gap(norm: str, rows: Rows) -> float:
    """Return how far L2 and its growing rate get apart at most."""
    return max(gaps_of(norm, "gap", rows))


def smallest_effect(rows: Rows) -> float:
    """Return how much any decay changes with BN, at least."""
    return min(gaps_of(WITH, "gap of none", rows))


def decide_schedule(rows: Rows) -> str:
    """Say whether L2 before BN is a growing rate."""
    if largest_gap(WITH, rows) > SAME:
        return "more"
    return "schedule" if smallest_effect(rows) >= APART else "nothing"


def pulls(norm: str, name: str, rows: Rows) -> list[float]:
    """Return the pulls on the size of the weights, at each scale."""
    return [float(row[name]) for row in rows.where(net=norm) if "scale" in row]


def largest_pull(norm: str, rows: Rows) -> float:
    """Return the largest pull of the loss on the size of the weights, towards 0 or away from it."""
    return max(abs(value) for value in pulls(norm, "pull", rows))


def pull_of_l1(rows: Rows) -> float:
    """Return the smallest pull of an L1 penalty on the same weights."""
    return min(pulls(WITH, "pull of L1", rows))


def decide_category(rows: Rows) -> str:
    """Say whether BN makes the loss pull on the size of the weights, as a penalty does."""
    if largest_pull(WITH, rows) <= EXACT:
        return "none"
    return "penalty" if min(pulls(WITH, "pull", rows)) >= pull_of_l1(rows) else "some"


# --- in words ---------------------------------------------------------------------------------------------


def _unnecessary(rows: Rows) -> str:
    gains = (gain_of_l2, gain_of_rate, gain_of_l2_without, gain_of_rate_without)
    l2, rate, l2_without, rate_without = (rows.spread(each).text("{:+.1%}") for each in gains)
    return (
        f"Test accuracy, against rate {RATE:g} without decay: with BN {l2} by the best decay and {rate} by "
        f"the best larger rate of those tried; without BN {l2_without} and {rate_without}.{_edges(rows)}"
    )


def _edges(rows: Rows) -> str:
    """Tell where the largest that was tried is the best, so that a larger one could be better still."""
    seeds = rows.by_seed().values()
    counts = {across: sum(is_at_edge(across, own) for own in seeds) for across in ("decay", "rate")}
    told = [f"the largest {across} in {count} of {len(seeds)}" for across, count in counts.items() if count]
    return f" With BN the best is {' and '.join(told)}: a larger one might do better." if told else ""


def _scale(rows: Rows) -> str:
    measures = (output_with, gradient_with, output_without)
    still, times, moved = (rows.spread(each).text("{:.2g}") for each in measures)
    return (
        f"Weights times {min(SCALES):g} to {max(SCALES):g}: with BN the output moves by {still} of its size, "
        f"and gradient times scale by {times}; without BN the output moves by {moved}."
    )


def _schedule(rows: Rows) -> str:
    measures = (partial(largest_gap, WITH), smallest_effect, partial(largest_gap, WITHOUT))
    same, effect, bare = (rows.spread(each).text("{:.1g}") for each in measures)
    return (
        f"Relative to the largest score, L2 and the growing rate differ by {same} with BN, and by {bare} "
        f"without. Leaving L2 out, at the old rate, changes the scores by {effect} or more."
    )


def _category(rows: Rows) -> str:
    bn, bare = (rows.spread(partial(largest_pull, norm)).text("{:.1g}") for norm in (WITH, WITHOUT))
    return (
        f"The pull of the loss on the size of the weights (the cosine of weights and gradient) is {bn} with "
        f"BN and {bare} without; that of L2 is 1, that of L1 {rows.spread(pull_of_l1).text('{:.2f}')}."
    )


_UNNECESSARY = {
    "idle": Outcome("L2 brings nothing, or hurts", "With BN, L2 brings nothing", Word.HOLDS),
    "rate": Outcome(
        "L2 helps, and a larger rate without it as much",
        "With BN, L2 helps at this rate, and a larger rate without L2 helps as much",
        Word.PARTLY,
    ),
    "needed": Outcome(
        "L2 helps, and no larger rate makes up for it",
        "With BN, L2 helps, and no larger rate that was tried makes up for it",
        Word.FAILS,
    ),
}
_SCALE = {
    "inverse": Outcome("just so", "The output stays, and the gradient is divided by c", Word.HOLDS),
    "other": Outcome("the output alone", "The output stays, but the gradient is not 1/c", Word.PARTLY),
    "moves": Outcome("the output moves", "The output moves", Word.FAILS),
}
_SCHEDULE = {
    "schedule": Outcome(
        "a growing rate gives the same scores",
        "At (1 - rate * decay) ** -(2t + 1) times the rate, no L2 gives the same scores, step for step",
        Word.HOLDS,
    ),
    "more": Outcome(
        "a growing rate gives other scores",
        "At (1 - rate * decay) ** -(2t + 1) times the rate, no L2 gives other scores",
        Word.FAILS,
    ),
    "nothing": Outcome(
        "this run cannot tell",
        "It cannot be told: L2 hardly changes the net in so few steps, and there is nothing to match",
        Word.UNDECIDED,
    ),
}
_CATEGORY = {
    "none": Outcome(
        "no pull",
        "With BN the loss does not pull on the size of the weights before it: no norm is penalized",
        Word.FAILS,
    ),
    "some": Outcome("some pull", "With BN the loss pulls on it, but not as a penalty does", Word.PARTLY),
    "penalty": Outcome("a penalty's pull", "With BN the loss pulls weights to 0 as a penalty", Word.HOLDS),
}
FINDINGS = (
    Finding("l2-unnecessary", "BN makes L2 unnecessary", _UNNECESSARY, decide_unnecessary, _unnecessary),
    Finding(
        "scale-free",
        "c times the weights before BN give the same output, and 1/c times the gradient",
        _SCALE,
        decide_scale,
        _scale,
    ),
    Finding(
        "l2-is-a-schedule",
        "Before BN, L2 is a learning rate that grows",
        _SCHEDULE,
        decide_schedule,
        _schedule,
    ),
    Finding(
        "bn-is-no-penalty",
        "BN regularizes as L1 and L2 do, on the data",
        _CATEGORY,
        decide_category,
        _category,
    ),
)

# --- the lab ----------------------------------------------------------------------------------------------


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    if sizes["batch"] < 3:
        return "A batch needs 3 samples or more: of 2, BN makes +1 and -1 here, and no gradient flows back."
    if sizes["samples"] < sizes["batch"]:
        return f"There are {sizes['samples']} samples to train on, fewer than the batch of {sizes['batch']}."
    if sizes["samples"] > MOST_SAMPLES:
        return f"At most {MOST_SAMPLES:,} samples can be trained on; the others are the test."
    if sizes["followed"] > MOST_FOLLOWED:
        return f"At most {MOST_FOLLOWED} steps can be followed: rounding grows from step to step."
    return "" if sizes["steps"] >= len(QUARTERS) else f"Take {len(QUARTERS)} steps or more."


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return the third of the steps with BN and a decay."""
    net = two_layers(WITH, setting.sizes["width"])
    return net, last(descent(net, setting, Way(decay=WATCHED_DECAY), 3))


LAB = Lab(
    name="weight-decay",
    title="What is left of L2 before BN?",
    question="L2 makes weights smaller. With BN behind them, does it still make a network better?",
    about=(
        "Plain gradient descent on two hidden layers; a few samples to train on, all others to test with, "
        "and the mean of some repeats. First weights, batches and the number of steps are the same in all "
        "runs of a seed. L2 is on the hidden layers' weights alone, those before BN. eps is 0, so that their "
        "scale drops out exactly. The growing rate is compared by the scores in training, with the "
        f"statistics of the batch. To help is to be better by {MARGIN:.1%} or more. The best decay and rate "
        "are chosen on one half of the test and told by the other, both ways, and the mean counts."
    ),
    papers=(
        "van Laarhoven 2017, L2 regularization versus batch and weight normalization",
        "Zhang, Wang, Xu & Grosse 2019, Three mechanisms of weight decay regularization",
        "Li & Arora 2020, An exponential learning rate schedule for deep learning",
    ),
    sizes={"width": 64, "batch": 32, "samples": 150, "steps": 300, "followed": 100, "repeats": 3},
    quick={"width": 32, "steps": 80, "followed": 25, "repeats": 2},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Test accuracy by decay", "accuracy", "decay", "net", "{:.1%}"),
        Panel("Test accuracy by rate, no decay", "accuracy", "rate", "net", "{:.1%}", log_across=True),
        Panel("Relative change of the output, by scale", "output", "scale", "net", log_across=True),
        Panel("Gradient times scale, by scale", "gradient", "scale", "net", log_across=True),
        Panel("Pull on the size of the weights, by scale", "pull", "scale", "net", log_across=True),
        Panel("Size of the hidden weights", "size", "step", "run"),
        Panel("Rate / size²", "effective rate", "step", "run", log_value=True),
        Panel("L2 against a growing rate, by decay", "gap", "decay", "net", "{:.1g}"),
        Panel("L2 against none, by decay", "gap of none", "decay", "net", "{:.1g}"),
    ),
    findings=FINDINGS,
    walked=walked,
    check=check,
)
