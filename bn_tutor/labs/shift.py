"""Lab ``shift``: does batch norm help because it keeps the inputs of the layers from moving?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from random import Random
from statistics import median

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.labs.blocks import Block, batchnorm, moving_noise
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Mode, Model, Network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import CLASSES, Samples
from bn_tutor.labs.stacks import WITH, WITHOUT, stacked, without_variance
from bn_tutor.labs.training import Step, accuracy, last, run_through, training

PLAIN, NORMED = WITHOUT, WITH
# How far each feature is moved after BN, in its deviations, and by how much it is stretched.
AMOUNTS = (0.3, 0.6, 1.0)
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
WALKED_RATE = 0.2


def noisy(amount: float) -> str:
    """Return the name of the arm with this amount of noise."""
    return f"with BN moved by {amount:g}"


ARMS = (PLAIN, NORMED, *map(noisy, AMOUNTS))


# --- what is run ------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def stack(arm: str, width: int, layers: int) -> Network:
    """Return a network of some hidden layers, each linear, what the arm has next, and ReLU."""
    return stacked(f"{layers} hidden layers {arm}", width, layers, *_after(arm, width))


def _after(arm: str, width: int) -> tuple[Block, ...]:
    """Return what follows a linear layer."""
    moved = {noisy(amount): moving_noise(width, amount, amount) for amount in AMOUNTS}
    if arm == PLAIN:
        return ()
    return (batchnorm(width), moved[arm]) if arm in moved else (batchnorm(width),)


def layer_inputs(arm: str, layers: int) -> list[str]:
    """Return the nodes that go into the ReLUs: what BN, the noise, or the linear layer puts out."""
    name = {PLAIN: "h", NORMED: "bn"}.get(arm, "noisy")
    return [f"{name}{number}" for number in range(1, layers + 1)]


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
    """Train at the cell's rate. ``training`` is the mean accuracy on all batches, each before its step."""
    sizes, data, arm = setting.sizes, setting.data(), str(cell["arm"])
    net = stack(arm, sizes["width"], sizes["layers"])
    probe = data.train.at(np.arange(min(PROBED, len(data.train))))
    random = source_of(setting.seed, "probe")
    # After a loss is lost, nothing more is learned: chance.
    right = [1 / CLASSES] * sizes["steps"]
    moves: list[float] = []
    for step in _steps(net, float(cell["rate"]), sizes["steps"], setting):
        right[step.number - 1] = _right(step.recording, net)
        if step.number % EVERY == 0 and not step.is_lost:
            moves.append(_moved(net, layer_inputs(arm, sizes["layers"]), step, probe, random))
    return {
        "training": float(np.mean(right)),
        "test": accuracy(net, step.after, data.test),
        "shift": _middle(moves),
        "steps": step.number,
    }


def _steps(net: Network, rate: float, steps: int, setting: Setting) -> Iterator[Step]:
    samples, count = setting.data().train, setting.sizes["batch"]
    return training(net, samples, optimizer("sgd", rate), count=count, steps=steps, seed=setting.seed)


def _right(recording: Recording, net: Network) -> float:
    """Return the share of the batch whose class has the largest score; 0 where scores are nan."""
    scores = recording[net.scores]
    if not np.all(np.isfinite(scores)):
        return 0.0
    return float(np.mean(scores.argmax(axis=1) == recording["labels"].argmax(axis=1)))


def _moved(net: Network, nodes: Sequence[str], step: Step, probe: Samples, random: Random) -> float:
    """Return how far one step moves the layers' inputs on the same samples, the mean over the layers."""
    with np.errstate(all="ignore"):
        before, after = (_run(net, model, probe, random) for model in (step.before, step.after))
        return float(np.mean([shift(before[node], after[node]) for node in nodes]))


def _run(net: Network, model: Model, probe: Samples, random: Random) -> Recording:
    return run_through(net, model, probe, Mode.TRAIN, random)


def shift(before: Array, after: Array) -> float:
    """Return how far the features' means and deviations have moved, in deviations before.

    For each feature that is the distance of two normal distributions with these means and deviations
    (Wasserstein's, of order 2); of the features the root of the mean square is taken.
    """
    means = after.mean(axis=0) - before.mean(axis=0)
    deviations = after.std(axis=0) - before.std(axis=0)
    return float(np.sqrt(np.mean(means**2 + deviations**2) / np.mean(before.var(axis=0))))


def _middle(values: Sequence[float]) -> float:
    """Return the median of what is finite: a single leap of a plain network would carry a mean away."""
    finite = [value for value in values if np.isfinite(value)]
    return median(finite) if finite else 0.0


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


def moved(rows: Rows, arm: str) -> float:
    """Return the shift of an arm at its best rate."""
    return float(best(rows, arm)["shift"])


def enough(rows: Rows) -> str:
    """Return the arm with the least noise whose inputs move as much as without BN; "" where none does."""
    arms = [noisy(amount) for amount in AMOUNTS]
    return next((arm for arm in arms if moved(rows, arm) >= moved(rows, PLAIN)), "")


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


def less(rows: Rows) -> float:
    """Return BN's shift as a share of the plain network's; 1 where that has none."""
    plain = moved(rows, PLAIN)
    return moved(rows, NORMED) / plain if plain else 1.0


def decide_less(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the shift itself."""
    return "less" if less(rows) <= MUCH_LESS else "more" if less(rows) >= 1 / MUCH_LESS else "alike"


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
    shifts = _each(rows, _shift_of, "{:.2g}", ARMS[:3])
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
    shifts = _each(rows, _shift_of, "{:.2g}", ARMS[:2])
    return f"In one step a layer's inputs move by these shares of their deviation: {shifts}."


def _kept_of(arm: str, rows: Rows) -> float:
    return kept(rows, arm)


def _shift_of(arm: str, rows: Rows) -> float:
    return moved(rows, arm)


def _each(rows: Rows, value: Callable[[str, Rows], float], form: str, arms: Sequence[str]) -> str:
    return ", ".join(f"{rows.spread(partial(value, arm)).text(form)} {arm}" for arm in arms)


_UNTOLD = Outcome(
    "this run cannot tell", "BN helps too little here, or no noise moves enough", Word.UNDECIDED
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
            "When the layers' inputs move as much as without BN, a part of its benefit stays",
            Word.PARTLY,
        ),
        "vanishes": Outcome(
            "the benefit of BN is gone",
            "When the layers' inputs move as much as without BN, its benefit is gone",
            Word.HOLDS,
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
    claim="BN reduces internal covariate shift",
    outcomes={
        "less": Outcome("the inputs move much less", "With BN the layers' inputs move much less", Word.HOLDS),
        "alike": Outcome("the inputs move about as much", "They move about as much with BN", Word.FAILS),
        "more": Outcome("the inputs move much more", "With BN they move much more", Word.FAILS),
    },
    decide=decide_less,
    evidence=_evidence_less,
)

LAB = Lab(
    name="shift",
    title="Is less covariate shift the reason?",
    question=(
        "After BN each feature is moved and stretched at random, otherwise in every step, so that the inputs "
        "of the layers move even more than without BN. What becomes of the benefit of BN?"
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
        "large as without BN. At inference there is no noise."
    ),
    papers=(
        "Santurkar, Tsipras, Ilyas & Madry 2018, How does batch normalization help optimization?, section 2",
        "Ioffe & Szegedy 2015, section 2 (internal covariate shift)",
    ),
    sizes={"width": 32, "layers": 10, "batch": 64, "steps": 150},
    quick={"layers": 8, "steps": 40},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Mean accuracy in training, by rate", "training", "rate", "arm", "{:.0%}", log_across=True),
        Panel("Shift of the layers' inputs, by rate", "shift", "rate", "arm", "{:.2g}", True, True),
        Panel("Test accuracy at the end, by rate", "test", "rate", "arm", "{:.0%}", log_across=True),
    ),
    findings=(_CAUSE, _DOSE, _LESS),
    walked=walked,
    check=check,
)
