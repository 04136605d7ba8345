"""One training step of a dense network with BN in the labs, against the same step by hand in NumPy."""

from functools import partial
from time import process_time

import numpy as np
from by_hand import staged_backward, staged_forward
from engine_speed import settle_memory
from measuring import alternating, median_row, ratio_row, seconds

from bn_tutor.course.draws import source_of
from bn_tutor.labs.blocks import EPS, KEEP, batchnorm, dense, relu
from bn_tutor.labs.network import fresh, network
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.samples import split, synthetic
from bn_tutor.labs.training import train_once

# Hidden layers, their width, and the batch: what the labs have by default.
LAYERS, WIDTH, COUNT = 3, 64, 64
RATE = 0.1
# The most that a step may take, in units of the one by hand.
MOST = 1.3
ROUNDS, CALLS = 200, 3


def rows():
    """Return the rows: the step by hand, and the lab's beside it."""
    settle_memory()
    net, model, batch = setting()
    check(net, model, batch)
    measures = {
        "labs": partial(seconds, partial(by_labs, net, model, batch), CALLS, process_time),
        "hand": partial(seconds, partial(by_hand, model, batch), CALLS, process_time),
    }
    alternating(measures, ROUNDS // 10)
    times = alternating(measures, ROUNDS)
    what = f"training step, {LAYERS} layers of {WIDTH} with BN, batch {COUNT}"
    return [
        median_row(f"{what}: by hand", times["hand"] * 1000, "ms"),
        ratio_row(f"{what}: labs / by hand", times["labs"], times["hand"], MOST),
    ]


def setting():
    """Return a network, the numbers it starts from, and a batch."""
    hidden = [
        each for _ in range(LAYERS) for each in (dense(64, WIDTH, bias=False), batchnorm(WIDTH), relu())
    ]
    net = network("dense", *hidden, dense(WIDTH, 10, gain=1.0))
    return net, fresh(net, 0, COUNT), split(synthetic(), 0).train.at(np.arange(COUNT))


def by_labs(net, model, batch):
    """Return the parameters and averages after one step in the labs."""
    step = train_once(net, model, batch, optimizer("sgd", RATE), source_of(0, "draws"), 1, {})
    return {**step.after.parameters, **step.after.carried}


def by_hand(model, batch):
    """Return the same, written out as a course would: forward with caches, backward, step."""
    old, averages = model.parameters, model.carried
    x, caches, after = batch.x, [], {}
    for at in range(LAYERS):
        number, bn = 3 * at + 1, 3 * at + 2
        h = x @ old[f"w{number}"]
        out, cache = staged_forward(h, old[f"gamma{bn}"], old[f"beta{bn}"], EPS)
        after[f"rmu{bn}"] = KEEP * averages[f"rmu{bn}"] + (1 - KEEP) * h.mean(axis=0)
        after[f"rvar{bn}"] = KEEP * averages[f"rvar{bn}"] + (1 - KEEP) * h.var(axis=0, ddof=1)
        caches.append((x, cache, out))
        x = np.maximum(out, 0)
    last = 3 * LAYERS + 1
    scores = x @ old[f"w{last}"] + old[f"b{last}"]
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = (exps / exps.sum(axis=1, keepdims=True) - batch.labels) / len(batch)
    after[f"w{last}"] = old[f"w{last}"] - RATE * (x.T @ dscores)
    after[f"b{last}"] = old[f"b{last}"] - RATE * dscores.sum(axis=0)
    dx = dscores @ old[f"w{last}"].T
    for at in reversed(range(LAYERS)):
        number, bn = 3 * at + 1, 3 * at + 2
        x, cache, out = caches[at]
        found = staged_backward(dx * (out > 0), cache)
        after[f"gamma{bn}"] = old[f"gamma{bn}"] - RATE * found["gamma"]
        after[f"beta{bn}"] = old[f"beta{bn}"] - RATE * found["beta"]
        after[f"w{number}"] = old[f"w{number}"] - RATE * (x.T @ found["x"])
        if at:
            dx = found["x"] @ old[f"w{number}"].T
    return after


def check(net, model, batch):
    """Refuse to time what does not come to the same numbers."""
    expected, found = by_hand(model, batch), by_labs(net, model, batch)
    assert found.keys() == expected.keys()
    for name, value in found.items():
        np.testing.assert_allclose(np.squeeze(value), np.squeeze(expected[name]), rtol=1e-9, atol=1e-12)
