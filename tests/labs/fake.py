"""A lab that runs in no time, and runs of it whose rows are what a test plants."""

import os
import time
from dataclasses import replace

import numpy as np

from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Word
from bn_tutor.labs.report import Report
from bn_tutor.labs.samples import Source

NO_IMAGES = Source("none", "no images", np.zeros((0, 64)), np.zeros(0))
OUTCOMES = {
    "larger": Outcome("BN makes it larger", "BN makes it larger", Word.HOLDS),
    "smaller": Outcome("BN makes it smaller", "BN makes it smaller", Word.FAILS),
    "mixed": Outcome("it depends", "It depends", Word.PARTLY),
}


def cells(sizes):
    rates = [float(f"{10.0**power:.3g}") for power in range(-sizes["rates"], 0)]
    return [{"norm": norm, "rate": rate} for norm in ("with BN", "without BN") for rate in rates]


def measure(cell, setting):
    """Be larger with BN, and a little different for each seed."""
    return {"gain": (2.0 if cell["norm"] == "with BN" else 1.0) + cell["rate"] + setting.seed / 100}


def measure_numpy(cell, setting):
    return {"gain": np.float32(1.5), "count": np.int64(3), "known": np.bool_(True)}


def measure_slowly(cell, setting):
    time.sleep(60 if setting.seed else 0)
    return measure(cell, setting)


def measure_nothing(cell, setting):
    """Measure what is no number, in one place."""
    return {"gain": float("nan") if setting.seed == 1 else 1.0}


def measure_too_much(cell, setting):
    raise MemoryError


def measure_and_die(cell, setting):
    os._exit(9)


def measure_and_die_later(cell, setting):
    if setting.seed:
        os._exit(9)
    return measure(cell, setting)


def measure_wrongly(cell, setting):
    raise ZeroDivisionError(f"planted at {cell['rate']}")


def decide(rows):
    gains = [
        each.values("gain")[0] - rows.where(norm="without BN", rate=each.rows[0]["rate"]).values("gain")[0]
        for each in (rows.where(norm="with BN", rate=rate) for rate in rows.different("rate"))
    ]
    if all(gain > 0 for gain in gains):
        return "larger"
    return "smaller" if all(gain < 0 for gain in gains) else "mixed"


def evidence(rows):
    return f"With BN it is {rows.spread(of_seed).text('{:.3g}')}."


def of_seed(rows):
    return max(rows.where(norm="with BN").values("gain"))


def walked(setting):
    raise NotImplementedError


def check(sizes):
    return "rates goes up to 9" if sizes["rates"] > 9 else ""


LAB = Lab(
    name="fake",
    title="A lab for tests",
    question="Does BN make it larger?",
    about="Nothing is trained.",
    papers=("Nobody 2026, section 1", "Nobody 2027, section 2"),
    sizes={"rates": 2},
    quick={"rates": 1},
    cells=cells,
    measure=measure,
    panels=(Panel("Gain by rate", "gain", "rate", "norm", "{:.3g}", log_across=True),),
    findings=(
        Finding("gain", "BN makes it larger", OUTCOMES, decide, evidence),
        Finding("gain-again", "BN always makes it larger", OUTCOMES, decide, evidence),
    ),
    walked=walked,
    check=check,
)


def rows_of(seed, with_bn=2.0, without=1.0, rates=2):
    gains = {"with BN": with_bn, "without BN": without}
    return [{**cell, "seed": seed, "gain": gains[cell["norm"]]} for cell in cells({"rates": rates})]


def report(rows, seeds=range(5), lab=LAB, planned=None, rates=2, **changes):
    """Make a run of these rows; ``planned`` is how many there should have been."""
    made = Report(
        lab=lab,
        source="none",
        said="no images",
        sizes={"rates": rates},
        is_quick=False,
        seeds=list(seeds),
        rows=rows,
        planned=len(rows) if planned is None else planned,
        seconds=1.25,
        date="2026-01-31",
        version="0.1.0",
    )
    return replace(made, **changes)


def all_larger(seeds=range(5), **changes):
    """Make a run in which each seed shows the first outcome."""
    rows = [row for seed in seeds for row in rows_of(seed, with_bn=2 + seed / 100)]
    return report(rows, seeds, **changes)
