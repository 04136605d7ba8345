"""Training: gradients of whole networks against differences, steps against formulas, data and batches."""

from itertools import islice

import numpy as np
import pytest

from bn_tutor.course.draws import source_of
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.blocks import batchnorm, dense, dense_across_steps, dropout, relu
from bn_tutor.labs.convnet import convnet
from bn_tutor.labs.digits import digits
from bn_tutor.labs.network import Mode, Model, fresh, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.samples import TRAIN_COUNT, batches, one_hot, permutation, split, synthetic
from bn_tutor.labs.training import ONE, accuracy, last, run_through, scores_of, train_once, training

SOURCE = synthetic(3)
DATA = split(SOURCE, 1)


def net_with(*middle, width=6):
    return network("test", dense(64, width), *middle, relu(), dense(width, 10, gain=1.0))


# --- whole gradients --------------------------------------------------------------------------------------


def loss_at(net, model, batch, name, place, value):
    changed = model.parameters[name].copy()
    changed[place] = value
    moved = Model({**model.parameters, name: changed}, model.carried)
    return float(run_through(net, moved, batch, Mode.TRAIN).output)


@pytest.mark.parametrize("net", [convnet(2, 3), net_with(batchnorm(6))], ids=["convnet", "dense"])
def test_the_gradient_of_every_parameter_agrees_with_differences_of_the_loss(net):
    batch = DATA.train.at(np.arange(5))
    model = fresh(net, 4, 5)
    found = gradients(run_through(net, model, batch, Mode.TRAIN), ONE)
    chosen, step = source_of(0, "places"), 1e-5
    for name, value in model.parameters.items():
        # Chosen among the larger ones: what is zero but for rounding says nothing.
        places = np.argsort(-np.abs(found[name]), axis=None)[: max(value.size // 2, 1)]
        place = np.unravel_index(places[chosen.randrange(len(places))], value.shape)
        ends = [
            loss_at(net, model, batch, name, place, value[place] + each * step) for each in (2, 1, -1, -2)
        ]
        numeric = (8 * (ends[1] - ends[2]) - (ends[0] - ends[3])) / (12 * step)
        assert found[name][place] == pytest.approx(numeric, rel=1e-5, abs=1e-9), name


def test_a_bias_before_batchnorm_gets_no_gradient():
    net = net_with(batchnorm(6))
    found = gradients(run_through(net, fresh(net, 0, 9), DATA.train.at(np.arange(9)), Mode.TRAIN), ONE)
    assert np.abs(found["b1"]).max() < 1e-15
    assert np.abs(found["b4"]).max() > 1e-3


# --- steps ------------------------------------------------------------------------------------------------


def steps_of(name, gradients_seen, rate=0.5):
    parameter, memory, seen = np.array([1.0, -2.0]), (), []
    for number, gradient in enumerate(gradients_seen, 1):
        parameter, memory = optimizer(name, rate)(parameter, np.asarray(gradient), memory, number)
        seen.append(parameter)
    return seen


def test_descent_goes_downhill():
    np.testing.assert_allclose(steps_of("sgd", [[1.0, 4.0], [2.0, 0.0]])[-1], [1 - 0.5 - 1.0, -2 - 2.0])


def test_momentum_keeps_nine_tenths_of_its_velocity():
    first, second = steps_of("momentum", [[1.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(first, [0.5, -4.0])
    np.testing.assert_allclose(second - first, 0.9 * (first - [1.0, -2.0]))


def test_the_first_step_of_adam_is_its_rate_whatever_the_gradient():
    np.testing.assert_allclose(steps_of("adam", [[1e-3, -400.0]])[0], [0.5, -1.5], rtol=1e-4)


def test_adam_corrects_both_means_for_their_start():
    gradients_seen = [[1.0, 2.0], [3.0, -1.0]]
    first, second = np.zeros(2), np.zeros(2)
    parameter = np.array([1.0, -2.0])
    for number, gradient in enumerate(np.array(gradients_seen), 1):
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        mean, square = first / (1 - 0.9**number), second / (1 - 0.999**number)
        parameter = parameter - 0.5 * mean / (np.sqrt(square) + 1e-8)
    np.testing.assert_allclose(steps_of("adam", gradients_seen)[-1], parameter, rtol=1e-12)


def test_running_averages_follow_the_batch_with_the_unbiased_variance():
    net = net_with(batchnorm(6, keep=0.75))
    step = train_once(
        net, fresh(net, 0, 9), DATA.train.at(np.arange(9)), optimizer("sgd", 0.1), source_of(0, "d"), 1, {}
    )
    h = step.recording["h1"]
    np.testing.assert_allclose(step.after.carried["rmu2"][0], 0.25 * h.mean(axis=0))
    np.testing.assert_allclose(step.after.carried["rvar2"][0], 0.75 + 0.25 * h.var(axis=0, ddof=1))


def test_the_variance_across_steps_is_unbiased_over_all_their_samples():
    net = network("across", dense_across_steps(64, 6, steps=4, keep=0.0), relu(), dense(6, 10))
    *_, step = training(net, DATA.train, optimizer("sgd", 0.1), count=5, steps=6, seed=0)
    np.testing.assert_allclose(step.after.carried["rvar1"], step.recording["var1"] * 20 / 19)


def test_a_batch_of_one_has_no_unbiased_variance_and_trains_on():
    net = net_with(batchnorm(6))
    step = last(training(net, DATA.train, optimizer("sgd", 0.1), count=1, steps=3, seed=0))
    assert np.isfinite(step.loss)
    assert all(np.all(np.isfinite(each)) for each in step.after.carried.values())


def test_past_steps_are_handed_on():
    net = network("past", dense_across_steps(64, 6), relu(), dense(6, 10))
    first, second, third = training(net, DATA.train, optimizer("sgd", 0.1), count=8, steps=3, seed=0)
    np.testing.assert_array_equal(third.recording["x1_1"], second.recording["x"])
    np.testing.assert_array_equal(third.recording["x2_1"], first.recording["x"])
    np.testing.assert_array_equal(third.recording["w2_1"], first.before.parameters["w1"])


# --- runs -------------------------------------------------------------------------------------------------


def run(seed=0, rate=0.1, steps=40, net=None):
    net = net or net_with(batchnorm(16), dropout(16, 0.2), width=16)
    return net, last(training(net, DATA.train, optimizer("sgd", rate), count=32, steps=steps, seed=seed))


def test_training_learns_and_is_the_same_for_the_same_seed():
    net, step = run()
    assert accuracy(net, step.after, DATA.test) > 0.5
    again, other = run()[1], run(seed=1)[1]
    assert again.loss == step.loss
    assert other.loss != step.loss


def test_a_run_that_is_lost_ends_early():
    _, step = run(rate=1e9, net=net_with(width=16))
    assert step.is_lost
    assert step.number < 40


def test_scores_that_are_no_numbers_get_nothing_right():
    net, step = run(steps=2)
    broken = Model({**step.after.parameters, "b5": np.full(10, np.nan)}, step.after.carried)
    assert accuracy(net, broken, DATA.test) == 0.0


def test_frozen_statistics_make_a_sample_independent_of_its_company():
    net, step = run()
    some, others = DATA.test.at(np.arange(0, 20)), DATA.test.at(np.r_[0, 40:59])
    frozen = [scores_of(net, step.after, each)[0] for each in (some, others)]
    np.testing.assert_allclose(*frozen, rtol=1e-12)
    trained = [scores_of(net, step.after, each, Mode.TRAIN)[0] for each in (some, others)]
    assert np.abs(trained[0] - trained[1]).max() > 1e-3


# --- data -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [digits(), synthetic()], ids=["digits", "synthetic"])
def test_data_are_split_and_normalized_by_their_training_part(source):
    data = split(source, 0)
    assert len(data.train) == TRAIN_COUNT
    assert len(data.train) + len(data.test) == len(source.images)
    np.testing.assert_allclose(data.train.x.mean(axis=0), 0, atol=1e-12)
    assert data.train.labels.sum(axis=1).tolist() == [1.0] * TRAIN_COUNT
    # No image is in both parts.
    rows = {tuple(each) for each in np.round(data.train.x, 9)}
    assert not any(tuple(each) in rows for each in np.round(data.test.x, 9))
    assert not np.array_equal(split(source, 1).train.x, data.train.x)


def test_the_digits_are_the_digits():
    source = digits()
    assert source.images.shape == (1797, 64)
    assert source.images.min() == 0.0
    assert source.images.max() == 1.0
    assert np.bincount(source.classes).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_synthetic_set_is_made_from_its_seed():
    np.testing.assert_array_equal(synthetic(5).images, synthetic(5).images)
    assert not np.array_equal(synthetic(5).images, synthetic(6).images)
    assert set(synthetic(5).classes) == set(range(10))


def test_batches_take_each_sample_once_a_round():
    order = source_of(0, "batches")
    few = DATA.train.at(np.arange(10))
    seen = np.concatenate([each.x for each in islice(batches(few, 3, order), 3)])
    assert len({tuple(each) for each in seen}) == 9
    assert all(len(each) == 3 for each in islice(batches(few, 3, order), 7))


def test_small_things():
    assert sorted(permutation(source_of(0, "p"), 50)) == list(range(50))
    np.testing.assert_array_equal(one_hot(np.array([2, 0]))[:, :3], [[0, 0, 1], [1, 0, 0]])
    assert len(DATA.few(7).train) == 7
    assert len(DATA.few(7).test) == len(DATA.test)
