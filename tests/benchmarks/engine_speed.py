"""The engine, record and replay of the nine nodes, against a staged pass by hand and HIPS autograd."""

import tracemalloc
from functools import partial
from time import process_time

import numpy as np
from by_hand import by_autograd, staged
from measuring import Row, alternating, median_row, ratio_row, seconds

from bn_tutor.course.loading import graph_of, inputs_of, load, upstream_of
from bn_tutor.engine.graph import record
from bn_tutor.engine.replay import gradients

# (N, D) -> rounds, calls a round, the most that the engine may take, in units of the staged pass.
SIZES = {
    (4, 3): (400, 20, 2.0),
    (128, 100): (300, 5, 1.15),
    (1024, 1024): (30, 1, 0.8),
    (8192, 1024): (9, 1, None),
}


def rows():
    """Return the rows of all sizes: times first, then memory."""
    settle_memory()
    timed, remembered = [], []
    for shape in SIZES:
        candidates = candidates_of(shape)
        check(candidates)
        timed += time_rows(shape, candidates)
        remembered += memory_rows(shape, candidates)
    return [*timed, *remembered]


def settle_memory():
    """Free one large array, after which malloc keeps what is freed, as in any program that has run a while.

    Without it the staged pass at (128, 100) takes three times as long, and the time goes into asking the
    system for the same pages again and again.
    """
    np.ones(4_000_000)


def candidates_of(shape):
    """Return the three, ready to run on the same numbers."""
    lesson = load("batchnorm")
    sizes = dict(zip("ND", shape, strict=True))
    inputs, upstream = inputs_of(lesson, sizes, 0, {}), upstream_of(shape, 0)
    return {
        "engine": partial(by_engine, graph_of(lesson, sizes), inputs, upstream),
        "staged": partial(staged, inputs, upstream),
        "autograd": partial(by_autograd, inputs, upstream),
    }


def by_engine(graph, inputs, upstream):
    return gradients(record(graph, inputs), upstream)


def check(candidates):
    """Refuse to time what does not give the same gradients, to 1e-9 of the largest."""
    expected = candidates["staged"]()
    for candidate in candidates.values():
        found = candidate()
        for name, gradient in expected.items():
            largest = np.max(np.abs(gradient))
            np.testing.assert_allclose(found[name], gradient, rtol=0, atol=1e-9 * largest)


def time_rows(shape, candidates):
    rounds, calls, most = SIZES[shape]
    # Processor time: all three run in one thread, and another process that cuts in does not count.
    measures = {name: partial(seconds, each, calls, process_time) for name, each in candidates.items()}
    alternating(measures, max(rounds // 10, 1))
    times = alternating(measures, rounds)
    return [
        median_row(f"{shape}: staged by hand", times["staged"] * 1000, "ms"),
        ratio_row(f"{shape}: engine / staged", times["engine"], times["staged"], most),
        ratio_row(f"{shape}: autograd / staged", times["autograd"], times["staged"]),
    ]


def memory_rows(shape, candidates):
    peaks = {name: peak_bytes(candidate) for name, candidate in candidates.items()}
    return [
        Row(f"{shape}: staged by hand, peak memory", peaks["staged"] / 1e6, "", "MB"),
        Row(f"{shape}: engine / staged, peak memory", peaks["engine"] / peaks["staged"], "", "×"),
        Row(f"{shape}: autograd / staged, peak memory", peaks["autograd"] / peaks["staged"], "", "×"),
    ]


def peak_bytes(candidate):
    """Return the most that one call holds at once beyond its inputs; a pass of its own, as it is slow."""
    candidate()
    tracemalloc.start()
    candidate()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
