"""Lab ``learning-rate``: the range of rates that train, with and without batch norm."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

from bn_tutor.labs.blocks import batchnorm, dense, relu
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Network, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.training import Step, accuracy, last, training

WITH, WITHOUT = "with BN", "without BN"
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
# A rate trains where the test accuracy gets this far; chance is 0.1.
TRAINED = 0.8
# "Much larger" is three times as large, one step of RATES, at least.
MUCH = 3.0


@lru_cache(maxsize=8)
def stack(norm: str, width: int, layers: int) -> Network:
    """Return a network of some hidden layers, each linear, perhaps BN, and ReLU."""
    blocks = []
    for inputs in (64, *(width,) * (layers - 1)):
        between = (batchnorm(width),) if norm == WITH else ()
        blocks += [dense(inputs, width, bias=norm != WITH), *between, relu()]
    return network(f"{layers} hidden layers {norm}", *blocks, dense(width, 10, gain=1.0))


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """One run for each rate, with and without BN."""
    return [{"norm": norm, "rate": rate} for norm in (WITH, WITHOUT) for rate in RATES]


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Train at the cell's rate."""
    sizes, data = setting.sizes, setting.data()
    net = stack(str(cell["norm"]), sizes["width"], sizes["layers"])
    steps = training(
        net,
        data.train,
        optimizer("sgd", float(cell["rate"])),
        count=sizes["batch"],
        steps=sizes["steps"],
        seed=setting.seed,
    )
    end = last(steps)
    return {"accuracy": accuracy(net, end.after, data.test), "loss": end.loss, "steps": end.number}


def rates_that_train(rows: Rows, norm: str) -> list[float]:
    """Return the rates that train, in one seed's rows."""
    return [float(row["rate"]) for row in rows.where(norm=norm) if float(row["accuracy"]) >= TRAINED]


def largest_rate(norm: str, rows: Rows) -> float:
    """Return the largest rate that trains in one seed's rows; the smallest of all where none does."""
    return max(rates_that_train(rows, norm), default=min(RATES))


def ratio(rows: Rows) -> float:
    """Return how many times larger the largest rate that trains is with BN, in one seed's rows."""
    return largest_rate(WITH, rows) / largest_rate(WITHOUT, rows)


def decide(rows: Rows) -> str:
    """Say which outcome one seed's rows show."""
    found = ratio(rows)
    return "larger" if found >= MUCH * 0.99 else "smaller" if found <= 1.01 / MUCH else "alike"


def _evidence(rows: Rows) -> str:
    large, small = (rows.spread(partial(largest_rate, norm)).text("{:g}") for norm in (WITH, WITHOUT))
    return (
        f"The largest rate that reaches {TRAINED:.0%} is {large} with BN and {small} without: "
        f"{rows.spread(ratio).text()} times as large."
    )


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return one of the steps with BN, at a rate that trains."""
    sizes = setting.sizes
    net = stack(WITH, sizes["width"], sizes["layers"])
    steps = training(
        net, setting.data().train, optimizer("sgd", 0.1), count=sizes["batch"], steps=3, seed=setting.seed
    )
    return net, last(steps)


LAB = Lab(
    name="learning-rate",
    title="How large may the rate be?",
    question="A network is trained at rates from 0.001 to 30, with and without BN. What does BN change?",
    about=(
        "Plain gradient descent on a few hidden layers; first weights and batches are the same in both. "
        f"A rate trains where the test accuracy reaches {TRAINED:.0%}."
    ),
    papers=(
        "Ioffe & Szegedy 2015, section 3.3 (BN enables higher learning rates)",
        "Bjorck, Gomes, Selman & Weinberger 2018, Understanding batch normalization",
    ),
    sizes={"width": 64, "layers": 3, "batch": 64, "steps": 200},
    quick={"steps": 60},
    cells=cells,
    measure=measure,
    panels=(Panel("Test accuracy by rate", "accuracy", "rate", "norm", "{:.0%}", log_across=True),),
    findings=(
        Finding(
            name="larger-rates",
            claim="BN allows much larger learning rates",
            outcomes={
                "larger": Outcome(
                    "rates several times larger still train", "With BN much larger rates train", Word.HOLDS
                ),
                "alike": Outcome(
                    "the largest rate hardly moves", "BN hardly moves the largest rate", Word.FAILS
                ),
                "smaller": Outcome(
                    "only smaller rates train", "With BN only smaller rates train", Word.FAILS
                ),
            },
            decide=decide,
            evidence=_evidence,
        ),
    ),
    walked=walked,
)
