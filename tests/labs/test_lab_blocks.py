"""Every block proves, and comes to what the lesson on it says."""

import numpy as np
import pytest

from bn_tutor.course.draws import normal, source_of
from bn_tutor.course.loading import load, record
from bn_tutor.engine.gradients import PassOn
from bn_tutor.engine.proof import prove
from bn_tutor.labs.blocks import (
    batch_renorm,
    batchnorm,
    convolution,
    dense,
    dense_across_steps,
    dropout,
    groupnorm,
    layernorm,
    max_pool,
    moving_noise,
    relu,
    reshaped,
)
from bn_tutor.labs.network import Mode, Model, draws, fresh, network, network_graph, network_lesson
from bn_tutor.labs.samples import Samples, one_hot
from bn_tutor.labs.training import run_through

COUNT, WIDTH = 7, 6
# What stands in the middle of a small network.
MIDDLES = {
    "batchnorm": [batchnorm(WIDTH)],
    "layernorm": [layernorm(WIDTH)],
    "groupnorm": [groupnorm(WIDTH, 2)],
    "batch renorm": [batch_renorm(WIDTH)],
    "across steps": [dense_across_steps(WIDTH, WIDTH)],
    "dropout": [dropout(WIDTH, 0.4)],
    "dropout, not scaled": [dropout(WIDTH, 0.4, scaled=False)],
    "moving noise": [batchnorm(WIDTH), moving_noise(WIDTH, 0.5, 0.5)],
    "no bias": [dense(WIDTH, WIDTH, bias=False)],
}
every_middle = pytest.mark.parametrize("name", MIDDLES)
every_mode = pytest.mark.parametrize("mode", list(Mode))


def small(name):
    return network(name, dense(5, WIDTH), *MIDDLES[name], relu(), dense(WIDTH, 10, gain=1.0), features=(5,))


def samples(count=COUNT, features=(5,), seed=0):
    x = normal(source_of(seed, "x"), (count, *features), mean=0.4, std=1.3)
    return Samples(x, one_hot(np.arange(count) * 3 % 10))


def moved(model, seed=1):
    """Return a model whose numbers are all random: gammas of 1 and averages of 0 hide mistakes."""
    parameters = {k: v + 0.3 * normal(source_of(seed, k), v.shape) for k, v in model.parameters.items()}
    carried = {k: v + 0.1 * np.abs(normal(source_of(seed, k), v.shape)) for k, v in model.carried.items()}
    return Model(parameters, carried)


@every_middle
@every_mode
def test_every_block_proves(name, mode):
    net = small(name)
    model = moved(fresh(net, 3, COUNT))
    recording = run_through(net, model, samples(), mode, source_of(5, "draws"))
    assert prove(recording) == ()
    assert np.isfinite(recording.output)


def test_the_convolutional_blocks_prove():
    blocks = [reshaped(1, 6, 4), convolution(1, 3), batchnorm(3, shape=(6, 4)), relu(), max_pool(2)]
    net = network("images", *blocks, reshaped(18), dense(18, 10), features=(24,))
    model = moved(fresh(net, 3, COUNT))
    for mode in Mode:
        assert prove(run_through(net, model, samples(features=(24,)), mode)) == ()


def test_a_wrong_local_gradient_in_a_network_is_found():
    net = small("batchnorm")
    recording = run_through(net, moved(fresh(net, 3, COUNT)), samples(), Mode.TRAIN)

    def forgotten(node, place, local):
        return PassOn() if node.name == "gammax2" and place == 1 else local

    assert {(each.node, each.input) for each in prove(recording, rule=forgotten)} == {("gammax2", "xhat2")}


# --- each norm is that of its lesson ----------------------------------------------------------------------


def through(block, x, model=None, mode=Mode.TRAIN):
    """Run rows through one block alone; ``model`` holds some of its numbers, by their names in a network."""
    net = network("one", block, features=x.shape[1:], classes=x.shape[1])
    begun = fresh(net, 0, len(x))
    given = model or {}
    parameters = {name: given.get(name, value) for name, value in begun.parameters.items()}
    carried = {name: given.get(name, value) for name, value in begun.carried.items()}
    rows = Samples(x, np.eye(x.shape[1])[np.arange(len(x)) % x.shape[1]])
    return run_through(net, Model(parameters, carried), rows, mode)[net.scores]


def row(values):
    return np.asarray(values)[np.newaxis]


def test_batchnorm_is_the_lesson_batchnorm():
    recording = record(load("batchnorm"), sizes={"N": 6, "D": 4}, seed=2)
    found = through(
        batchnorm(4), recording["x"], {"gamma1": row(recording["gamma"]), "beta1": row(recording["beta"])}
    )
    np.testing.assert_allclose(found, recording["out"], rtol=1e-12)


def test_batchnorm_at_inference_is_the_lesson_batchnorm_inference():
    lesson = load("batchnorm-inference", {"mode": "inference"})
    recording = record(lesson, seed=2)
    names = {"gamma1": "gamma", "beta1": "beta", "rmu1": "running_mean", "rvar1": "running_var"}
    given = {name: row(recording[of_lesson]) for name, of_lesson in names.items()}
    width = recording["x"].shape[1]
    eps = float(recording["eps"])
    found = through(batchnorm(width, eps=eps), recording["x"], given, Mode.INFERENCE)
    np.testing.assert_allclose(found, recording["out"], rtol=1e-12)


def test_layernorm_is_the_lesson_layernorm():
    recording = record(load("layernorm"), seed=2)
    width = recording["x"].shape[-1]
    given = {"gamma1": row(recording["gamma"]), "beta1": row(recording["beta"])}
    found = through(layernorm(width), recording["x"].reshape(-1, width), given)
    np.testing.assert_allclose(found, recording["out"].reshape(-1, width), rtol=1e-12)


def test_groupnorm_normalizes_each_group_of_each_sample():
    x = normal(source_of(0, "x"), (5, 6), mean=3.0)
    found = through(groupnorm(6, 2), x).reshape(5, 2, 3)
    np.testing.assert_allclose(found.mean(axis=2), 0, atol=1e-12)
    np.testing.assert_allclose(found.var(axis=2), 1, rtol=1e-3)


def test_batch_renorm_is_the_lesson_batch_renorm():
    recording = record(load("batch-renorm"), seed=2)
    values = recording.values
    sigma, eps = values["running_sigma"], float(values["eps"])
    given = {"gamma1": row(values["gamma"]), "beta1": row(values["beta"])}
    given |= {"rmu1": row(values["running_mean"]), "rvar1": row(sigma**2 - eps)}
    limits = {"rmax": float(values["rmax"]), "dmax": float(values["dmax"])} if "rmax" in values else {}
    found = through(batch_renorm(values["x"].shape[1], eps=eps, **limits), values["x"], given)
    np.testing.assert_allclose(found, values["out"], rtol=1e-9)


def test_across_steps_is_the_lesson_cross_iteration_bn():
    recording = record(load("cross-iteration-bn"), seed=2)
    values = recording.values
    inputs, outputs = values["w"].shape
    given = {"gamma1": row(values["gamma"]), "beta1": row(values["beta"]), "w1": values["w"]}
    given |= {f"{name}{k}_1": values[f"{name}{k}"] for name in "xw" for k in (1, 2)}
    block = dense_across_steps(inputs, outputs, eps=float(values["eps"]))
    net = network("one", block, features=(inputs,), classes=outputs)
    rows = Samples(values["x"], np.eye(outputs)[np.arange(len(values["x"])) % outputs])
    carried = {**fresh(net, 0, len(values["x"])).carried, **given}
    model = Model(
        {name: given[name] for name in net.parameters}, {name: carried[name] for name in net.carried}
    )
    np.testing.assert_allclose(
        run_through(net, model, rows, Mode.TRAIN)[net.scores], values["out"], rtol=1e-9
    )


# --- what is drawn ----------------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_only_where_it_is_scaled():
    x = np.ones((400, 50))
    assert abs(through(dropout(50, 0.4), x).mean() - 1.0) < 0.02
    assert abs(through(dropout(50, 0.4, scaled=False), x).mean() - 0.6) < 0.02
    np.testing.assert_array_equal(through(dropout(50, 0.4), x, mode=Mode.INFERENCE), x)


def test_moving_noise_moves_all_samples_alike_and_differently_in_each_step():
    net = network("noise", moving_noise(4, 0.5, 1.0), features=(4,))
    random = source_of(0, "draws")
    first, second = draws(net, random, 9), draws(net, random, 9)
    assert first["push1"].shape == first["stretch1"].shape == (1, 4)
    assert not np.allclose(first["push1"], second["push1"])
    stretches = [draws(net, random, 9)["stretch1"] for _ in range(50)]
    assert np.min(stretches) >= 0.5
    assert np.max(stretches) <= 2.0


# --- a network as a lesson --------------------------------------------------------------------------------


def test_a_network_is_a_lesson_with_captions():
    net = small("batchnorm")
    lesson = network_lesson(net, COUNT, Mode.TRAIN)
    assert lesson.sizes == {"N": COUNT}
    assert [line.name for line in lesson.graph][:4] == ["xw1", "h1", "mu2", "xmu2"]
    assert next(line for line in lesson.graph if line.name == "mu2").caption == "of the batch"
    assert network_graph(net, COUNT, Mode.TRAIN) is network_graph(net, COUNT, Mode.TRAIN)


def test_no_gradient_is_asked_for_what_is_not_trained():
    net = small("batch renorm")
    graph = network_graph(net, COUNT, Mode.TRAIN)
    assert {node.name for node in graph.inputs} == set(net.parameters)
