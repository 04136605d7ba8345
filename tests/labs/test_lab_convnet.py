"""The lab ``convnet``: its verdicts follow the rows, and company at inference changes nothing."""

import math

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.labs.convnet import (
    COMPANY,
    EPOCHS,
    GOOD,
    LAB,
    LOOKED_AT,
    NEAR,
    ROUNDS,
    cells,
    check,
    convnet,
    in_company,
    measure,
)
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import Mode, fresh
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import split, synthetic
from bn_tutor.labs.training import scores_of

SMALL = {"filters": 2, "width": 3, "batch": 719, "epochs": 1}
COMPANIES, ACCURACY = LAB.findings


def planted(*, changing=(0.1, 0.0), reached=(0.98, 0.98), epochs=20):
    """Rows of five seeds: what is measured in training mode and at inference, after the longest training."""

    def measured(cell, nudge):
        at = list(Mode).index(Mode(cell["mode"]))
        if cell["epochs"] != epochs:
            # What is measured earlier must not count.
            return {"accuracy": 0.5, "changing": 0.5, "most classes": 9.0}
        share = changing[at] * (1 + nudge)
        return {"accuracy": reached[at] + nudge, "changing": share, "most classes": 3.0 if share else 1.0}

    return Rows(
        tuple(
            {**cell, "seed": seed, **measured(cell, 0.001 * seed)}
            for seed in range(5)
            for cell in cells({**LAB.sizes, "epochs": epochs})
        )
    )


CASES = [
    (COMPANIES, {}, "training", Word.FAILS),
    (COMPANIES, {"changing": (0.1, 0.01)}, "both", Word.FAILS),
    (COMPANIES, {"changing": (0.0, 0.01)}, "inference", Word.HOLDS),
    (COMPANIES, {"changing": (0.0, 0.0)}, "neither", Word.HOLDS),
    (ACCURACY, {}, "good", Word.HOLDS),
    (ACCURACY, {"reached": (0.98, GOOD - 0.01)}, "near", Word.PARTLY),
    (ACCURACY, {"reached": (0.98, NEAR - 0.01)}, "bad", Word.FAILS),
    # It is inference that counts.
    (ACCURACY, {"reached": (0.5, GOOD)}, "good", Word.HOLDS),
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
        (
            COMPANIES,
            [
                f"{ROUNDS} random batches of {COMPANY}",
                "20.0% (20.0% to 20.1%) in",
                "0.0% with",
                "as many as 3 in",
            ],
        ),
        (ACCURACY, ["After 20 epochs", "97.2% (97.0% to 97.4%) with frozen", "91.2% (91.0% to 91.4%) in"]),
    ],
)
def test_the_evidence_is_computed_from_the_rows(finding, numbers):
    said = finding.evidence(planted(changing=(0.2, 0.0), reached=(0.91, 0.97)))
    assert all(number in said for number in numbers), said


# --- the runs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "trained"),
    [
        (1, [1]),
        (2, [1, 2]),
        (3, [1, 2, 3]),
        (16, [1, 2, 4, 8, 16]),
        (20, [1, 2, 4, 8, 16, 20]),
        (40, [*EPOCHS, 40]),
    ],
)
def test_as_many_epochs_are_trained_as_are_asked_for(asked, trained):
    run = cells({**LAB.sizes, "epochs": asked})
    for mode in Mode:
        assert [cell["epochs"] for cell in run if cell["mode"] == mode.value] == trained


def test_a_small_run_measures_what_the_verdicts_need():
    setting = Setting(SMALL, synthetic(), 3)
    rows = Rows(tuple({**cell, "seed": 3, **LAB.measure(cell, setting)} for cell in cells(SMALL)))
    assert len(rows) == 2
    for row in rows:
        assert {"accuracy", "changing", "most classes"} <= row.keys()
        assert all(math.isfinite(each) for each in row.values() if isinstance(each, float))
    for finding in LAB.findings:
        assert verdict(finding, rows).word is Word.TOO_FEW
    for panel in LAB.panels:
        assert any({panel.by, panel.across, panel.value} <= row.keys() for row in rows)


def test_company_changes_answers_in_training_mode_alone():
    setting = Setting(SMALL, synthetic(), 4)
    found = {
        mode: measure({"mode": mode.value, "epochs": 1}, setting)["changing"]
        for mode in (Mode.TRAIN, Mode.INFERENCE)
    }
    assert found[Mode.INFERENCE] == 0
    assert found[Mode.TRAIN] > 0.1


def test_scores_at_inference_are_the_same_alone_and_in_company():
    net, samples = convnet(2, 3), split(synthetic(), 5).test.at(np.arange(6))
    model = fresh(net, 5, 6)
    alone = np.concatenate([scores_of(net, model, samples.at(np.array([at]))) for at in range(6)])
    np.testing.assert_allclose(scores_of(net, model, samples), alone, rtol=1e-9, atol=1e-12)
    trained = scores_of(net, model, samples, Mode.TRAIN)
    others = scores_of(net, model, samples.at(np.arange(4)), Mode.TRAIN)
    assert np.abs(trained[:4] - others).max() > 1e-3


def test_each_sample_is_in_a_company_of_the_right_size_in_each_round():
    net, samples = convnet(2, 3), split(synthetic(), 5).test.at(np.arange(LOOKED_AT))
    found = in_company(net, fresh(net, 5, COMPANY), samples, Mode.INFERENCE, 6)
    assert found.shape == (ROUNDS, LOOKED_AT)
    expected = scores_of(net, fresh(net, 5, COMPANY), samples).argmax(axis=1)
    # The classes are put back in the samples' own order.
    assert np.array_equal(found, np.tile(expected, (ROUNDS, 1)))
    assert len(np.unique(expected)) > 1
    assert LOOKED_AT % COMPANY == 0


def test_the_step_that_is_walked_is_proven():
    _, step = LAB.walked(Setting({**SMALL, "batch": 5}, synthetic(), 1))
    assert (step.number, len(step.recording["x"])) == (2, 5)
    assert prove(step.recording) == ()


def test_sizes():
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == check(SMALL) == ""
    assert "2 samples or more" in check({**LAB.sizes, "batch": 1})
