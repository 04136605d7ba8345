"""Lab ``learning-rate``: the range of rates that train, with and without batch norm."""

from collections.abc import Mapping, Sequence
from functools import partial

from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows, spread
from bn_tutor.labs.stacks import WITH, WITHOUT, stack, without_variance
from bn_tutor.labs.training import Step, accuracy, last, training

# The rates go from 10^-3 to 10^1: both ends of both ranges lie well inside.
LOWEST, HIGHEST = -3, 1
# A rate trains where the test accuracy gets this far; chance is 0.1.
TRAINED = 0.8
# "Much" is this many times: what a change by half of the decade's grid could not bring about.
MUCH = 3.0
# With fewer rates from one power of ten to the next, one step of the grid would be near MUCH itself.
LEAST_PER_TEN = 4
MOST_PER_TEN = 100
# A rate that trains beyond doubt, for the step that is walked.
WALKED_RATE = 0.1

Range = tuple[float, float]


def rates(per_ten: int) -> list[float]:
    """Return the rates, so many from one power of ten to the next, rounded to what is shown."""
    places = range(LOWEST * per_ten, HIGHEST * per_ten + 1)
    return [float(f"{10 ** (place / per_ten):.3g}") for place in places]


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """One run for each rate, with and without BN."""
    return [{"norm": norm, "rate": rate} for norm in (WITH, WITHOUT) for rate in rates(sizes["per_ten"])]


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    if wrong := without_variance(sizes):
        return wrong
    if sizes["per_ten"] < LEAST_PER_TEN:
        return f"With per_ten below {LEAST_PER_TEN} the rates lie too far apart to tell a factor of {MUCH:g}."
    return f"per_ten goes up to {MOST_PER_TEN}." if sizes["per_ten"] > MOST_PER_TEN else ""


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train at the cell's rate; ``steps`` is below the size where the loss was lost before the end."""
    data = setting.data()
    net = stack(str(cell["norm"]), setting.sizes["width"], setting.sizes["layers"])
    end = _trained(net, float(cell["rate"]), setting.sizes["steps"], setting)
    return {"accuracy": accuracy(net, end.after, data.test), "steps": end.number}


def _trained(net: Network, rate: float, steps: int, setting: Setting) -> Step:
    samples, count = setting.data().train, setting.sizes["batch"]
    return last(training(net, samples, optimizer("sgd", rate), count=count, steps=steps, seed=setting.seed))


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return one of the steps with BN, at a rate that trains."""
    net = stack(WITH, setting.sizes["width"], setting.sizes["layers"])
    return net, _trained(net, WALKED_RATE, 3, setting)


# --- what the rows show -----------------------------------------------------------------------------------


def range_that_trains(rows: Rows, norm: str) -> Range | None:
    """Return the ends of the longest unbroken row of rates that train, in one seed's rows."""
    best: list[float] = []
    current: list[float] = []
    for row in sorted(rows.where(norm=norm), key=_rate):
        current = [*current, _rate(row)] if float(row["accuracy"]) >= TRAINED else []
        best = max(best, current, key=len)
    return (best[0], best[-1]) if best else None


def _rate(row: Row) -> float:
    return float(row["rate"])


def _times_larger(end: int, rows: Rows) -> float | None:
    """Return how many times larger this end of the range is with BN than without, in one seed's rows."""
    ranges = [range_that_trains(rows, norm) for norm in (WITH, WITHOUT)]
    return ranges[0][end] / ranges[1][end] if ranges[0] and ranges[1] else None


def _untold(end: int, rows: Rows) -> bool:
    """Return whether a range ends only where the rates that were tried do."""
    every = rows.values("rate")
    edge = (min(every), max(every))[end]
    ranges = (range_that_trains(rows, norm) for norm in (WITH, WITHOUT))
    return any(own is not None and own[end] == edge for own in ranges)


def decide_end(end: int, rows: Rows) -> str:
    """Say which outcome one seed's rows show for the smallest rate, which is end 0, or the largest, 1."""
    times = _times_larger(end, rows)
    if times is None:
        return _only(end, rows)
    if 1 / MUCH < times < MUCH:
        return "untold" if _untold(end, rows) else "alike"
    return "larger" if times >= MUCH else "smaller"


def _only(end: int, rows: Rows) -> str:
    """Say the outcome where no rate at all trains one of the two: the other has the wider range."""
    if range_that_trains(rows, WITH):
        return "larger" if end else "smaller"
    if range_that_trains(rows, WITHOUT):
        return "smaller" if end else "larger"
    return "untold"


def _range_text(rows: Rows, norm: str) -> str:
    ranges = [range_that_trains(of_seed, norm) for of_seed in rows.by_seed().values()]
    found = [each for each in ranges if each]
    if not found:
        return f"{norm} none"
    low, high = (spread([each[end] for each in found]).text() for end in (0, 1))
    none = f" ({len(ranges) - len(found)} of {len(ranges)} seeds: none)" if None in ranges else ""
    return f"{norm} from {low} to {high}{none}"


def _evidence(end: int, name: str, rows: Rows) -> str:
    both = "; ".join(_range_text(rows, norm) for norm in (WITH, WITHOUT))
    times = [_times_larger(end, of_seed) for of_seed in rows.by_seed().values()]
    known = [each for each in times if each is not None]
    factor = f". The {name} is {spread(known).text('{:.2g}')} times as large with BN" if known else ""
    return f"Rates that reach {TRAINED:.0%}: {both}{factor}."


_UNTOLD = Outcome(
    "this run cannot tell",
    "No rate trains, or a range goes on beyond the rates that were tried",
    Word.UNDECIDED,
)
_LARGEST = Finding(
    name="largest-rate",
    claim="BN allows much larger learning rates",
    outcomes={
        "larger": Outcome(
            "rates several times larger still train", "With BN much larger rates train", Word.HOLDS
        ),
        "alike": Outcome("the largest rate hardly moves", "BN hardly moves the largest rate", Word.FAILS),
        "smaller": Outcome(
            "the largest rate gets much smaller", "With BN the largest rate is much smaller", Word.FAILS
        ),
        "untold": _UNTOLD,
    },
    decide=partial(decide_end, 1),
    evidence=partial(_evidence, 1, "largest"),
)
_SMALLEST = Finding(
    name="smallest-rate",
    claim="BN widens the range at its lower end, too: much smaller rates are enough",
    outcomes={
        "smaller": Outcome("much smaller rates are enough", "With BN much smaller rates train", Word.HOLDS),
        "alike": Outcome("the smallest rate hardly moves", "BN hardly moves the smallest rate", Word.FAILS),
        "larger": Outcome(
            "the smallest rate gets much larger", "With BN the smallest rate is much larger", Word.FAILS
        ),
        "untold": _UNTOLD,
    },
    decide=partial(decide_end, 0),
    evidence=partial(_evidence, 0, "smallest"),
)

LAB = Lab(
    name="learning-rate",
    title="How large may the rate be?",
    question="A network is trained at rates from 0.001 to 10, with and without BN. What does BN change?",
    about=(
        "Plain gradient descent on a few hidden layers. First weights, batches and the number of steps are "
        f"the same with and without BN. A rate trains where the test accuracy reaches {TRAINED:.0%}; the "
        "range is the longest unbroken row of such rates. per_ten is how many rates are tried from one power "
        f"of ten to the next. Much means {MUCH:g} times."
    ),
    papers=(
        "Ioffe & Szegedy 2015, section 3.3 (BN enables higher learning rates)",
        "Bjorck, Gomes, Selman & Weinberger 2018, Understanding batch normalization",
    ),
    sizes={"width": 64, "layers": 5, "batch": 64, "steps": 150, "per_ten": 8},
    quick={"steps": 50, "per_ten": 4},
    cells=cells,
    measure=measure,
    panels=(Panel("Test accuracy by rate", "accuracy", "rate", "norm", "{:.0%}", log_across=True),),
    findings=(_LARGEST, _SMALLEST),
    walked=walked,
    check=check,
)
