"""The batches of a check: random, but the same on every machine, and such that mistakes show.

A small eps hides mistakes with eps, and an upstream of ones nearly all others (dx is then exactly 0).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bn_tutor.checker.families import Family
from bn_tutor.checker.reference import outside_shape
from bn_tutor.course.draws import normal, source_of, uniform
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import inputs_of, record, upstream_of
from bn_tutor.engine.gradients import Array


@dataclass(frozen=True, eq=False)
class Batch:
    """One set of inputs, in the shapes that the functions take; ``words`` says what is special about it."""

    words: str
    sizes: Mapping[str, int]
    inputs: Mapping[str, Array]
    upstream: Array
    eps: float
    seed: int
    # Further inputs of a lesson that get no gradient: a mask, eps.
    constants: Mapping[str, Array] = field(default_factory=dict)


# (eps, the spread of x, what to say): eps that matters, a variance as small as eps, and the usual.
_KINDS = (
    (0.5, 1.5, "eps = 0.5"),
    (1e-5, 0.004, "eps = 1e-5 and a variance as small"),
    (1e-3, 2.0, "eps = 1e-3"),
)


def batches(family: Family) -> Iterator[Batch]:
    """Yield the batches of a layer, the one that shows most mistakes first."""
    if family.any_lesson:
        yield from (_drawn(family, family.any_lesson, sizes, seed) for seed, sizes in enumerate(family.sizes))
        return
    for seed, (eps, spread, words) in enumerate(_KINDS[: 3 if family.has_eps else 1]):
        sizes = family.sizes[seed % len(family.sizes)]
        yield _batch(family, sizes, seed, eps, spread, words)


def _batch(
    family: Family, sizes: Mapping[str, int], seed: int, eps: float, spread: float, words: str
) -> Batch:
    shapes = {name: outside_shape(outside, sizes) for name, outside in family.inputs.items()}
    drawn = {
        "x": normal(source_of(seed, "check/x"), shapes["x"], 2.0, spread),
        # Of either sign, and none near 0 or 1.
        **{
            name: uniform(source_of(seed, f"check/{name}"), shape, 0.5, 2.5)
            * np.where(np.arange(np.prod(shape)) % 3 == 1, -1.0, 1.0).reshape(shape)
            for name, shape in shapes.items()
            if name != "x"
        },
    }
    upstream = normal(source_of(seed, "check/upstream"), shapes["x"])
    shape = " x ".join(str(size) for size in shapes["x"])
    return Batch(f"{shape} numbers, {words}", sizes, drawn, upstream, eps, seed)


def _drawn(family: Family, lesson: Lesson, sizes: Mapping[str, int], seed: int) -> Batch:
    """Return a batch as the lesson draws it."""
    drawn = inputs_of(lesson, sizes, seed, {})
    inputs = {name: drawn.pop(name) for name in family.inputs}
    output = record(lesson, sizes=sizes, seed=seed).output
    words = ", ".join(f"{name} = {size}" for name, size in sizes.items())
    upstream = upstream_of(output.shape, seed)
    return Batch(words or "the lesson's own numbers", sizes, inputs, upstream, 0.0, seed, drawn)
