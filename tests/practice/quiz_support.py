"""Questions of the shipped lessons for tests: few seeds, or 200 for each lesson with SEARCH=1."""

import os
from functools import cache
from pathlib import Path

import numpy as np

from bn_tutor.course.loading import load
from bn_tutor.practice.choosing import questions

LESSONS = sorted(
    path.stem for path in (Path(__file__).parents[2] / "lessons").glob("*.md") if path.stem != "README"
)
SEEDS = 200
# So many seeds of the 200 are tried of every lesson where not all are searched.
FEW = 6


def seeds(lesson):
    """All 200 seeds are used by the lessons together; each lesson has some of its own."""
    if os.environ.get("SEARCH"):
        return range(SEEDS)
    return range(LESSONS.index(lesson), SEEDS, len(LESSONS))[:FEW]


@cache
def loaded(lesson):
    return load(lesson)


def asked_of(lesson, seed, *kinds, first=()):
    """Return all questions that derive from a lesson."""
    with np.errstate(all="ignore"):
        return list(questions([loaded(lesson)], seed, kinds, first))


def one(lesson, item, seed=0):
    """Return the question with this id."""
    kind = {"total": "join"}.get(item.split("/")[0], item.split("/")[0])
    return next(asked for asked in asked_of(lesson, seed, kind) if asked.id == item)
