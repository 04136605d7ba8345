"""Lab ``two-domains``: one network for two kinds of images, and whose statistics its batch norm goes by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.blocks import batchnorm
from bn_tutor.labs.domains import DOMAINS, INVERTED, PLAIN, Both, domains
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Mode, Model, Network, fresh
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import TRAIN_COUNT, Samples, batches
from bn_tutor.labs.stacks import stacked
from bn_tutor.labs.training import ONE, Step, accuracy, carried_on, run_through, train_once

MIXED, BLENDED = "one BN, mixed batch", "one BN, separate passes"
OWN, WHOLE = "own statistics", "own BN"
WAYS = (MIXED, BLENDED, OWN, WHOLE)
RATE = 0.5
QUARTERS = (1, 2, 3, 4)
# Four fifths of the images are for training, at most; half of them for each domain.
MOST_SAMPLES = TRAIN_COUNT // 2
# A network has learned where it gets half of a test right; chance is 0.1.
LEARNED = 0.5
# About twice the deviation of the difference of two networks, in two tests of 2,000 images.
MARGIN = 0.01
# To fall is to lose this much, by the same weights on the same images: twice the deviation, where one in ten
# of 1,000 answers is another one.
FALL = 0.02

Values = Mapping[str, Array]


# --- training ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class State:
    """A network in training: for each domain what is trained, and the running averages by their name.

    What the domains share is alike in both.
    """

    parameters: Mapping[str, Values]
    averages: Mapping[str, Values]

    def model(self, averages: str, domain: str) -> Model:
        """Return the numbers of the network for a domain, with some of the averages."""
        return Model(self.parameters[domain], self.averages[averages])


@lru_cache(maxsize=8)
def stack(width: int) -> Network:
    """Return a network of two hidden layers, each linear, BN and ReLU."""
    return stacked("two hidden layers with BN", width, 2, batchnorm(width))


def begun(net: Network, setting: Setting) -> State:
    """Return the state before the first step: all alike."""
    model = fresh(net, setting.seed, setting.sizes["batch"])
    names = (MIXED, BLENDED, *DOMAINS)
    return State(dict.fromkeys(DOMAINS, model.parameters), dict.fromkeys(names, model.carried))


def halves(setting: Setting, train: Both) -> Iterator[Both]:
    """Yield, for ever, half a batch of each domain."""
    half = setting.sizes["batch"] // 2
    streams = [batches(train[name], half, source_of(setting.seed, f"batches {name}")) for name in DOMAINS]
    return (dict(zip(DOMAINS, each, strict=True)) for each in zip(*streams, strict=True))


def joined(half: Both) -> Samples:
    """Return one batch of both domains."""
    x, labels = ([getattr(half[name], part) for name in DOMAINS] for part in ("x", "labels"))
    return Samples(np.concatenate(x), np.concatenate(labels))


def mixed_step(net: Network, state: State, half: Both, number: int) -> Step:
    """Take a step on a batch of both domains: BN normalizes them together."""
    model, random = state.model(MIXED, PLAIN), source_of(0, "draws")
    return train_once(net, model, joined(half), optimizer("sgd", RATE), random, number, {})


def separate_step(net: Network, state: State, half: Both, *, whole: bool) -> State:
    """Run each domain by itself, add both gradients, and go one step; all averages are carried on.

    With a ``whole`` BN for each, each domain has its gamma and beta too. The averages that all share are
    blended: they follow the first domain's batch, and then the second's. No average plays a part in the step
    itself, so that training is the same with shared and with own ones.
    """
    models = {domain: state.model(domain, domain) for domain in DOMAINS}
    with np.errstate(all="ignore"):
        runs = {domain: run_through(net, models[domain], half[domain], Mode.TRAIN) for domain in DOMAINS}
        found = {domain: gradients(run, ONE) for domain, run in runs.items()}
        parameters = {
            domain: {
                name: value - RATE * _gradient(name, domain if whole else "", found)
                for name, value in state.parameters[domain].items()
            }
            for domain in DOMAINS
        }
        averages = {domain: carried_on(net, models[domain], runs[domain]) for domain in DOMAINS}
        blended = state.model(BLENDED, PLAIN)
        for run in runs.values():
            blended = replace(blended, carried=carried_on(net, blended, run))
    return State(parameters, {**averages, BLENDED: blended.carried})


def _gradient(name: str, own: str, found: Mapping[str, Values]) -> Array:
    """Return the gradient of the mean loss over all samples, as in a mixed batch: half of each domain's."""
    if own and name.startswith(("gamma", "beta")):
        return found[own][name] / len(DOMAINS)
    return (found[PLAIN][name] + found[INVERTED][name]) / len(DOMAINS)


def trained(net: Network, setting: Setting, train: Both, way: str, steps: int) -> State:
    """Train one way for so many steps."""
    state = begun(net, setting)
    for number, half in zip(range(1, steps + 1), halves(setting, train)):  # noqa: B905 - the second never ends
        if way == MIXED:
            after = mixed_step(net, state, half, number).after
            state = State(dict.fromkeys(DOMAINS, after.parameters), {MIXED: after.carried})
        else:
            state = separate_step(net, state, half, whole=way == WHOLE)
    return state


# --- what is measured -------------------------------------------------------------------------------------


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """Each way, trained for a quarter of the steps, for half of them, and so on."""
    return [
        {"BN": way, "step": max(1, sizes["steps"] * quarter // QUARTERS[-1])}
        for way in WAYS
        for quarter in QUARTERS
    ]


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train some times, and return the mean of each accuracy."""
    count, way, steps = setting.sizes["repeats"], str(cell["BN"]), int(cell["step"])
    seeds = [setting.seed * count + repeat for repeat in range(count)]
    found = [tested(way, steps, replace(setting, seed=seed)) for seed in seeds]
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def tested(way: str, steps: int, setting: Setting) -> dict[str, float]:
    """Train, and test each domain at inference, by the statistics of a batch, and by the wrong averages."""
    net, both = stack(setting.sizes["width"]), domains(setting)
    state, found = trained(net, setting, both.train, way, steps), dict[str, float]()
    for name, other in (DOMAINS, DOMAINS[::-1]):
        test, model = both.test[name], state.model(way if way in (MIXED, BLENDED) else name, name)
        found[name] = accuracy(net, model, test)
        found[f"{name}, batch"] = accuracy(net, model, test, Mode.TRAIN)
        if way in (OWN, WHOLE):
            found[f"{name}, wrong"] = accuracy(net, state.model(other, other), test)
    return {**found, "both": float(np.mean([found[name] for name in DOMAINS]))}


# --- what one seed's rows show ----------------------------------------------------------------------------


def ended(rows: Rows, way: str) -> Row:
    """Return the row of a way's last step, in one seed's rows."""
    return max(rows.where(BN=way).rows, key=_step_of)


def _step_of(row: Row) -> float:
    return float(row["step"])


def at_end(way: str, name: str, rows: Rows) -> float:
    """Return what a way measures at its last step."""
    return float(ended(rows, way)[name])


def decide_best(rows: Rows) -> str:
    """Say which way is the best at inference, over both domains, or whether several are level."""
    found = {way: at_end(way, "both", rows) for way in WAYS}
    if max(found.values()) < LEARNED:
        return "untold"
    best = {way for way in WAYS if found[way] > max(found.values()) - MARGIN}
    if len(best) == 1:
        return {MIXED: "mixed", BLENDED: "passes", OWN: "own", WHOLE: "whole"}[best.pop()]
    sides = {"own" if way in (OWN, WHOLE) else "one" for way in best}
    return "tie" if len(sides) > 1 else f"either-{sides.pop()}"


def decide_separate(rows: Rows) -> str:
    """Say what blended averages do to weights that are good with averages of each domain's own."""
    if not has_learned(OWN, rows):
        return "untold"
    own, blended = ([at_end(way, name, rows) for name in DOMAINS] for way in (OWN, BLENDED))
    return _fallen([high - low for high, low in zip(own, blended, strict=True)])


def has_learned(way: str, rows: Rows) -> bool:
    """Return whether a way has learned both domains, so that there is something to lose."""
    return all(at_end(way, name, rows) >= LEARNED for name in DOMAINS)


def losses(way: str, kind: str, rows: Rows) -> list[float]:
    """Return how much accuracy each domain loses, from inference to a test of another kind."""
    return [at_end(way, name, rows) - at_end(way, f"{name}, {kind}", rows) for name in DOMAINS]


def decide_wrong(rows: Rows) -> str:
    """Say what the other domain's averages do to a sample."""
    if not has_learned(OWN, rows):
        return "untold"
    return _fallen(losses(OWN, "wrong", rows))


def decide_alone(rows: Rows) -> str:
    """Say what the statistics of one domain's batch do to a network that was trained on mixed batches."""
    if not has_learned(MIXED, rows):
        return "untold"
    return _fallen(losses(MIXED, "batch", rows))


def _fallen(lost: Sequence[float]) -> str:
    fallen = sum(each >= FALL for each in lost)
    return "both" if fallen == len(lost) else "one" if fallen else "none"


# --- in words ---------------------------------------------------------------------------------------------


def _spread(way: str, name: str, rows: Rows) -> str:
    return rows.spread(partial(at_end, way, name)).text("{:.1%}")


def _best(rows: Rows) -> str:
    found = (f"{_spread(way, 'both', rows)} with {way}" for way in WAYS)
    return f"Test accuracy at inference, both domains: {', '.join(found)}."


def _separate(rows: Rows) -> str:
    said = "The same weights with own averages, and then with blended ones:"
    return _change(said, (OWN, ""), (BLENDED, ""), rows)


def _wrong(rows: Rows) -> str:
    return _change("By the other domain's averages", (OWN, ""), (OWN, ", wrong"), rows)


def _alone(rows: Rows) -> str:
    said = "From the running averages to the statistics of a batch of one domain"
    return _change(said, (MIXED, ""), (MIXED, ", batch"), rows)


def _change(said: str, before: tuple[str, str], after: tuple[str, str], rows: Rows) -> str:
    """Tell each domain's accuracy by one way and kind of test, and by another."""
    plain, inverted = (
        " to ".join(_spread(way, f"{name}{kind}", rows) for way, kind in (before, after)) for name in DOMAINS
    )
    return (
        f"{said} the accuracy goes from {plain} for {PLAIN} images, and from {inverted} for {INVERTED} ones."
    )


_UNTOLD = Outcome(
    "this run cannot tell", "It cannot be told: not even half of the test is right", Word.UNDECIDED
)
_BEST = {
    "mixed": Outcome("one BN, with mixed batches", "One BN with mixed batches is the best", Word.FAILS),
    "passes": Outcome(
        "one BN, a pass for each domain", "One BN with separate passes is the best", Word.FAILS
    ),
    "own": Outcome("own statistics for each domain", "Own statistics are the best", Word.HOLDS),
    "whole": Outcome(
        "own statistics, gamma and beta for each", "A whole BN for each is the best", Word.HOLDS
    ),
    "either-own": Outcome("either kind of own ones", "Both kinds of own ones beat one BN", Word.HOLDS),
    "either-one": Outcome("one BN, either way", "One BN beats own ones, either way", Word.FAILS),
    "tie": Outcome("one BN is level with own ones", "One BN is level with the best of own ones", Word.FAILS),
    "untold": _UNTOLD,
}
_SEPARATE = {
    "both": Outcome(
        "both domains fall", "It trains, and at inference both fall: the averages fit neither", Word.FAILS
    ),
    "one": Outcome("one domain falls", "It trains, and at inference one domain falls", Word.PARTLY),
    "none": Outcome("neither falls", "It trains, and at inference neither falls", Word.HOLDS),
    "untold": _UNTOLD,
}
_WRONG = {
    "both": Outcome("both need it", "With the other's averages both domains fall", Word.HOLDS),
    "one": Outcome("one needs it", "With the other's averages one domain falls", Word.PARTLY),
    "none": Outcome("neither needs it", "The other's averages do as well", Word.FAILS),
    "untold": _UNTOLD,
}
_ALONE = {
    "none": Outcome("it is good for both", "The statistics of one domain's batch do as well", Word.HOLDS),
    "one": Outcome("it is good for one", "With a batch of one domain, one of them falls", Word.PARTLY),
    "both": Outcome("it is good for neither", "With a batch of one domain, both fall", Word.FAILS),
    "untold": _UNTOLD,
}
FINDINGS = (
    Finding(
        "best-at-inference", "Two domains are learned best with a BN for each", _BEST, decide_best, _best
    ),
    Finding(
        "separate-passes",
        "One BN can take the domains in separate passes",
        _SEPARATE,
        decide_separate,
        _separate,
    ),
    Finding(
        "wrong-averages",
        "With own statistics, the domain must be known at inference",
        _WRONG,
        decide_wrong,
        _wrong,
    ),
    Finding(
        "one-domain-alone", "After mixed batches, a batch of one domain will do", _ALONE, decide_alone, _alone
    ),
)

# --- the lab ----------------------------------------------------------------------------------------------


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    if sizes["batch"] < 4 or sizes["batch"] % 2:
        return "Half a batch is of each domain and needs 2 samples or more: batch must be 4, 6, 8, and so on."
    if not sizes["batch"] // 2 <= sizes["samples"] <= MOST_SAMPLES:
        return f"Each domain can have {sizes['batch'] // 2} to {MOST_SAMPLES} samples to train on here."
    if sizes["steps"] < len(QUARTERS):
        return f"Take {len(QUARTERS)} steps or more."
    return ""


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return the first step on a mixed batch."""
    net, both = stack(setting.sizes["width"]), domains(setting)
    return net, mixed_step(net, begun(net, setting), next(halves(setting, both.train)), 1)


LAB = Lab(
    name="two-domains",
    title="Two domains in one network",
    question=(
        "One network learns images, and other images, inverted on a textured ground. One BN for both, or "
        "own ones: what is best at inference?"
    ),
    about=(
        "Plain gradient descent on two hidden layers with BN. Some originals are trained on as they are, and "
        "some inverted; all others are the test, both ways. Both domains are normalized by the same numbers. "
        "Four ways: one BN over mixed batches; one BN, with a pass for each domain and one running average "
        "of both; own statistics for each domain; and a whole own BN, with gamma and beta. First weights, "
        "samples of each step, rate and number of steps are the same. Passes have their gradients averaged. "
        "The second and the third way train alike: only their running averages differ, and so inference. "
        f"Level means within {MARGIN:.0%}; to fall is to lose {FALL:.0%} or more. Where a network gets less "
        f"than {LEARNED:.0%} right in a domain, nothing is told of what it loses there."
    ),
    papers=(
        "Ioffe & Szegedy 2015, section 3.1 (running averages at inference)",
        "Chang, You, Seo, Kwak & Han 2019, Domain-specific batch normalization",
        'Wu & Johnson 2021, Rethinking "batch" in BatchNorm, section 5 (domains)',
    ),
    sizes={"width": 64, "batch": 64, "samples": 400, "steps": 400, "repeats": 2},
    quick={"width": 32, "steps": 160, "repeats": 1},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Both domains at inference", "both", "step", "BN", "{:.1%}"),
        Panel("Plain images at inference", PLAIN, "step", "BN", "{:.1%}"),
        Panel("Inverted images at inference", INVERTED, "step", "BN", "{:.1%}"),
        Panel("Plain images, statistics of a batch of them", f"{PLAIN}, batch", "step", "BN", "{:.1%}"),
        Panel("Inverted images, statistics of a batch of them", f"{INVERTED}, batch", "step", "BN", "{:.1%}"),
        Panel("Plain images, averages of the inverted ones", f"{PLAIN}, wrong", "step", "BN", "{:.1%}"),
        Panel("Inverted images, averages of the plain ones", f"{INVERTED}, wrong", "step", "BN", "{:.1%}"),
    ),
    findings=FINDINGS,
    walked=walked,
    check=check,
)
