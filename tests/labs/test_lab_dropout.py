"""The lab ``dropout``: its verdicts follow the rows, and its arms differ in what they say they do."""

import math

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.labs.dropout import COSTS, HALF, LAB, MORE, PERCENTS, SOME, UNLEARNED, cells, check
from bn_tutor.labs.dropout_runs import (
    AFTER,
    ARMS,
    BEFORE,
    BN,
    PLAIN,
    RESCALED,
    SCALED,
    UNSCALED,
    measure,
    stack,
    trained,
)
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import Mode, fresh
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import split, synthetic
from bn_tutor.labs.small_sets import Score, few_to_train, score
from bn_tutor.labs.training import LOST, accuracy, run_through

SMALL = {"width": 6, "few": 40, "batch": 10, "steps": 2}
SCALE, NEEDED, SHIFT, COST = LAB.findings


def planted(*, loss=None, right=None, rescaled=(0.2, 0.9), variance=None, retaken=None):
    """Rows of five seeds: test losses and accuracies by arm, and what dropout does at inference.

    ``retaken`` is by what the test loss is multiplied with the variance that is seen there.
    """
    losses, rights = loss or {}, right or {}
    variances, factors = variance or {BEFORE: 0.6}, retaken or {}

    def measured(cell, nudge):
        arm, far = cell["arm"], cell["percent"] not in (0, HALF)
        # What another share than a half does must not count.
        return {
            "test_loss": 9.0 if far else losses.get(arm, 0.2),
            "test_accuracy": 0.0 if far else rights.get(arm, 0.9) + nudge,
            "train_accuracy": 1.0,
            "size1": 9.0 if far else 2.0 + 10 * nudge,
            "size2": 9.0 if far else 4.0 + 10 * nudge,
            **({"rescaled_loss": rescaled[0], "rescaled_accuracy": rescaled[1]} if arm == UNSCALED else {}),
            **(of_variance(arm, far, nudge) if "BN" in arm else {}),
        }

    def of_variance(arm, far, nudge):
        return {
            "variance": 9.0 if far else variances.get(arm, 1.0),
            "retaken_loss": 9.0 if far else losses.get(arm, 0.2) * factors.get(arm, 1.0),
            "retaken_accuracy": 0.0 if far else 0.95 + nudge,
        }

    return Rows(
        tuple(
            {**cell, "seed": seed, **measured(cell, 0.001 * seed)}
            for seed in range(5)
            for cell in cells(LAB.sizes)
        )
    )


CASES = [
    (SCALE, {}, "nothing", Word.HOLDS),
    (SCALE, {"loss": {UNSCALED: 0.2 * (1 + 2 * MORE)}}, "confidence", Word.FAILS),
    (SCALE, {"loss": {UNSCALED: 0.6}, "right": {UNSCALED: 0.7}}, "classes", Word.FAILS),
    (SCALE, {"right": {UNSCALED: 0.7}}, "classes", Word.FAILS),
    (NEEDED, {}, "alike", Word.HOLDS),
    (NEEDED, {"loss": {BN: 0.3}}, "adds", Word.FAILS),
    (NEEDED, {"loss": {BN: 0.15}}, "harms", Word.HOLDS),
    # The mean of the two places counts.
    (NEEDED, {"loss": {BEFORE: 0.3, AFTER: 0.1}}, "alike", Word.HOLDS),
    (NEEDED, {"loss": {BEFORE: 0.2 * (1 - 3 * SOME)}}, "adds", Word.FAILS),
    (NEEDED, {"loss": {AFTER: 0.2 * (1 - 3 * SOME)}}, "adds", Word.FAILS),
    (SHIFT, {}, "smaller", Word.HOLDS),
    (SHIFT, {"variance": {BEFORE: 1.4}}, "larger", Word.HOLDS),
    (SHIFT, {"variance": {BEFORE: 0.98}}, "same", Word.FAILS),
    # What BN alone shows, too, does not come from dropout.
    (SHIFT, {"variance": {BEFORE: 0.6, BN: 0.6}}, "same", Word.FAILS),
    (SHIFT, {"variance": {BN: 0.6}}, "larger", Word.HOLDS),
    (COST, {}, "free", Word.FAILS),
    (COST, {"retaken": {BEFORE: 0.8}}, "costs", Word.HOLDS),
    (COST, {"retaken": {BEFORE: 1.2}}, "helps", Word.FAILS),
    (COST, {"retaken": {BEFORE: 0.8, BN: 0.8}}, "free", Word.FAILS),
    (COST, {"retaken": {BN: 0.8}}, "helps", Word.FAILS),
    (COST, {"retaken": {AFTER: 0.1}}, "free", Word.FAILS),
    (COST, {"retaken": {BEFORE: 1 - 0.9 * COSTS}}, "free", Word.FAILS),
    (COST, {"retaken": {BEFORE: 1 - 1.1 * COSTS}}, "costs", Word.HOLDS),
    # Networks that have learned nothing have nothing to lose.
    (SCALE, {"loss": {UNSCALED: LOST}, "rescaled": (LOST, 0.0)}, "untrained", Word.UNDECIDED),
    (SCALE, {"loss": {UNSCALED: 2 * UNLEARNED}, "rescaled": (UNLEARNED, 0.9)}, "untrained", Word.UNDECIDED),
    (SCALE, {"loss": {UNSCALED: LOST}}, "confidence", Word.FAILS),
    (SCALE, {"rescaled": (LOST, 0.0)}, "nothing", Word.HOLDS),
    (NEEDED, {"loss": {BN: LOST, BEFORE: LOST, AFTER: LOST}}, "untrained", Word.UNDECIDED),
    (NEEDED, {"loss": {BEFORE: LOST, AFTER: LOST}}, "harms", Word.HOLDS),
    (SHIFT, {"loss": {BEFORE: LOST}}, "untrained", Word.UNDECIDED),
    (SHIFT, {"loss": {BN: LOST}}, "untrained", Word.UNDECIDED),
    (COST, {"loss": {BEFORE: LOST}}, "untrained", Word.UNDECIDED),
    (COST, {"loss": {BN: LOST}}, "untrained", Word.UNDECIDED),
]


@pytest.mark.parametrize(("finding", "given", "outcome", "word"), CASES)
def test_the_verdict_follows_the_rows(finding, given, outcome, word):
    found = verdict(finding, planted(**given))
    assert (found.outcome, found.word) == (outcome, word)


def test_each_outcome_of_each_finding_is_planted_above():
    reached = {(finding.name, outcome) for finding, _, outcome, _ in CASES}
    assert reached == {(finding.name, name) for finding in LAB.findings for name in finding.outcomes}


@pytest.mark.parametrize(
    ("finding", "numbers"),
    [
        (SCALE, ["2.02 (2 to 2.04) times", "4.02 (4 to 4.04) times", "loss is 0.5 without", "0.2 with it"]),
        (NEEDED, ["is 0.3 with BN alone, 0.2 with", "0.24 with dropout after", "two is 0.733 of"]),
        (NEEDED, ["by +5.0 points", "90.2% (90.0% to 90.4%) without either"]),
        (SHIFT, ["0.6 with dropout before BN", "1 with dropout after", "0.8 without", "0.75 times as large"]),
        (
            COST,
            ["0.7 times as large with", "1.4 times without", "0.5 of one", "90.2% (90.0% to 90.4%) to 95"],
        ),
    ],
)
def test_the_evidence_is_computed_from_the_rows(finding, numbers):
    said = finding.evidence(
        planted(
            loss={UNSCALED: 0.5, BN: 0.3, AFTER: 0.24},
            right={BN: 0.85},
            variance={BEFORE: 0.6, BN: 0.8},
            retaken={BEFORE: 0.7, BN: 1.4},
        )
    )
    assert all(number in said for number in numbers), said


def test_a_loss_that_was_lost_is_not_told_as_a_number():
    rows = planted(loss={UNSCALED: LOST}, rescaled=(LOST, 0.0))
    assert "test loss is lost (training diverged) without" in SCALE.evidence(rows)
    one = Rows(tuple({**row, "test_loss": LOST if row["seed"] == 2 else 0.3} for row in planted()))
    said = SCALE.evidence(one)
    assert "test loss is from 0.3 to lost (it diverged) without" in said
    assert "1e+06" not in said


# --- the runs ---------------------------------------------------------------------------------------------


def test_a_small_run_measures_what_the_verdicts_need():
    setting = Setting(SMALL, synthetic(), 3)
    rows = Rows(tuple({**cell, "seed": 3, **LAB.measure(cell, setting)} for cell in cells(SMALL)))
    for row in rows:
        assert all(math.isfinite(each) for each in row.values() if isinstance(each, float))
        assert ("variance" in row) == ("retaken_loss" in row) == ARMS[row["arm"]].has_batchnorm
        assert ("rescaled_loss" in row) == (row["arm"] == UNSCALED)
    for finding in LAB.findings:
        assert verdict(finding, rows).word is Word.TOO_FEW
    for panel in LAB.panels:
        assert any({panel.by, panel.across, panel.value} <= row.keys() for row in rows)


def test_the_step_that_is_walked_is_proven():
    _, step = LAB.walked(Setting(SMALL, synthetic(), 1))
    assert "mask1" in step.recording.values
    assert prove(step.recording) == ()


def test_the_variance_alone_is_retaken():
    """The mean that is carried stays; with that of the training set the loss is another."""
    setting = Setting({**SMALL, "width": 12, "few": 80, "steps": 30}, synthetic(), 3)
    found = measure({"arm": BEFORE, "percent": HALF}, setting)
    net, data = stack(BEFORE, HALF, 12), few_to_train(setting.data(), 80)
    model = trained(net, setting, 30).after
    seen = run_through(net, model, data.train, Mode.INFERENCE)["h2"]
    model.carried["rvar2"][:] = seen.var(axis=0)
    assert found["retaken_loss"] == pytest.approx(score(net, model, data.test).loss)
    model.carried["rmu2"][:] = seen.mean(axis=0)
    assert found["retaken_loss"] != pytest.approx(score(net, model, data.test).loss, rel=1e-5)


def test_all_arms_begin_with_the_same_weights():
    begun = [fresh(stack(name, HALF, 6), 5, 4).parameters for name in ARMS]
    for name in ("w1", "w2", "w3"):
        assert all(np.array_equal(each[name], begun[0][name]) for each in begun)


def first_run(name, mode, percent=80):
    """Run an arm forward, at its first weights, on many samples."""
    net = stack(name, percent, 40)
    return run_through(net, fresh(net, 7, 600), split(synthetic(), 7).train.at(np.arange(600)), mode)


def test_the_scale_is_where_the_arm_says():
    names = (SCALED, UNSCALED, RESCALED)
    training, inference = ({name: first_run(name, mode)["drop1"].mean() for name in names} for mode in Mode)
    assert training[SCALED] == pytest.approx(5 * training[UNSCALED])
    assert training[RESCALED] == pytest.approx(training[UNSCALED])
    assert inference[SCALED] == pytest.approx(inference[UNSCALED])
    assert inference[RESCALED] == pytest.approx(inference[UNSCALED] / 5)
    assert inference[UNSCALED] / training[UNSCALED] == pytest.approx(5, rel=0.05)


def test_dropout_adds_variance_to_the_next_layer_and_leaves_its_mean():
    """Each part of a sum is kept with 1 - p, and scaled: its square times p / (1 - p) is added."""
    training, inference = (first_run(SCALED, mode, HALF) for mode in Mode)
    added = (inference["act1"] ** 2 @ inference["w2"] ** 2).mean(axis=0)
    seen, dropped = (run["h2"].var(axis=0) for run in (inference, training))
    assert dropped.mean() == pytest.approx((seen + added).mean(), rel=0.05)
    assert dropped.mean() > 1.3 * seen.mean()
    assert training["h2"].mean() == pytest.approx(inference["h2"].mean(), abs=0.05)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"batch": 1}, "from 2 to"),
        ({"batch": LAB.sizes["few"] + 1}, f"from 2 to {LAB.sizes['few']}"),
        ({"few": 1_439}, "only 1,438"),
    ],
)
def test_sizes_that_cannot_be(changed, said):
    assert said in check({**LAB.sizes, **changed})


def test_sizes_that_can_be():
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == check(SMALL) == ""


def test_each_arm_is_run_once_for_each_share():
    shares = {name: [cell["percent"] for cell in cells(SMALL) if cell["arm"] == name] for name in ARMS}
    assert shares == {
        PLAIN: [0],
        BN: [0],
        RESCALED: [],
        **{name: list(PERCENTS) for name in (SCALED, UNSCALED, BEFORE, AFTER)},
    }


# --- small sets -------------------------------------------------------------------------------------------


def test_all_that_is_not_trained_on_is_the_test():
    data = split(synthetic(), 4)
    few = few_to_train(data, 37)
    assert len(few.train) == 37
    assert np.array_equal(few.train.x, data.train.x[:37])
    assert len(few.test) == len(data.train) + len(data.test) - 37
    assert np.array_equal(few.test.labels[:5], data.train.labels[37:42])
    assert np.array_equal(few.test.x[-3:], data.test.x[-3:])


def test_a_score_is_accuracy_and_mean_cross_entropy():
    net, samples = stack(PLAIN, 0, 6), split(synthetic(), 4).test
    model = fresh(net, 1, len(samples))
    found = score(net, model, samples)
    scores = run_through(net, model, samples, Mode.INFERENCE)[net.scores]
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert found.loss == pytest.approx(-np.log((chances * samples.labels).sum(axis=1)).mean())
    assert found.accuracy == accuracy(net, model, samples)


def test_a_lost_network_has_a_score_too():
    net, samples = stack(PLAIN, 0, 6), split(synthetic(), 4).test
    model = fresh(net, 1, len(samples))
    model.parameters["w3"][:] = np.nan
    assert score(net, model, samples) == Score(0.0, LOST)
