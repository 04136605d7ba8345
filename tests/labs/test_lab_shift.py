"""The lab ``shift``: its verdicts follow the rows, and the shift is measured as it is told."""

import math

import numpy as np
import pytest

from bn_tutor.course.draws import normal, source_of
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.blocks import batchnorm, dense, dropout, moving_noise, relu, together
from bn_tutor.labs.covariate_shift import (
    AMOUNTS,
    ARMS,
    NORMED,
    PLAIN,
    apart,
    layer_inputs,
    middle,
    noisy,
    shift,
    stack,
    turned,
    turning,
)
from bn_tutor.labs.lab import Setting, Word, verdict
from bn_tutor.labs.network import Mode, Model, fresh, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Rows
from bn_tutor.labs.samples import Samples, split, synthetic
from bn_tutor.labs.shift import EVERY, LAB, RATES, cells, check, enough, kept
from bn_tutor.labs.training import ONE, carried_on, last, run_through, training

CAUSE, DOSE, LESS, GRADIENTS = LAB.findings
SEEDS = range(5)
MOVED = (0.2, 0.02, 0.4, 0.8, 1.2)


def rows(accuracies, shifts=MOVED, seeds=SEEDS, turns=(1.0, 1.1)):
    """Rows with these accuracies and shifts of the arms at the middle rate, and worse ones at the others."""
    turns = (*turns, None, None, None)
    best = dict(zip(ARMS, zip(accuracies, shifts, turns, strict=True), strict=True))
    return Rows(
        tuple({**cell, "seed": seed, **measured(cell, best)} for seed in seeds for cell in cells(LAB.sizes))
    )


def measured(cell, best):
    accuracy, moved, turn = best[cell["arm"]]
    if cell["rate"] != RATES[1]:
        # Off the best rate nothing counts: neither accuracy nor shift.
        accuracy, moved, turn = 0.0, 9.0, 9.0
    found = {"training": accuracy, "test": accuracy, "shift": moved, "gradient shift": turn, "steps": 5.0}
    # What is not measured is absent.
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("accuracies", "shifts", "outcome", "word"),
    [
        ((0.5, 0.9, 0.8, 0.6, 0.5), MOVED, "stays", Word.FAILS),
        ((0.5, 0.9, 0.62, 0.6, 0.5), MOVED, "part", Word.PARTLY),
        ((0.5, 0.9, 0.5, 0.4, 0.3), MOVED, "vanishes", Word.UNDECIDED),
        ((0.5, 0.9, 0.3, 0.4, 0.3), MOVED, "vanishes", Word.UNDECIDED),
        # The least noise moves the inputs less than they move without BN: the next counts.
        ((0.5, 0.9, 0.9, 0.5, 0.3), (0.5, 0.02, 0.4, 0.8, 1.2), "vanishes", Word.UNDECIDED),
        # A plain net that is lost or dead: how much it moves is not known, and nothing is enough.
        ((0.1, 0.9, 0.9, 0.9, 0.9), (None, 0.02, 0.4, 0.8, 1.2), "untold", Word.UNDECIDED),
        # An arm that was lost moves enough for nothing; the next counts.
        ((0.5, 0.9, 0.5, 0.8, 0.3), (0.2, 0.02, None, 0.8, 1.2), "stays", Word.FAILS),
        ((0.5, 0.9, 0.9, 0.9, 0.9), (2.0, 0.02, 0.4, 0.8, 1.2), "untold", Word.UNDECIDED),
        ((0.9, 0.9, 0.9, 0.9, 0.9), MOVED, "untold", Word.UNDECIDED),
        ((0.9, 0.5, 0.9, 0.9, 0.9), MOVED, "untold", Word.UNDECIDED),
    ],
)
def test_the_cause(accuracies, shifts, outcome, word):
    told = verdict(CAUSE, rows(accuracies, shifts))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("accuracies", "outcome", "word"),
    [
        ((0.5, 0.9, 0.9, 0.85, 0.8), "steady", Word.HOLDS),
        ((0.5, 0.9, 0.8, 0.6, 0.4), "falls", Word.FAILS),
        ((0.5, 0.9, 0.5, 0.8, 0.4), "mixed", Word.FAILS),
        ((0.9, 0.9, 0.5, 0.8, 0.4), "untold", Word.UNDECIDED),
    ],
)
def test_the_dose(accuracies, outcome, word):
    told = verdict(DOSE, rows(accuracies))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("plain", "normed", "outcome", "word"),
    [
        (0.2, 0.02, "less", Word.HOLDS),
        (0.2, 0.15, "alike", Word.FAILS),
        (0.2, 0.5, "more", Word.FAILS),
        (None, 0.02, "untold", Word.UNDECIDED),
        (0.2, None, "untold", Word.UNDECIDED),
        (math.nan, 0.02, "untold", Word.UNDECIDED),
    ],
)
def test_the_shift_itself(plain, normed, outcome, word):
    told = verdict(LESS, rows((0.5, 0.9, 0.8, 0.7, 0.6), (plain, normed, 1.0, 1.0, 1.0)))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("plain", "normed", "outcome", "word"),
    [
        (1.0, 0.6, "less", Word.HOLDS),
        (1.0, 0.8, "not", Word.FAILS),
        (1.0, 1.7, "not", Word.FAILS),
        (None, 0.6, "untold", Word.UNDECIDED),
        (1.0, None, "untold", Word.UNDECIDED),
    ],
)
def test_the_shift_of_gradients(plain, normed, outcome, word):
    told = verdict(GRADIENTS, rows((0.5, 0.9, 0.8, 0.7, 0.6), turns=(plain, normed)))
    assert (told.outcome, told.word) == (outcome, word)


@pytest.mark.parametrize(
    ("finding", "reached"),
    [
        (CAUSE, {"stays", "part", "vanishes", "untold"}),
        (DOSE, {"steady", "falls", "mixed", "untold"}),
        (LESS, {"less", "alike", "more", "untold"}),
        (GRADIENTS, {"less", "not", "untold"}),
    ],
)
def test_every_outcome_is_one_that_is_reached_above(finding, reached):
    assert set(finding.outcomes) == reached


def test_evidence_has_the_numbers_of_the_rows():
    some = Rows((*rows((0.5, 0.9, 0.8, 0.6, 0.4), seeds=[0]), *rows((0.5, 0.7, 0.62, 0.6, 0.4), seeds=[1])))
    told = CAUSE.evidence(some)
    assert "80% (70% to 90%) with BN" in told
    assert "Shift: 0.2 without BN, 0.02 with BN, 0.4 with BN moved by 0.3." in told
    assert "68% (60% to 75%) of the benefit is left" in told
    assert "-38% (-50% to -25%) with BN moved by 1." in DOSE.evidence(some)
    assert "0.2 without BN, 0.02 with BN" in LESS.evidence(some)
    assert "of its size: 1.00 without BN, 1.10 with BN." in GRADIENTS.evidence(some)
    assert "best without BN: 1.00 without BN, 1.10 with BN." in GRADIENTS.evidence(some)


def test_evidence_leaves_out_what_is_not_measured():
    accuracies, lost = (0.5, 0.9, 0.8, 0.6, 0.4), (None, *MOVED[1:])
    one = Rows((*rows(accuracies, seeds=[0]), *rows(accuracies, lost, seeds=[1], turns=(None, 1.1))))
    assert "Shift: 0.2 without BN, 0.02 with BN" in CAUSE.evidence(one)
    assert "of its size: 1.00 without BN, 1.10 with BN." in GRADIENTS.evidence(one)
    none = rows(accuracies, lost)
    assert "Shift: not measured without BN, 0.02 with BN" in CAUSE.evidence(none)
    assert "nan" not in CAUSE.evidence(none) + LESS.evidence(none) + GRADIENTS.evidence(none)


def test_evidence_shares_out_no_benefit_that_is_not_there():
    none = rows((0.9, 0.9, 0.9, 0.9, 0.9))
    assert "benefit" not in CAUSE.evidence(none)
    assert "BN gains 0.0%" in DOSE.evidence(none)
    one = Rows((*rows((0.9, 0.9, 0.9, 0.9, 0.9), seeds=[0]), *rows((0.5, 0.9, 0.8, 0.7, 0.6), seeds=[1])))
    assert "75% of the benefit is left" in CAUSE.evidence(one)


def test_each_arm_counts_at_its_best_rate():
    own = rows((0.5, 0.9, 0.8, 0.7, 0.6), seeds=[0])
    assert kept(own, noisy(AMOUNTS[0])) == pytest.approx(0.75)
    assert enough(own) == noisy(AMOUNTS[0])


def test_shift_is_the_distance_of_means_and_deviations():
    before = normal(source_of(4, "x"), (2000, 3))
    before = (before - before.mean(axis=0)) / before.std(axis=0)
    assert shift(before, before) == 0.0
    assert shift(before, before + np.array([0.3, 0.3, -0.3])) == pytest.approx(0.3)
    assert shift(before, before * np.array([1.4, 0.6, 1.4])) == pytest.approx(0.4)
    assert shift(before, 1.4 * before + 0.3) == pytest.approx(0.5)
    # It is a share of the deviation, whatever the unit.
    assert shift(7 * before, 7 * (before + 0.3)) == pytest.approx(0.3)


def test_all_arms_begin_alike():
    models = [fresh(stack(arm, 5, 3), 7, 4).parameters for arm in ARMS]
    for name in ("w1", "w2", "w3", "w4"):
        assert all(np.array_equal(models[0][name], model[name]) for model in models)


@pytest.mark.parametrize("mode", list(Mode))
def test_blocks_together_compute_what_they_do_in_a_row(mode):
    parts = [dense(64, 6), batchnorm(6), moving_noise(6, 0.5, 0.5), dropout(6, 0.4), relu()]
    one, five = network("one", together(*parts), dense(6, 10)), network("five", *parts, dense(6, 10))
    batch = split(synthetic(), 1).train.at(np.arange(9))
    model = moved_away(fresh(one, 3, 9))
    runs = [
        run_through(net, renumbered(model, net), batch, mode, source_of(1, "draws")) for net in (one, five)
    ]
    assert np.array_equal(runs[0][one.scores], runs[1][five.scores])
    if mode is Mode.TRAIN:
        kept_on = [after(net, model, run) for net, run in zip((one, five), runs, strict=True)]
        assert all(np.array_equal(*pair) for pair in zip(*kept_on, strict=True))


def moved_away(model):
    """Return a model in which no number is 0 or 1, which would hide mistakes."""
    parameters = {k: v + 0.3 * normal(source_of(5, k), v.shape) for k, v in model.parameters.items()}
    carried = {k: v + 0.2 + np.abs(normal(source_of(5, k), v.shape)) for k, v in model.carried.items()}
    return Model(parameters, carried)


def after(net, model, run):
    return carried_on(net, renumbered(model, net), run).values()


def renumbered(model, net):
    """Return the same numbers under another network's names, which come in the same order."""
    return Model(
        dict(zip(net.parameters, model.parameters.values(), strict=True)),
        dict(zip(net.carried, model.carried.values(), strict=True)),
    )


def test_the_inputs_of_the_layers_are_what_the_relus_get():
    for arm in ARMS:
        lines = "\n".join(block.lines for block in stack(arm, 5, 3).blocks)
        assert [f"relu({name})" in lines for name in layer_inputs(arm, 3)] == [True] * 3
    assert layer_inputs(PLAIN, 1) == ["h1"] and layer_inputs(NORMED, 1) == ["bn1"]


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("rate", [0.1, 1e200])
def test_a_tiny_run_measures_finite_numbers(arm, rate):
    sizes = {"width": 4, "layers": 2, "batch": 16, "steps": EVERY}
    found = LAB.measure({"arm": arm, "rate": rate}, Setting(sizes, synthetic(), 3))
    turns = {"gradient shift", "cosine"} if arm in (PLAIN, NORMED) else set()
    # Where the loss is lost before the first measurement, there is none.
    moves = {"shift", *turns} if rate < 1 else set()
    assert {"training", "test", "steps", *moves} <= set(found)
    assert rate < 1 or arm != PLAIN or not {"shift", *turns} & set(found)
    assert all(math.isfinite(value) for value in found.values())


def test_a_dead_network_has_not_moved():
    sizes = {"width": 1, "layers": 12, "batch": 16, "steps": EVERY}
    found = LAB.measure({"arm": PLAIN, "rate": 0.05}, Setting(sizes, synthetic(), 3))
    assert not {"shift", "gradient shift", "cosine"} & set(found)


def test_the_middle_of_nothing_and_of_no_move_is_no_number():
    assert middle([0.3, math.nan, 0.1, math.inf, 0.2]) == 0.2
    assert math.isnan(middle([])) and math.isnan(middle([math.nan])) and math.isnan(middle([0.0, 0.0]))


# --- the shift of gradients -------------------------------------------------------------------------------


def one_step(arm, layers=3, rate=0.3):
    net = stack(arm, 5, layers)
    steps = training(net, split(synthetic(), 1).train, optimizer("sgd", rate), count=9, steps=2, seed=2)
    return net, last(steps)


@pytest.mark.parametrize("arm", [PLAIN, NORMED])
@pytest.mark.parametrize("layer", [2, 3, 4])
def test_a_gradient_turns_by_the_step_of_the_layers_before_it_alone(arm, layer):
    net, step = one_step(arm)
    mixed = {
        # The number of the layer is the last letter of a name.
        name: (step.after if int(name[-1]) < layer else step.before).parameters[name]
        for name in net.parameters
    }
    batch = Samples(step.recording["x"], step.recording["labels"])
    now = gradients(run_through(net, Model(mixed, step.before.carried), batch, Mode.TRAIN), ONE)[f"w{layer}"]
    was = step.gradients[f"w{layer}"]
    found = turned(net, step, layer)
    assert found.change == pytest.approx(np.linalg.norm(now - was) / np.linalg.norm(was)) != 0
    assert found.cosine == pytest.approx(np.vdot(now, was) / np.linalg.norm(now) / np.linalg.norm(was))


def test_the_first_layer_has_none_before_it_and_does_not_turn():
    net, step = one_step(NORMED)
    found = turned(net, step, 1)
    assert (found.change, found.cosine) == (0.0, pytest.approx(1.0))


def test_a_gradient_that_is_not_there_turns_by_no_number():
    some = normal(source_of(3, "g"), (4, 3))
    assert math.isnan(apart(0 * some, some).change) and math.isnan(apart(0 * some, some).cosine)
    assert apart(some, -some).change == pytest.approx(2.0) and apart(some, -some).cosine == pytest.approx(
        -1.0
    )


def test_gradients_are_compared_in_layers_that_have_others_before_them():
    assert turning(PLAIN, 10) == [6, 10] and turning(NORMED, 2) == [2] and turning(PLAIN, 1) == [2]
    assert turning(noisy(AMOUNTS[0]), 10) == []


def test_noise_moves_the_inputs_and_bn_alone_hardly_does():
    sizes = {"width": 8, "layers": 2, "batch": 32, "steps": EVERY}
    moved = {
        arm: LAB.measure({"arm": arm, "rate": 0.05}, Setting(sizes, synthetic(), 3))["shift"] for arm in ARMS
    }
    assert 0 < moved[NORMED] < 0.02 < 0.2 < moved[noisy(AMOUNTS[0])] < moved[noisy(AMOUNTS[-1])]


def test_gradients_of_the_step_that_is_walked_are_proven():
    sizes = {"width": 4, "layers": 2, "batch": 7, "steps": EVERY}
    _, step = LAB.walked(Setting(sizes, synthetic(), 1))
    assert prove(step.recording) == ()


def test_sizes_that_make_no_sense_are_refused():
    assert "variance" in check({**LAB.sizes, "batch": 1})
    assert str(EVERY) in check({**LAB.sizes, "steps": EVERY - 1})
    assert check(LAB.sizes) == check({**LAB.sizes, **LAB.quick}) == ""
