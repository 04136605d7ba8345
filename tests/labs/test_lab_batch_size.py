"""The lab ``batch-size``: its verdicts follow the rows, and what it rests on is exact."""

import math

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import replay
from bn_tutor.labs.batch_size import (
    ACROSS,
    BATCH,
    BN,
    FEW_OVER,
    GROUP,
    LAB,
    LAYER,
    MEAN,
    NEAR,
    NEXT,
    REFERENCE,
    RENORM,
    SMALLEST,
    VARIANCE,
    cells,
    check,
    counts,
    slope,
)
from bn_tutor.labs.batch_size_runs import DRAWN_BATCHES, gradient_of, noise_of, stack
from bn_tutor.labs.blocks import batchnorm, batchnorm_in_groups, dense, together
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import Mode, fresh, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import split, synthetic
from bn_tutor.labs.stacks import WITHOUT
from bn_tutor.labs.training import ONE, last, run_through, train_once, training

SMALL = {"width": 8, "groups": 2, "samples": 32, "largest": 32, "few": 64, "steps": 1}
TINY, NOISE, TWO, MENDED, REGULARIZER = LAB.findings


def planted(*, tiny, exponent=(-0.5, -0.5), few=0.2, without=0.25, xhat=0.0, passed=1e-6, free=0.9, four=0.9):
    """Rows of five seeds: accuracies with two samples by norm, slopes, test losses, gradients.

    ``four`` is the accuracy of BN with four samples.
    """

    def measured(cell, seed):
        nudge = 0.001 * seed
        match cell["kind"]:
            case "noise":
                power = exponent[0 if cell["statistic"] == MEAN else 1]
                # The biased variance of few samples is no part of the line.
                bent = 0.1 if cell["statistic"] == VARIANCE and cell["size"] < 8 else 1.0
                return {"noise": bent * cell["size"] ** (power + nudge)}
            case "gradient":
                share = {1: 0.0, 2: passed}.get(cell["size"], 0.9)
                return {"xhat": xhat, "passed": share, "largest": 700 / cell["size"]}
            case "accuracy":
                low = tiny.get(cell["norm"], free) if cell["size"] == SMALLEST else 0.9
                low = four if (cell["size"], cell["norm"]) == (NEXT, BN) else low
                return {"accuracy": low + nudge, "moved": 1 / cell["size"] + nudge}
            case _:
                loss = few if cell["over"] == FEW_OVER else 0.25
                loss = without if cell["norm"] == WITHOUT else loss
                return {"test_loss": loss, "test_accuracy": 0.9 + nudge, "train_accuracy": 1.0}

    return Rows(
        tuple(
            {**cell, "seed": seed, **measured(cell, seed)} for seed in range(5) for cell in cells(LAB.sizes)
        )
    )


BOTH_LOW = {BN: 0.5, RENORM: 0.6, ACROSS: 0.85}


@pytest.mark.parametrize(
    ("finding", "given", "outcome", "word"),
    [
        (TINY, {"tiny": BOTH_LOW}, "alone", Word.HOLDS),
        (TINY, {"tiny": {BN: 0.5}, "free": 0.45}, "all", Word.FAILS),
        (TINY, {"tiny": {BN: 0.5, LAYER: 0.45}}, "all", Word.FAILS),
        (TINY, {"tiny": {BN: 0.5, GROUP: 0.45}}, "all", Word.FAILS),
        (TINY, {"tiny": {BN: 0.85}}, "none", Word.FAILS),
        (NOISE, {"tiny": {}}, "root", Word.HOLDS),
        (NOISE, {"tiny": {}, "exponent": (-0.5, -0.3)}, "slower", Word.PARTLY),
        (NOISE, {"tiny": {}, "exponent": (-0.5, -0.5 + 1.2 * NEAR)}, "slower", Word.PARTLY),
        (NOISE, {"tiny": {}, "exponent": (-0.3, -0.7)}, "mixed", Word.PARTLY),
        (NOISE, {"tiny": {}, "exponent": (-0.7, -0.3)}, "mixed", Word.PARTLY),
        (NOISE, {"tiny": {}, "exponent": (-0.1, -0.5)}, "slower", Word.PARTLY),
        (NOISE, {"tiny": {}, "exponent": (-0.9, -0.5)}, "faster", Word.PARTLY),
        (TWO, {"tiny": {}}, "two", Word.HOLDS),
        (TWO, {"tiny": {}, "passed": 0.5}, "one", Word.PARTLY),
        (TWO, {"tiny": {}, "passed": 0.02}, "one", Word.PARTLY),
        (TWO, {"tiny": {}, "xhat": 1e-9}, "something", Word.FAILS),
        (MENDED, {"tiny": BOTH_LOW}, "across", Word.PARTLY),
        (MENDED, {"tiny": {**BOTH_LOW, RENORM: 0.85}}, "both", Word.HOLDS),
        (MENDED, {"tiny": {BN: 0.5, RENORM: 0.85, ACROSS: 0.6}}, "renorm", Word.PARTLY),
        (MENDED, {"tiny": {BN: 0.5, RENORM: 0.6, ACROSS: 0.6}}, "neither", Word.FAILS),
        (MENDED, {"tiny": {BN: 0.85}}, "sound", Word.UNDECIDED),
        (REGULARIZER, {"tiny": {}}, "lower", Word.HOLDS),
        # Noise helps, but without BN the test loss is lower than with it.
        (REGULARIZER, {"tiny": {}, "without": 0.15}, "worse", Word.PARTLY),
        (REGULARIZER, {"tiny": {}, "without": 0.19}, "worse", Word.PARTLY),
        (REGULARIZER, {"tiny": {}, "without": 0.2}, "lower", Word.HOLDS),
        (REGULARIZER, {"tiny": {}, "few": 0.25, "without": 0.15}, "alike", Word.FAILS),
        (REGULARIZER, {"tiny": {}, "few": 0.25}, "alike", Word.FAILS),
        (REGULARIZER, {"tiny": {}, "few": 0.3}, "higher", Word.FAILS),
    ],
)
def test_the_verdict_follows_the_rows(finding, given, outcome, word):
    found = verdict(finding, planted(**given))
    assert (found.outcome, found.word) == (outcome, word)


def test_each_outcome_of_each_finding_is_planted_above():
    reached = {
        (args[0].name, args[2])
        for mark in test_the_verdict_follows_the_rows.pytestmark
        for args in mark.args[1]
    }
    assert reached == {(finding.name, name) for finding in LAB.findings for name in finding.outcomes}


@pytest.mark.parametrize(
    ("finding", "numbers"),
    [
        (TINY, ["50.2% (50.0% to 50.4%)", "85.2% (85.0% to 85.4%) with 4", "90.2% (90.0% to 90.4%)"]),
        (TINY, [": 40.0% is lost with 2", "5.0% with 4, where it is not", "move by 0.5 of", "0.25 with 4"]),
        (NOISE, ["-0.498 (-0.500 to -0.496)", "from N = 8 on"]),
        (TWO, ["largest xhat is 0", "1e-06 with 2", "all is 350 times", "175 times with 4"]),
        (MENDED, ["batch renorm reaches 60.2%", "cross-iteration BN reaches 85.2%"]),
        (REGULARIZER, ["0.2 with statistics over 16", "0.25 with all 64", "+0.0 points"]),
        (REGULARIZER, ["0.16 without BN", "it 0.8 of that with all 64", "1.25 of that without BN"]),
    ],
)
def test_the_evidence_is_computed_from_the_rows(finding, numbers):
    said = finding.evidence(planted(tiny=BOTH_LOW, four=0.85, without=0.16))
    assert all(number in said for number in numbers), said


def test_the_slope_is_that_of_a_straight_line():
    rows = planted(tiny={}, exponent=(-0.5, -0.37)).by_seed()[0]
    assert slope(MEAN, rows) == pytest.approx(-0.5)
    assert slope(VARIANCE, rows) == pytest.approx(-0.37)


# --- the runs ---------------------------------------------------------------------------------------------


def test_a_small_run_measures_what_the_verdicts_need():
    setting = Setting(SMALL, synthetic(), 3)
    rows = Rows(tuple({**cell, "seed": 3, **LAB.measure(cell, setting)} for cell in cells(SMALL)))
    for row in rows:
        assert all(math.isfinite(each) for each in row.values() if isinstance(each, float))
    for finding in LAB.findings:
        assert verdict(finding, rows).word is Word.TOO_FEW
    for panel in LAB.panels:
        assert any({panel.by, panel.across, panel.value} <= row.keys() for row in rows)


def test_all_norms_begin_with_the_same_weights():
    begun = [fresh(stack(norm, 8, 2, 4), 5, 4).parameters for norm in (BN, LAYER, GROUP, RENORM, ACROSS)]
    for name in ("w1", "w2", "w3"):
        assert all(np.array_equal(each[name], begun[0][name]) for each in begun)


def test_the_step_that_is_walked_is_proven():
    _, step = LAB.walked(Setting(SMALL, synthetic(), 1))
    assert len(step.recording["x"]) == 4
    assert prove(step.recording) == ()


@pytest.mark.parametrize("size", [2, 8, 32])
def test_the_noise_of_the_mean_is_one_by_the_root(size):
    cell = {"kind": "noise", "statistic": MEAN, "size": size}
    found = noise_of(cell, Setting({**SMALL, "width": 32}, synthetic(), 2))["noise"]
    # A deviation from so many draws is off by 1 / sqrt(2 * draws) for a feature, and features are many.
    assert found == pytest.approx(size**-0.5, rel=2 / math.sqrt(2 * DRAWN_BATCHES))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"largest": 48}, "power of two"),
        ({"largest": 16}, "power of two"),
        ({"largest": 2048}, "power of two"),
        ({"groups": 5}, "5 groups do not divide 64"),
        ({"groups": 64}, "groups of 2 or more"),
        ({"samples": 255}, "not even one batch of 256"),
        ({"few": BATCH - 1}, "few must be"),
        ({"few": 1_439}, "few must be"),
    ],
)
def test_sizes_that_cannot_be(changed, said):
    assert said in check({**LAB.sizes, **changed})


def test_sizes_that_can_be():
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == check(SMALL) == ""
    assert counts(LAB.sizes["largest"]) == [2, 4, 8, 16, 32, 64, 128, 256]
    assert REFERENCE in counts(LAB.quick["largest"])


# --- what it rests on -------------------------------------------------------------------------------------


def passed_through(count, width=5, seed=0):
    """Run BN between linear layers: xhat, its gradient times ivar, and the gradient of BN's input."""
    net = network("one layer", together(dense(64, width), batchnorm(width, eps=0.0)), dense(width, 10))
    batch = split(synthetic(), seed).train.at(np.arange(count))
    recording = run_through(net, fresh(net, seed, count), batch, Mode.TRAIN)
    reached = {step.node.name: step.upstream for step in replay(recording, ONE)}
    return recording["xhat1"], reached["xhat1"] * recording["ivar1"], reached["h1"]


def test_few_features_of_two_samples_get_a_huge_gradient():
    setting = Setting({**SMALL, "width": 64}, synthetic(), 0)
    found = {size: gradient_of({"size": size}, setting) for size in (1, 2, 16)}
    assert (found[1]["xhat"], found[1]["passed"], found[1]["largest"]) == (0, 0, 0)
    assert found[2]["passed"] < 1e-3 < 10 < found[2]["largest"]
    assert 0.5 < found[16]["passed"] < 1
    assert found[16]["largest"] < 10


def test_the_largest_gradient_of_two_samples_is_where_they_nearly_coincide():
    """By hand: with samples d apart the variance is d²/4, and eps / (var + eps) of what is frozen is left."""
    count, width = 40, 64
    net = network("pairs", together(dense(64, width), batchnorm_in_groups(width, count, 2)), dense(width, 10))
    recording = run_through(
        net, fresh(net, 3, 2 * count), split(synthetic(), 3).train.at(np.arange(2 * count)), Mode.TRAIN
    )
    reached = {step.node.name: step.upstream for step in replay(recording, ONE)}
    pairs = recording["h1"].reshape(count, 2, width)
    variance = (pairs[:, 0] - pairs[:, 1]) ** 2 / 4
    incoming = reached["xhat1"].reshape(count, 2, width)
    half = (incoming[:, 0] - incoming[:, 1]) / 2
    lengths = np.sqrt(2) * np.abs(half) * 1e-5 / (variance + 1e-5) ** 1.5
    found = np.linalg.norm(reached["h1"].reshape(count, 2, width), axis=1)
    np.testing.assert_allclose(found, lengths, rtol=1e-6, atol=1e-12)
    assert variance.reshape(-1)[found.argmax()] < 1e-2 * np.median(variance)


def test_what_comes_back_has_no_part_along_one_and_xhat():
    count = 7
    xhat, frozen, found = passed_through(count)
    for at in range(frozen.shape[1]):
        directions = np.stack([np.ones(count), xhat[:, at]]) / math.sqrt(count)
        left = frozen[:, at] - directions.T @ (directions @ frozen[:, at])
        np.testing.assert_allclose(found[:, at], left, atol=1e-12)


def test_with_two_samples_xhat_is_a_sign_and_nothing_comes_back():
    xhat, frozen, found = passed_through(2)
    np.testing.assert_allclose(np.abs(xhat), 1.0)
    assert np.abs(found).max() < 1e-9 * np.abs(frozen).max()


def in_groups(groups, each, width=5):
    return network(
        "in groups", together(dense(64, width), batchnorm_in_groups(width, groups, each)), dense(width, 10)
    )


def test_statistics_in_one_group_are_those_of_batchnorm():
    samples = split(synthetic(), 0).train
    run = optimizer("sgd", 0.1)
    nets = [in_groups(1, 12), network("whole", together(dense(64, 5), batchnorm(5)), dense(5, 10))]
    ends = [last(training(net, samples, run, count=12, steps=4, seed=2)).after for net in nets]
    for part in ("parameters", "carried"):
        one, other = (getattr(end, part) for end in ends)
        assert one.keys() == other.keys()
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=1e-9, atol=1e-12)


def test_statistics_in_groups_are_each_group_s_own():
    net, batch = in_groups(3, 4), split(synthetic(), 0).train.at(np.arange(12))
    model = fresh(net, 1, 12)
    step = train_once(net, model, batch, optimizer("sgd", 0.1), None, 1, {})
    groups = step.recording["h1"].reshape(3, 4, 5)
    scaled = (groups - groups.mean(axis=1, keepdims=True)) / np.sqrt(groups.var(axis=1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(step.recording["xhat1"], scaled.reshape(12, 5), rtol=1e-9, atol=1e-12)
    variance = 0.9 * 1.0 + 0.1 * groups.var(axis=1, ddof=1).mean(axis=0)
    np.testing.assert_allclose(step.after.carried["rvar1"][0], variance)
    assert prove(step.recording) == ()
