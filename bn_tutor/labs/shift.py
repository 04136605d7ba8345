"""Lab ``shift``: does batch norm help because it keeps the inputs of the layers from moving?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import isfinite, nan

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.labs.covariate_shift import (
    AMOUNTS,
    ARMS,
    NORMED,
    PLAIN,
    Turn,
    inputs_moved,
    layer_inputs,
    median_of,
    middle,
    noisy,
    stack,
    turned,
    turning,
)
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import CLASSES
from bn_tutor.labs.stacks import without_variance
from bn_tutor.labs.training import Step, accuracy, last, share_right, training

# Four times apart: the best rate without BN lies at or between the first two, that with BN at the last two.
RATES = (0.05, 0.2, 0.8)
# The shift is measured on these many training samples, before and after every step of this number.
PROBED, EVERY = 256, 10
# Below this gain in accuracy there is no benefit whose whereabouts could be asked for.
LEAST_BENEFIT = 0.05
# "Most" of the benefit is half, "hardly any" a fifth; between them lies a part.
MOST, HARDLY_ANY = 0.5, 0.2
# "Much less" shift is half as much.
MUCH_LESS = 0.5
# Gradients that turn by less than two thirds count as steadier; between seeds the share varies by a fifth.
STEADIER = 2 / 3
WALKED_RATE = 0.2


# --- what is run ------------------------------------------------------------------------------------------


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """One run for each arm and rate."""
    return [{"arm": arm, "rate": rate} for arm in ARMS for rate in RATES]


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    if wrong := without_variance(sizes):
        return wrong
    if sizes["steps"] < EVERY:
        return f"The shift is measured every {EVERY} steps: let there be {EVERY} at least."
    return ""


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train at the cell's rate. ``training`` is the mean accuracy on all batches, each before its step.

    ``shift``, ``gradient shift`` and ``cosine`` are absent where nothing has moved: the net is lost or dead.
    """
    sizes, data, arm = setting.sizes, setting.data(), str(cell["arm"])
    net = stack(arm, sizes["width"], sizes["layers"])
    probe = data.train.at(np.arange(min(PROBED, len(data.train))))
    random = source_of(setting.seed, "probe")
    # After a loss is lost, nothing more is learned: chance.
    right = [1 / CLASSES] * sizes["steps"]
    moves: list[float] = []
    turns: list[Turn] = []
    for step in _steps(net, float(cell["rate"]), sizes["steps"], setting):
        right[step.number - 1] = share_right(step.recording[net.scores], step.recording["labels"])
        if step.number % EVERY == 0 and not step.is_lost:
            moves.append(inputs_moved(net, layer_inputs(arm, sizes["layers"]), step, probe, random))
            turns += [turned(net, step, layer) for layer in turning(arm, sizes["layers"])]
    found = {
        "shift": middle(moves),
        "gradient shift": middle([each.change for each in turns]),
        "cosine": median_of([each.cosine for each in turns]),
    }
    return {
        "training": float(np.mean(right)),
        "test": accuracy(net, step.after, data.test),
        "steps": step.number,
        **{name: value for name, value in found.items() if isfinite(value)},
    }


def _steps(net: Network, rate: float, steps: int, setting: Setting) -> Iterator[Step]:
    samples, count = setting.data().train, setting.sizes["batch"]
    return training(net, samples, optimizer("sgd", rate), count=count, steps=steps, seed=setting.seed)


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return a step of the arm that is moved the least."""
    net = stack(noisy(AMOUNTS[0]), setting.sizes["width"], setting.sizes["layers"])
    return net, last(_steps(net, WALKED_RATE, 3, setting))


# --- what the rows show -----------------------------------------------------------------------------------


def best(rows: Rows, arm: str) -> Row:
    """Return the row of an arm's best rate, in one seed's rows."""
    return max(rows.where(arm=arm), key=_training)


def _training(row: Row) -> float:
    return float(row["training"])


def benefit(rows: Rows) -> float:
    """Return what BN gains over the plain network, each at its best rate, in one seed's rows."""
    return _training(best(rows, NORMED)) - _training(best(rows, PLAIN))


def kept(rows: Rows, arm: str) -> float:
    """Return the share of BN's benefit that an arm has; there must be one."""
    return (_training(best(rows, arm)) - _training(best(rows, PLAIN))) / benefit(rows)


def at_best(name: str, arm: str, rows: Rows) -> float:
    """Return what an arm measures at its best rate; nan where nothing has moved."""
    return float(best(rows, arm).get(name, nan))


moved = partial(at_best, "shift")


def enough(rows: Rows) -> str:
    """Return the arm with the least noise whose inputs move as much as without BN; "" where none does.

    Where it is not known how much they move without BN, none does.
    """
    arms = [noisy(amount) for amount in AMOUNTS]
    return next((arm for arm in arms if moved(arm, rows) >= moved(PLAIN, rows)), "")


def decide_cause(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the claim that less shift is why BN works."""
    arm = enough(rows)
    if benefit(rows) < LEAST_BENEFIT or not arm:
        return "untold"
    share = kept(rows, arm)
    return "stays" if share >= MOST else "vanishes" if share <= HARDLY_ANY else "part"


def decide_dose(rows: Rows) -> str:
    """Say which outcome one seed's rows show for ever more noise."""
    if benefit(rows) < LEAST_BENEFIT:
        return "untold"
    shares = [kept(rows, noisy(amount)) for amount in AMOUNTS]
    if shares[-1] >= MOST:
        return "steady"
    return "falls" if shares == sorted(shares, reverse=True) else "mixed"


def less(name: str, rows: Rows) -> float:
    """Return what BN measures as a share of the plain network's, each at its best rate, or nan."""
    plain = at_best(name, PLAIN, rows)
    return at_best(name, NORMED, rows) / plain if plain else nan


def decide_less(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the shift itself."""
    share = less("shift", rows)
    if not isfinite(share):
        return "untold"
    return "less" if share <= MUCH_LESS else "more" if share >= 1 / MUCH_LESS else "alike"


def decide_gradients(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the shift as the layers' gradients have it."""
    share = less("gradient shift", rows)
    return "untold" if not isfinite(share) else "less" if share <= STEADIER else "not"


def at_same_rate(name: str, arm: str, rows: Rows) -> float:
    """Return what an arm measures at the best rate of the plain network, or nan."""
    (row,) = rows.where(arm=arm, rate=best(rows, PLAIN)["rate"])
    return float(row.get(name, nan))


# --- what is said -----------------------------------------------------------------------------------------


def _best_training(arm: str, rows: Rows) -> float:
    return _training(best(rows, arm))


def _best_test(arm: str, rows: Rows) -> float:
    return float(best(rows, arm)["test"])


def _with_benefit(rows: Rows) -> Rows:
    """Return the rows of the seeds where BN has a benefit that can be shared out."""
    return _of_seeds(rows, lambda own: benefit(own) >= LEAST_BENEFIT)


def _of_seeds(rows: Rows, wanted: Callable[[Rows], bool]) -> Rows:
    return Rows(tuple(row for own in rows.by_seed().values() if wanted(own) for row in own))


def _kept_where_enough(rows: Rows) -> float:
    return kept(rows, enough(rows))


def _evidence_cause(rows: Rows) -> str:
    gains = _each(rows, _best_training, "{:.0%}", ARMS[:3])
    tests = _each(rows, _best_test, "{:.0%}", ARMS[:3])
    shifts = _each(rows, moved, "{:.2g}", ARMS[:3])
    told = f"Mean accuracy in training: {gains}. Test accuracy: {tests}. Shift: {shifts}."
    counted = _of_seeds(_with_benefit(rows), lambda own: bool(enough(own)))
    if not counted:
        return told
    share = counted.spread(_kept_where_enough).text("{:.0%}")
    return f"{told} With at least the shift of the plain network, {share} of the benefit is left."


def _evidence_dose(rows: Rows) -> str:
    counted = _with_benefit(rows)
    if not counted:
        return f"BN gains {rows.spread(benefit).text('{:.1%}')} in accuracy."
    shares = _each(counted, _kept_of, "{:.0%}", ARMS[2:])
    return f"Of BN's benefit is left {shares}. Below 0 it trains worse than without BN."


def _evidence_less(rows: Rows) -> str:
    shifts = _each(rows, moved, "{:.2g}", ARMS[:2])
    return f"In one step a layer's inputs move by these shares of their deviation: {shifts}."


def _evidence_gradients(rows: Rows) -> str:
    changes = _each(rows, partial(at_best, "gradient shift"), "{:.2f}", ARMS[:2])
    cosines = _each(rows, partial(at_best, "cosine"), "{:.2f}", ARMS[:2])
    same = _each(rows, partial(at_same_rate, "gradient shift"), "{:.2f}", ARMS[:2])
    return (
        f"The step of the layers before changes a layer's gradient by these shares of its size: {changes}. "
        f"Cosine of before and after: {cosines}. The shares at the rate that is best without BN: {same}."
    )


def _kept_of(arm: str, rows: Rows) -> float:
    return kept(rows, arm)


def _each(rows: Rows, value: Callable[[str, Rows], float], form: str, arms: Sequence[str]) -> str:
    return ", ".join(f"{_spread(rows, partial(value, arm), form)} {arm}" for arm in arms)


def _spread(rows: Rows, value: Callable[[Rows], float], form: str) -> str:
    """Tell a value over those seeds in which there is one."""
    told = _of_seeds(rows, lambda own: isfinite(value(own)))
    return told.spread(value).text(form) if told else "not measured"


_UNTOLD = Outcome(
    "this run cannot tell",
    "It cannot be told: BN helps too little here, or no noise is known to move enough",
    Word.UNDECIDED,
)
_NOT_MEASURED = Outcome(
    "this run cannot tell", "It cannot be told: one of the networks is lost or dead", Word.UNDECIDED
)
_CAUSE = Finding(
    name="cause",
    claim="BN works because it reduces internal covariate shift",
    outcomes={
        "stays": Outcome(
            "most of the benefit of BN stays",
            "Although the layers' inputs move more than without BN, most of its benefit stays",
            Word.FAILS,
        ),
        "part": Outcome(
            "a part of the benefit stays",
            "When the layers' inputs move as much as without BN, a part of its benefit stays; "
            "what is lost, the noise may have cost by itself",
            Word.PARTLY,
        ),
        "vanishes": Outcome(
            "the benefit of BN is gone",
            "When the layers' inputs move as much as without BN, its benefit is gone; "
            "but the noise may do harm of its own",
            Word.UNDECIDED,
        ),
        "untold": _UNTOLD,
    },
    decide=decide_cause,
    evidence=_evidence_cause,
)
_DOSE = Finding(
    name="dose",
    claim="However much the layers' inputs move, BN keeps most of its benefit",
    outcomes={
        "steady": Outcome(
            "even the most noise leaves most of it", "Even the most noise leaves most of it", Word.HOLDS
        ),
        "falls": Outcome(
            "the more noise, the less is left", "The more noise, the less of it is left", Word.FAILS
        ),
        "mixed": Outcome(
            "much is lost, but not step by step", "Much is lost, but not step by step", Word.FAILS
        ),
        "untold": _UNTOLD,
    },
    decide=decide_dose,
    evidence=_evidence_dose,
)
_LESS = Finding(
    name="less-shift",
    claim="Means and deviations of what leaves BN move less from step to step, by construction",
    outcomes={
        "less": Outcome(
            "they move much less",
            "With BN they move much less, and must: in training they are beta and the size of gamma",
            Word.HOLDS,
        ),
        "alike": Outcome("they move about as much", "They move about as much with BN", Word.FAILS),
        "more": Outcome("they move much more", "With BN they move much more", Word.FAILS),
        "untold": _NOT_MEASURED,
    },
    decide=decide_less,
    evidence=_evidence_less,
)
_GRADIENTS = Finding(
    name="gradient-shift",
    claim="BN reduces internal covariate shift, as the change of a layer's gradient",
    outcomes={
        "less": Outcome(
            "gradients change less", "Each at its best rate, gradients change less with BN", Word.HOLDS
        ),
        "not": Outcome(
            "gradients change about as much, or more",
            "Each at its best rate, gradients change about as much with BN, or more",
            Word.FAILS,
        ),
        "untold": _NOT_MEASURED,
    },
    decide=decide_gradients,
    evidence=_evidence_gradients,
)

LAB = Lab(
    name="shift",
    title="Is less covariate shift the reason?",
    question=(
        "After BN each feature is moved and stretched at random, differently in every step, so that the "
        "inputs of the layers move even more than without BN. What becomes of the benefit of BN?"
    ),
    about=(
        "A deep network is trained without BN, with BN, and with BN followed by such noise. Moved by 0.3 "
        "means that each feature is shifted by a random amount of deviation 0.3 and stretched by a random "
        "factor of up to 1.3 or down to 1/1.3, all samples of a batch alike. First weights, "
        f"batches, rates ({', '.join(map(str, RATES))}) and the number of steps are the same for all, and "
        "each counts at its best rate. The measure is the mean accuracy on the training batches over the "
        f"whole run, so that fast training counts. Shift is measured every {EVERY} steps on {PROBED} "
        "training samples: how far one step moves the means and deviations of what goes into each ReLU, "
        "as a share of the deviations. Of the amounts of noise the least counts that makes the shift as "
        "large as without BN. At inference there is no noise. Santurkar et al. draw their noise for each "
        "sample; here it is the same for all samples of a batch. They measure shift by gradients (their "
        "Definition 2.1), as is done here, too, in two layers: how far a layer's gradient changes when the "
        "layers before it take their step."
    ),
    papers=(
        "Santurkar, Tsipras, Ilyas & Madry 2018, How does batch normalization help optimization?, section 2 "
        "(noise after BN: 2.1; shift by gradients: 2.2, Definition 2.1)",
        "Ioffe & Szegedy 2015, section 2 (internal covariate shift)",
    ),
    sizes={"width": 32, "layers": 10, "batch": 64, "steps": 150},
    quick={"layers": 8, "steps": 40},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Mean accuracy in training, by rate", "training", "rate", "arm", "{:.0%}", log_across=True),
        Panel("Shift of the layers' inputs, by rate", "shift", "rate", "arm", "{:.2g}", True, True),
        Panel(
            "Change of the layers' gradients, by rate",
            "gradient shift",
            "rate",
            "arm",
            "{:.2f}",
            log_across=True,
        ),
        Panel("Test accuracy at the end, by rate", "test", "rate", "arm", "{:.0%}", log_across=True),
    ),
    findings=(_CAUSE, _DOSE, _LESS, _GRADIENTS),
    walked=walked,
    check=check,
)
