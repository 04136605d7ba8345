"""The lab ``two-domains``: its verdicts follow the rows, and its ways of training are what it says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bn_tutor.engine.proof import prove
from bn_tutor.labs.domains import DOMAINS, INVERTED, PLAIN, domains
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import Mode
from bn_tutor.labs.panels import series_of
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import synthetic
from bn_tutor.labs.training import carried_on, run_through
from bn_tutor.labs.two_domains import (
    BLENDED,
    LAB,
    MIXED,
    MOST_SAMPLES,
    OWN,
    WAYS,
    WHOLE,
    begun,
    cells,
    check,
    halves,
    mixed_step,
    separate_step,
    stack,
    trained,
)

BEST, SEPARATE, WRONG, ALONE = LAB.findings
TINY = {"width": 5, "batch": 6, "samples": 9, "steps": 4, "repeats": 2}
SEEDS = range(5)


def setting(seed=3, **sizes):
    return Setting({**TINY, **sizes}, synthetic(), seed)


def rows(seeds=SEEDS, **planted):
    """Rows in which all measures of the last step are 0.9, but for what is planted, by way or by measure."""
    return Rows(
        tuple(
            {**cell, "seed": seed, **measured(cell, planted)} for seed in seeds for cell in cells(LAB.sizes)
        )
    )


def measured(cell, planted):
    if cell["step"] < LAB.sizes["steps"]:
        return dict.fromkeys(NAMES, 0.3)
    level = planted.get(cell["BN"], 0.9)
    return {**dict.fromkeys(NAMES, level), **planted.get("measured", {})}


NAMES = ("both", *(name + kind for name in DOMAINS for kind in ("", ", batch", ", wrong")))


def lower(*names, to=0.4):
    return {"measured": dict.fromkeys(names, to)}


@pytest.mark.parametrize(
    ("finding", "planted", "outcome", "word"),
    [
        (BEST, {}, "tie", Word.FAILS),
        (BEST, {OWN: 0.95}, "own", Word.HOLDS),
        (BEST, {WHOLE: 0.95}, "whole", Word.HOLDS),
        (BEST, {MIXED: 0.95}, "mixed", Word.FAILS),
        (BEST, {BLENDED: 0.95}, "passes", Word.FAILS),
        (BEST, {OWN: 0.95, WHOLE: 0.945}, "either-own", Word.HOLDS),
        (BEST, {MIXED: 0.95, BLENDED: 0.945}, "either-one", Word.FAILS),
        (BEST, {MIXED: 0.95, WHOLE: 0.945, BLENDED: 0.6}, "tie", Word.FAILS),
        (SEPARATE, {}, "none", Word.HOLDS),
        (SEPARATE, {BLENDED: 0.85}, "both", Word.FAILS),
        (SEPARATE, {BLENDED: 0.6, "measured": {PLAIN: 0.9}}, "one", Word.PARTLY),
        (SEPARATE, {BLENDED: 0.89}, "none", Word.HOLDS),
        (SEPARATE, {BLENDED: 0.2, **lower(INVERTED)}, "untold", Word.UNDECIDED),
        (BEST, dict.fromkeys(WAYS, 0.49), "untold", Word.UNDECIDED),
        (BEST, {**dict.fromkeys(WAYS, 0.3), OWN: 0.6}, "own", Word.HOLDS),
        (WRONG, {"measured": {PLAIN: 0.49, f"{PLAIN}, wrong": 0.1}}, "untold", Word.UNDECIDED),
        (WRONG, {OWN: 0.1}, "untold", Word.UNDECIDED),
        (WRONG, {MIXED: 0.1}, "none", Word.FAILS),
        (ALONE, {"measured": {INVERTED: 0.49, f"{PLAIN}, batch": 0.1}}, "untold", Word.UNDECIDED),
        (ALONE, {MIXED: 0.1}, "untold", Word.UNDECIDED),
        (ALONE, {OWN: 0.1}, "none", Word.HOLDS),
        (WRONG, {}, "none", Word.FAILS),
        (WRONG, lower(f"{INVERTED}, wrong"), "one", Word.PARTLY),
        (WRONG, lower(f"{PLAIN}, wrong", f"{INVERTED}, wrong"), "both", Word.HOLDS),
        (ALONE, {}, "none", Word.HOLDS),
        (ALONE, lower(f"{PLAIN}, batch"), "one", Word.PARTLY),
        (ALONE, lower(f"{PLAIN}, batch", f"{INVERTED}, batch"), "both", Word.FAILS),
    ],
)
def test_the_verdict_follows_the_rows(finding, planted, outcome, word):
    told = verdict(finding, rows(**planted))
    assert (told.outcome, told.word) == (outcome, word)


def test_every_way_has_an_outcome_of_its_own():
    told = {verdict(BEST, rows(**{way: 0.95})).outcome for way in WAYS}
    assert len(told) == len(WAYS) and told <= set(BEST.outcomes)


def test_seeds_that_differ_leave_it_undecided():
    both = Rows((*rows(range(3), **{OWN: 0.95}), *rows(range(3, 6), **{MIXED: 0.95})))
    assert verdict(BEST, both).word is Word.UNDECIDED


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (BEST, f"81.0% with {MIXED}, 72.4% with {BLENDED}, 90.0% with {OWN}, 90.0% with {WHOLE}"),
        (SEPARATE, "from 90.0% to 72.4% for plain images, and from 33.0% to 33.0% for inverted ones"),
        (WRONG, "from 90.0% to 11.0% for plain images, and from 33.0% to 90.0% for inverted ones"),
        (ALONE, "from 81.0% to 81.0% for plain images, and from 33.0% to 81.0% for inverted ones"),
    ],
)
def test_evidence_has_the_numbers_of_the_last_step(finding, said):
    planted = {MIXED: 0.81, BLENDED: 0.724, "measured": {f"{PLAIN}, wrong": 0.11, INVERTED: 0.33}}
    assert said in finding.evidence(rows(**planted))


# --- the ways of training ---------------------------------------------------------------------------------


def test_no_original_is_trained_on_twice_and_none_is_tested_that_was():
    count = TINY["samples"]
    marked = replace(synthetic(), images=np.linspace(0, 1, 1797)[:, np.newaxis] * np.ones(64))
    both = domains(Setting(TINY, marked, 0))
    assert [len(both.train[name]) for name in DOMAINS] == [count, count]
    assert [len(both.test[name]) for name in DOMAINS] == [1797 - 2 * count] * 2
    used = [tuple(row) for row in (*both.train[PLAIN].x, *both.test[PLAIN].x)]
    assert len(set(used)) == len(used)


def test_the_domains_are_two_distributions_under_one_normalization():
    dark = replace(synthetic(), images=synthetic().images * 0.3)
    both = domains(Setting({**TINY, "samples": 300}, dark, 3))
    pooled = np.concatenate([both.train[name].x for name in DOMAINS])
    assert np.allclose(pooled.mean(axis=0), 0)
    apart = both.train[PLAIN].x.mean() - both.train[INVERTED].x.mean()
    assert apart < -1
    assert np.array_equal(both.test[PLAIN].labels, both.test[INVERTED].labels)


def test_blended_and_own_averages_train_alike_and_a_whole_bn_does_not():
    net, given = stack(5), setting()
    train = domains(given).train
    one, own, whole = (trained(net, given, train, way, 3) for way in (BLENDED, OWN, WHOLE))
    for name, value in one.parameters[PLAIN].items():
        assert np.array_equal(value, own.parameters[PLAIN][name])
        assert np.array_equal(value, own.parameters[INVERTED][name])
        differ = not np.array_equal(whole.parameters[PLAIN][name], whole.parameters[INVERTED][name])
        assert differ == name.startswith(("gamma", "beta")), name


def test_a_separate_step_goes_along_the_mean_of_both_gradients():
    net, given = stack(5), setting()
    half = next(halves(given, domains(given).train))
    state = begun(net, given)
    after = separate_step(net, state, half, whole=False)
    twice = dict.fromkeys(DOMAINS, half[PLAIN])
    same = separate_step(net, state, twice, whole=False)
    other = separate_step(net, state, dict.fromkeys(DOMAINS, half[INVERTED]), whole=False)
    for name, value in after.parameters[PLAIN].items():
        assert np.allclose(value, (same.parameters[PLAIN][name] + other.parameters[PLAIN][name]) / 2)


def test_blended_averages_follow_one_domain_and_then_the_other():
    net, given = stack(5), setting()
    half, state = next(halves(given, domains(given).train)), begun(net, given)
    after = separate_step(net, state, half, whole=False)
    model = state.model(BLENDED, PLAIN)
    for name in DOMAINS:
        run = run_through(net, state.model(name, name), half[name], Mode.TRAIN)
        assert np.array_equal(after.averages[name]["rmu1"], carried_on(net, model, run)["rmu1"])
    runs = [run_through(net, model, half[name], Mode.TRAIN) for name in DOMAINS]
    wanted = 0.9 * (0.9 * model.carried["rmu1"] + 0.1 * runs[0]["mu1"]) + 0.1 * runs[1]["mu1"]
    assert np.allclose(after.averages[BLENDED]["rmu1"], wanted)


def test_a_mixed_batch_is_of_the_same_samples():
    net, given = stack(5), setting()
    half = next(halves(given, domains(given).train))
    step = mixed_step(net, begun(net, given), half, 1)
    assert np.array_equal(step.recording["x"], np.concatenate([half[name].x for name in DOMAINS]))


# --- real runs --------------------------------------------------------------------------------------------


def test_a_tiny_run_measures_finite_numbers_for_each_panel():
    found = Rows(
        tuple(
            {**cell, "seed": 3, **LAB.measure(cell, setting(repeats=1, samples=700))}
            for cell in cells(TINY)
            if cell["step"] == TINY["steps"]
        )
    )
    assert all(math.isfinite(v) for row in found for v in row.values() if isinstance(v, float))
    shown = [len(series_of(panel, found)) for panel in LAB.panels]
    assert shown == [len(WAYS)] * 5 + [2, 2]


def test_gradients_of_the_step_that_is_walked_are_proven():
    _, step = LAB.walked(setting())
    assert prove(step.recording) == ()


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"batch": 2}, "batch must be 4, 6, 8"),
        ({"batch": 7}, "batch must be 4, 6, 8"),
        ({"batch": 20, "samples": 9}, "10 to 719 samples"),
        ({"samples": MOST_SAMPLES + 1}, "to 719 samples"),
        ({"steps": 3}, "4 steps or more"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(sizes, said):
    assert said in check({**LAB.sizes, **sizes})


def test_the_sizes_of_the_lab_are_not_refused():
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == check(TINY) == ""


def test_a_network_that_has_learned_nothing_proves_nothing():
    found = rows(**dict.fromkeys(WAYS, 0.1))
    assert {verdict(finding, found).word for finding in LAB.findings} == {Word.UNDECIDED}


def test_every_finding_has_a_way_out():
    assert all(finding.outcomes["untold"].word is Word.UNDECIDED for finding in LAB.findings)
