"""The lab ``weight-decay``: its verdicts follow the rows, and what it rests on is exact."""

import math

import numpy as np
import pytest

from bn_tutor.course.draws import normal, source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.proof import prove
from bn_tutor.labs.growing_rate import (
    HALVES,
    Way,
    apart,
    descent,
    halves,
    hidden_weights,
    one_step,
    over,
    two_layers,
)
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import fresh
from bn_tutor.labs.panels import series_of
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import Samples, one_hot, synthetic
from bn_tutor.labs.stacks import WITH, WITHOUT
from bn_tutor.labs.training import LOST
from bn_tutor.labs.weight_decay import (
    DECAYS,
    LAB,
    MOST_FOLLOWED,
    MOST_SAMPLES,
    cells,
    check,
    gain_of_l2,
    largest_gap,
)

UNNECESSARY, SCALE, SCHEDULE, CATEGORY = LAB.findings
TINY = {"width": 3, "batch": 5, "samples": 12, "steps": 4, "followed": 3, "repeats": 2}
SEEDS = range(5)
# One cell of each kind.
SOME = {"scale": 8.0, "rate": 1.0, "decay": 0.05, "step": 3, "watched": 0.0}
# What a run shows that agrees with the papers; each test plants something else.
USUAL = {
    "l2": 0.02,
    "rate": 0.02,
    "output": 0.0,
    "gradient": 1.0,
    "pull": 0.0,
    "gap": 1e-15,
    "gap of none": 0.1,
}


def rows(seeds=SEEDS, **planted):
    """Rows that show, with BN, the usual or what is planted; without BN numbers of another kind."""
    shown = {**USUAL, **planted}
    return Rows(
        tuple(
            {**cell, "seed": seed, **(measured(cell, shown) if cell["net"] == WITH else bare(cell))}
            for seed in seeds
            for cell in cells(LAB.sizes)
        )
    )


def measured(cell, shown):
    if "scale" in cell:
        pull = {"pull": shown["pull"], "pull of L1": 0.75}
        return {"output": shown["output"], "gradient": shown["gradient"], **pull}
    if "rate" in cell:
        return accuracies(shown["rate"] * (cell["rate"] == 1.0))
    if "step" in cell:
        return {"size": 2.0, "effective rate": 0.025}
    gaps = {name: shown[name] * (cell["decay"] > 0) for name in ("gap", "gap of none")}
    return {**accuracies(shown["l2"] * (cell["decay"] == 0.05)), **gaps}


def accuracies(gain, other=None):
    """Return a gain on both halves, or another one on the second."""
    halves = (0.9 + gain, 0.9 + (gain if other is None else other))
    return {"accuracy": sum(halves) / 2, **dict(zip(HALVES, halves, strict=True))}


def bare(cell):
    plain = {"l2": 0.011, "rate": 0.012, "output": 63.0, "gradient": 80.0, "pull": -0.3, "gap": 0.7}
    return measured(cell, {**plain, "gap of none": 0.6})


@pytest.mark.parametrize(
    ("finding", "planted", "outcome", "word"),
    [
        (UNNECESSARY, {}, "rate", Word.PARTLY),
        (UNNECESSARY, {"l2": 0.0}, "idle", Word.HOLDS),
        (UNNECESSARY, {"l2": -0.05}, "idle", Word.HOLDS),
        (UNNECESSARY, {"rate": 0.01}, "needed", Word.FAILS),
        (SCALE, {}, "inverse", Word.HOLDS),
        (SCALE, {"gradient": 1.01}, "other", Word.PARTLY),
        (SCALE, {"output": 1e-6}, "moves", Word.FAILS),
        (SCHEDULE, {}, "schedule", Word.HOLDS),
        (SCHEDULE, {"gap": 1e-3}, "more", Word.FAILS),
        (SCHEDULE, {"gap of none": 1e-5}, "nothing", Word.UNDECIDED),
        (CATEGORY, {}, "none", Word.FAILS),
        (CATEGORY, {"pull": 1e-3}, "some", Word.PARTLY),
        (CATEGORY, {"pull": -0.9}, "some", Word.PARTLY),
        (CATEGORY, {"pull": 0.9}, "penalty", Word.HOLDS),
    ],
)
def test_the_verdict_follows_the_rows(finding, planted, outcome, word):
    told = verdict(finding, rows(**planted))
    assert (told.outcome, told.word) == (outcome, word)


def test_seeds_that_differ_leave_it_undecided():
    both = Rows((*rows(range(3)), *rows(range(3, 6), l2=0.0)))
    assert verdict(UNNECESSARY, both).word is Word.UNDECIDED


@pytest.mark.parametrize(
    ("finding", "planted", "said"),
    [
        (
            UNNECESSARY,
            {"l2": 0.034},
            "with BN +3.4% by the best decay and +2.0% by the best larger rate of those tried",
        ),
        (UNNECESSARY, {}, "without BN +1.1% and +1.2%"),
        (SCALE, {"gradient": 1.25}, "gradient times scale by 0.25; without BN the output moves by 63."),
        (SCHEDULE, {"gap": 4e-15}, "differ by 4e-15 with BN, and by 0.7 without"),
        (CATEGORY, {"pull": 0.05}, "is 0.05 with BN and 0.3 without; that of L2 is 1, that of L1 0.75"),
    ],
)
def test_evidence_has_the_numbers_of_the_rows(finding, planted, said):
    assert said in finding.evidence(rows(**planted))


def with_gains(gains, seeds=SEEDS):
    """Rows with gains of some decays with BN, on the first and the second half."""
    return Rows(
        tuple(
            {**row, **accuracies(*gains[row["decay"]])}
            if row["net"] == WITH and row.get("decay") in gains
            else row
            for row in rows(seeds, l2=0.0)
        )
    )


def test_luck_on_one_half_is_no_gain():
    # On the halves themselves each decay gains 5 points; on the half that did not choose it, nothing.
    lucky = with_gains({0.1: (0.05, 0.0), 0.05: (0.0, 0.05)}, [0])
    assert gain_of_l2(lucky) == pytest.approx(0.0)
    assert gain_of_l2(with_gains({0.1: (0.05, 0.03), 0.05: (0.01, 0.02)}, [0])) == pytest.approx(0.04)
    assert verdict(UNNECESSARY, with_gains({0.1: (0.05, 0.0), 0.05: (0.0, 0.05)})).outcome == "idle"


def test_a_best_at_the_edge_is_told():
    assert "might do better" not in UNNECESSARY.evidence(rows())
    edge = Rows((*with_gains({DECAYS[-1]: (0.05, 0.05)}, [0]), *rows([1])))
    assert "With BN the best is the largest decay in 1 of 2: a larger" in UNNECESSARY.evidence(edge)


@pytest.mark.parametrize("count", [9, 10])
def test_no_sample_is_in_both_halves(count):
    assert sorted(np.concatenate(halves(count))) == list(range(count))
    assert abs(len(halves(count)[0]) - len(halves(count)[1])) <= 1


@pytest.mark.parametrize("steps", [1, 2])
def test_with_few_steps_followed_nothing_is_told(steps):
    found = {"gap": 1e-15, "gap of none": 0.0 if steps == 1 else 9e-4}
    assert verdict(SCHEDULE, rows(**found)).word is Word.UNDECIDED


def test_each_panel_has_lines():
    assert all(len(series_of(panel, rows([0]))) in (2, 4) for panel in LAB.panels)


# --- the identity -----------------------------------------------------------------------------------------


def batch(count: int, seed: int) -> Samples:
    random = source_of(seed, "batch")
    classes = np.arange(count) * 3 % 10
    return Samples(normal(random, (count, 64)), one_hot(classes))


@pytest.mark.parametrize("decay", [0.05, 1.0])
def test_l2_before_bn_is_a_growing_rate(decay):
    l2, net = Way(0.3, decay=decay), two_layers(WITH, 7)
    shrink = 1 - l2.rate * l2.decay
    with_l2 = without = fresh(net, 4, 11)
    for number in range(1, 9):
        with_l2, without = (
            one_step(net, model, batch(11, number), number, way).after
            for model, way in ((with_l2, l2), (without, l2.without_decay))
        )
        for name, value in with_l2.parameters.items():
            factor = shrink**number if name in hidden_weights(net) else 1.0
            assert np.allclose(value, factor * without.parameters[name], rtol=1e-9, atol=1e-11), name


@pytest.mark.parametrize("growth", [1.0, (1 / 0.7) ** 0.5, (1 / 0.7) ** 2])
def test_another_rate_is_told_from_it(growth):
    l2, net = Way(0.3, decay=1.0), two_layers(WITH, 7)
    scores: list[Array] = []
    for way in (l2, Way(0.3, growth=growth)):
        model = fresh(net, 4, 11)
        for number in range(1, 5):
            step = one_step(net, model, batch(11, number), number, way)
            model = step.after
        scores.append(step.recording[net.scores])
    assert apart(*scores) > 1e-3


def test_the_hidden_weights_are_those_before_bn():
    assert hidden_weights(two_layers(WITH, 3)) == hidden_weights(two_layers(WITHOUT, 3)) == ("w1", "w2")


# --- real runs --------------------------------------------------------------------------------------------


def test_a_tiny_run_measures_finite_numbers_for_each_panel():
    setting = Setting(TINY, synthetic(), 3)
    found = Rows(
        tuple(
            {**cell, "seed": 3, **LAB.measure(cell, setting)}
            for cell in cells(TINY)
            if all(cell.get(name, value) == value for name, value in SOME.items())
        )
    )
    assert all(math.isfinite(v) for row in found for v in row.values() if isinstance(v, float))
    assert all(series_of(panel, found) for panel in LAB.panels)
    assert verdict(SCALE, found).outcome == "inverse"
    assert verdict(CATEGORY, found).outcome == "none"
    assert largest_gap(WITH, found) < 1e-9 < largest_gap(WITHOUT, found)


def test_a_run_that_is_lost_measures_finite_numbers():
    setting = Setting(TINY, synthetic(), 0)
    steps = list(descent(two_layers(WITHOUT, 3), setting, Way(1e200), 4))
    assert steps[-1].is_lost
    assert apart(np.array([np.nan]), np.array([1.0])) == apart(np.array([np.inf]), np.array([1.0])) == LOST
    assert over(0.0, 0.0) == over(math.nan, 1.0) == LOST
    found = LAB.measure({"net": WITHOUT, "rate": 1e200}, setting)
    assert math.isfinite(found["accuracy"])


def test_gradients_of_the_step_that_is_walked_are_proven():
    net, step = LAB.walked(Setting(TINY, synthetic(), 1))
    assert prove(step.recording) == ()
    assert set(step.gradients) >= set(net.parameters)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"batch": 2}, "3 samples or more"),
        ({"batch": 64, "samples": 63}, "63 samples to train on, fewer than the batch of 64"),
        ({"samples": MOST_SAMPLES + 1}, "At most 1,400 samples"),
        ({"followed": MOST_FOLLOWED + 1}, "rounding grows"),
        ({"steps": 3}, "4 steps or more"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(sizes, said):
    assert said in check({**LAB.sizes, **sizes})


def test_the_sizes_of_the_lab_are_not_refused():
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == check(TINY) == ""
