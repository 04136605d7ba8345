"""The lab ``depth``: its verdicts follow the rows, and BN does not see the scale of the weights before it."""

import math

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.depth import (
    DEEPEST,
    IN_THEORY,
    LAB,
    SCALES,
    SHALLOWEST,
    STEADY,
    WITH,
    WITHOUT,
    begun,
    cells,
    check,
    gradients_at,
    places,
    power,
    stack,
)
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import Mode
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import split, synthetic
from bn_tutor.labs.training import ONE, run_through

SIGNAL, GRADIENTS, SCALE = LAB.findings
SIZES = {**LAB.sizes, "depth": 20}
SEEDS = range(5)


def rows(measured, with_bn, without, seeds=SEEDS, sizes=SIZES):
    """Rows with what two functions of scale and layer say of one measure; all else is 0."""
    said = {WITH: with_bn, WITHOUT: without}
    return Rows(
        tuple(
            {
                **cell,
                "seed": seed,
                "signal": 0.0,
                "way": 0.0,
                "weights": 0.0,
                measured: said[cell["norm"]](cell["scale"], cell["layers"]),
            }
            for seed in seeds
            for cell in cells(sizes)
        )
    )


def even(scale, layers):
    return 0.0


def growing(scale, layers):
    return 0.1 * (layers - 1)


def shrinking(scale, layers):
    return -0.1 * (layers - 1)


def of_scale(scale, layers):
    return math.log10(scale) * layers


@pytest.mark.parametrize(
    ("with_bn", "without", "outcome", "word"),
    [
        (even, of_scale, "keeps", Word.HOLDS),
        (even, even, "needless", Word.FAILS),
        (shrinking, of_scale, "neither", Word.FAILS),
        (of_scale, even, "worse", Word.FAILS),
    ],
)
def test_the_signal(with_bn, without, outcome, word):
    told = verdict(SIGNAL, rows("signal", with_bn, without))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("with_bn", "outcome", "word"),
    [
        (even, "steady", Word.HOLDS),
        (growing, "grows", Word.FAILS),
        (shrinking, "shrinks", Word.FAILS),
        (of_scale, "both", Word.FAILS),
    ],
)
def test_the_gradients(with_bn, outcome, word):
    told = verdict(GRADIENTS, rows("way", with_bn, even))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize("depth", [SHALLOWEST, 10, 20, 50, DEEPEST])
def test_the_verdict_on_gradients_does_not_hang_on_the_depth(depth):
    sizes = {**LAB.sizes, "depth": depth}
    a_little, enough = (times_a_layer(factor) for factor in (STEADY**0.9, STEADY**1.1))
    assert verdict(GRADIENTS, rows("way", a_little, even, sizes=sizes)).outcome == "steady"
    assert verdict(GRADIENTS, rows("way", enough, even, sizes=sizes)).outcome == "grows"


def times_a_layer(factor):
    return lambda scale, layers: math.log10(factor) * (layers - 1)


def lifeless(found, norm, name, gone):
    """Return rows in which one measure of one kind of network is absent, or no number."""
    return Rows(
        tuple(
            {k: v for k, v in {**row, name: gone}.items() if v is not None} if row["norm"] == norm else row
            for row in found
        )
    )


@pytest.mark.parametrize("finding", LAB.findings)
@pytest.mark.parametrize("norm", [WITH, WITHOUT])
@pytest.mark.parametrize(("name", "gone"), [("signal", None), ("way", None), ("weights", math.nan)])
def test_a_dead_network_leaves_it_untold(finding, norm, name, gone):
    found = lifeless(rows("way", even, even), norm, name, gone)
    told = verdict(finding, found)
    assert (told.outcome, told.word) == ("untold", Word.UNDECIDED)
    assert "dead in 5 of 5" in told.sentences[1] and "nan" not in told.sentences[1]


def test_evidence_is_of_the_seeds_that_live():
    dead = lifeless(rows("way", growing, even, [1]), WITHOUT, "way", None)
    some = Rows((*rows("way", growing, even, [0]), *dead))
    assert "with BN 1.9 at scale 0.5" in GRADIENTS.evidence(some)
    assert "dead in 1 of 2" in GRADIENTS.evidence(some)


@pytest.mark.parametrize(
    ("with_bn", "without", "outcome", "word"),
    [
        (growing, of_scale, "alike", Word.HOLDS),
        (growing, growing, "needless", Word.PARTLY),
        (of_scale, of_scale, "apart", Word.FAILS),
        (of_scale, even, "apart", Word.FAILS),
    ],
)
def test_the_scales(with_bn, without, outcome, word):
    told = verdict(SCALE, rows("way", with_bn, without))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("finding", "reached"),
    [
        (SIGNAL, {"keeps", "needless", "neither", "worse", "untold"}),
        (GRADIENTS, {"steady", "grows", "shrinks", "both", "untold"}),
        (SCALE, {"alike", "needless", "apart", "untold"}),
    ],
)
def test_every_outcome_is_one_that_is_reached_above(finding, reached):
    assert set(finding.outcomes) == reached


def test_evidence_has_the_numbers_of_the_rows():
    signal = SIGNAL.evidence(rows("signal", even, of_scale))
    assert "after 20 layers" in signal
    assert "without BN -6.0 at scale 0.5, 0.0 at scale 1, 6.0 at scale 2" in signal
    way = GRADIENTS.evidence(rows("way", growing, even))
    assert "with BN 1.9 at scale 0.5" in way
    assert f"{10**0.1:.2f} (with BN), 1.00 (without BN) times as large" in way
    assert "12.0 without BN" in SCALE.evidence(rows("way", even, of_scale))


def test_gradients_grow_as_theory_says_and_without_bn_they_do_not():
    setting = Setting({"width": 64, "depth": 12, "batch": 64}, synthetic(), 1)
    with_bn, without = (
        LAB.measure({"norm": norm, "scale": 1.0, "layers": 12}, setting)["way"] for norm in (WITH, WITHOUT)
    )
    assert 10 ** (with_bn / 11) == pytest.approx(IN_THEORY, rel=0.05)
    assert 10 ** (without / 11) == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("factor", [0.25, 3.0])
def test_bn_without_eps_does_not_see_the_scale(factor):
    layers, count = 3, 9
    net = stack(WITH, 6, layers, eps=0.0)
    batch = split(synthetic(), 2).train.at(np.arange(count))
    runs = [
        run_through(net, begun(net, layers, scale, 2, count), batch, Mode.TRAIN) for scale in (1.0, factor)
    ]
    assert np.allclose(runs[0][net.scores], runs[1][net.scores], rtol=1e-10, atol=0)
    before, after = (gradients(run, ONE) for run in runs)
    for number in range(1, layers + 1):
        assert np.abs(before[f"w{number}"]).max() > 1e-6
        assert np.allclose(after[f"w{number}"], before[f"w{number}"] / factor, rtol=1e-9, atol=1e-15)
    assert np.allclose(after[f"w{layers + 1}"], before[f"w{layers + 1}"], rtol=1e-9, atol=1e-15)


def test_without_bn_the_signal_is_the_scale_to_the_power_of_the_layers():
    layers, count = 3, 9
    net = stack(WITHOUT, 6, layers)
    batch = split(synthetic(), 2).train.at(np.arange(count))
    one, two = (
        run_through(net, begun(net, layers, scale, 2, count), batch, Mode.TRAIN) for scale in (1.0, 2.0)
    )
    assert np.allclose(two[f"act{layers}"], 2.0**layers * one[f"act{layers}"])


def test_the_gradient_that_arrives_is_that_of_the_loss():
    net, count = stack(WITHOUT, 6, 3), 5
    run = run_through(
        net, begun(net, 3, 1.0, 2, count), split(synthetic(), 2).train.at(np.arange(count)), Mode.TRAIN
    )
    arriving, found = gradients_at(run, {"h1", "h3"}), gradients(run, ONE)
    assert set(arriving) == {"h1", "h3"}
    for number in (1, 3):
        # The bias is added to each row, so that its gradient is the sum over the rows.
        assert np.allclose(arriving[f"h{number}"].sum(axis=0), found[f"b{number}"], atol=1e-15)


def test_a_shallower_network_begins_like_the_first_layers_of_a_deeper():
    sizes = {"width": 5, "depth": 5, "batch": 8}
    cell = {"norm": WITHOUT, "scale": 2.0, "layers": 2}
    signals = [
        LAB.measure(cell, Setting({**sizes, "depth": depth}, synthetic(), 1))["signal"] for depth in (2, 5)
    ]
    assert signals[0] == signals[1] != 0


def test_what_has_no_size_has_no_power_of_ten():
    assert power(1000.0) == pytest.approx(3.0)
    assert all(math.isnan(power(value)) for value in (0.0, math.nan, math.inf))


@pytest.mark.parametrize("norm", [WITH, WITHOUT])
def test_a_tiny_run_measures_finite_numbers(norm):
    sizes = {"width": 4, "depth": 6, "batch": 16}
    found = LAB.measure({"norm": norm, "scale": 1.0, "layers": 5}, Setting(sizes, synthetic(), 3))
    assert set(found) == {"signal", "way", "weights"}
    assert all(math.isfinite(value) for value in found.values())


@pytest.mark.parametrize(("width", "scale"), [(1, 1.0), (4, 1e80)])
def test_a_network_that_lets_nothing_through_measures_nothing(width, scale):
    sizes = {"width": width, "depth": 12, "batch": 16}
    found = LAB.measure({"norm": WITHOUT, "scale": scale, "layers": 12}, Setting(sizes, synthetic(), 3))
    assert found == {}


def test_gradients_of_the_step_that_is_walked_are_proven():
    _, step = LAB.walked(Setting({"width": 4, "depth": 2, "batch": 7}, synthetic(), 1))
    assert prove(step.recording) == ()


def test_sizes_that_make_no_sense_are_refused():
    assert "variance" in check({**SIZES, "batch": 1})
    assert str(SHALLOWEST) in check({**SIZES, "depth": SHALLOWEST - 1})
    assert check({**SIZES, "depth": SHALLOWEST}) == ""
    assert str(DEEPEST) in check({**SIZES, "depth": DEEPEST + 1})
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == ""


def test_the_deepest_is_always_looked_at():
    assert places(50)[-2:] == [40, 50]
    assert places(7) == [1, 2, 5, 7]
    assert len({cell["line"] for cell in cells(SIZES)}) == 2 * len(SCALES)
