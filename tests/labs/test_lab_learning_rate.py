"""The lab ``learning-rate``: its verdicts follow the rows, whichever way those turn out."""

import math

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.learning_rate import (
    LAB,
    LEAST_PER_TEN,
    MUCH,
    TRAINED,
    WITH,
    WITHOUT,
    cells,
    check,
    range_that_trains,
    rates,
    stack,
)
from bn_tutor.labs.network import fresh
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import synthetic

SIZES = {**LAB.sizes, "per_ten": 4}
LARGEST, SMALLEST = LAB.findings
SEEDS = range(5)


def rows(with_bn, without, seeds=SEEDS):
    """Rows in which just the rates between two ends train; None: no rate does."""
    ends = {WITH: with_bn, WITHOUT: without}
    return Rows(
        tuple(
            {**cell, "seed": seed, "accuracy": 0.9 if trains(cell, ends) else 0.1, "steps": 5.0}
            for seed in seeds
            for cell in cells(SIZES)
        )
    )


def trains(cell, ends):
    wanted = ends[cell["norm"]]
    return wanted is not None and wanted[0] <= cell["rate"] <= wanted[1]


@pytest.mark.parametrize(
    ("with_bn", "without", "outcome", "word"),
    [
        ((0.01, 3.16), (0.01, 1.0), "larger", Word.HOLDS),
        ((0.01, 1.78), (0.01, 1.0), "alike", Word.FAILS),
        ((0.01, 0.1), (0.01, 1.0), "smaller", Word.FAILS),
        ((0.01, 0.1), None, "larger", Word.HOLDS),
        (None, (0.01, 0.1), "smaller", Word.FAILS),
        (None, None, "untold", Word.UNDECIDED),
        # The rates end at 10: what lies beyond has not been tried, but what is much is much.
        ((0.01, 10.0), (0.01, 5.62), "untold", Word.UNDECIDED),
        ((0.01, 10.0), (0.01, 3.16), "larger", Word.HOLDS),
    ],
)
def test_the_largest_rate(with_bn, without, outcome, word):
    told = verdict(LARGEST, rows(with_bn, without))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("with_bn", "without", "outcome", "word"),
    [
        ((0.01, 1.0), (0.0316, 1.0), "smaller", Word.HOLDS),
        ((0.01, 1.0), (0.0178, 1.0), "alike", Word.FAILS),
        ((0.0316, 1.0), (0.01, 1.0), "larger", Word.FAILS),
        ((0.01, 0.1), None, "smaller", Word.HOLDS),
        (None, (0.01, 0.1), "larger", Word.FAILS),
        (None, None, "untold", Word.UNDECIDED),
        ((0.001, 1.0), (0.001, 1.0), "untold", Word.UNDECIDED),
        ((0.001, 1.0), (0.00316, 1.0), "smaller", Word.HOLDS),
    ],
)
def test_the_smallest_rate(with_bn, without, outcome, word):
    told = verdict(SMALLEST, rows(with_bn, without))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize("finding", LAB.findings)
def test_every_outcome_is_one_that_can_be_reached(finding):
    assert set(finding.outcomes) == {"larger", "alike", "smaller", "untold"}


def test_evidence_has_the_numbers_of_the_rows():
    told = LARGEST.evidence(rows((0.0178, 3.16), (0.0316, 0.562)))
    assert f"{TRAINED:.0%}: with BN from 0.0178 to 3.16; without BN from 0.0316 to 0.562." in told
    assert "The largest is 5.6 times as large with BN." in told
    assert "The smallest is 0.56 times as large" in SMALLEST.evidence(rows((0.0178, 3.16), (0.0316, 0.562)))


def test_evidence_tells_of_seeds_without_a_rate():
    some = Rows((*rows((0.1, 1.0), (0.1, 1.0), [0]), *rows((0.1, 1.0), None, [1])))
    assert "without BN from 0.1 to 1 (1 of 2 seeds: none)" in LARGEST.evidence(some)
    assert "without BN none" in LARGEST.evidence(rows((0.1, 1.0), None))
    assert "nan" not in LARGEST.evidence(rows(None, None))


def test_a_lucky_rate_beyond_a_gap_does_not_count():
    lucky = Rows(
        tuple(
            {**row, "accuracy": 0.95} if row["rate"] == 10.0 else row for row in rows((0.1, 1.0), None, [0])
        )
    )
    assert range_that_trains(lucky, WITH) == (0.1, 1.0)


def test_rates_are_near_enough_to_tell_what_is_much():
    steps = np.diff(np.log10(rates(LEAST_PER_TEN)))
    assert np.allclose(steps, 1 / LEAST_PER_TEN, atol=0.002)
    assert 10 ** steps.max() < MUCH
    assert rates(8)[0] == 0.001 and rates(8)[-1] == 10.0


def test_with_and_without_bn_begin_alike():
    models = [fresh(stack(norm, 5, 3), 7, 4).parameters for norm in (WITH, WITHOUT)]
    for name in ("w1", "w2", "w3", "w4"):
        assert np.array_equal(models[0][name], models[1][name])


@pytest.mark.parametrize("norm", [WITH, WITHOUT])
@pytest.mark.parametrize("rate", [0.1, 1e200])
def test_a_tiny_run_measures_finite_numbers(norm, rate):
    sizes = {"width": 4, "layers": 1, "batch": 16, "steps": 3, "per_ten": 4}
    found = LAB.measure({"norm": norm, "rate": rate}, Setting(sizes, synthetic(), 3))
    assert set(found) == {"accuracy", "steps"}
    assert all(math.isfinite(value) for value in found.values())


def test_gradients_of_the_step_that_is_walked_are_proven():
    sizes = {"width": 4, "layers": 2, "batch": 7, "steps": 1, "per_ten": 4}
    _, step = LAB.walked(Setting(sizes, synthetic(), 1))
    assert prove(step.recording) == ()


def test_sizes_that_make_no_sense_are_refused():
    assert "variance" in check({**SIZES, "batch": 1})
    assert "per_ten" in check({**SIZES, "per_ten": LEAST_PER_TEN - 1})
    assert check(SIZES) == check({**LAB.sizes, **LAB.quick}) == ""
