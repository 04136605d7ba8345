"""Each question is asked on data of its own: what was shown for one holds the answer of no other."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from bn_tutor.course.numbers import number
from tests.practice.quiz_support import asked_of, one

PLACE = re.compile(r"\b(d\w+)(\[[\d, ]+\])?(?:, to three decimals|\?)")


def leaks(session):
    """Yield the questions whose number stood on the screen before, under its own name."""
    told = set()
    for asked in session:
        for name, place in PLACE.findall(asked.text):
            if (f"{name}{place}", asked.key) in told:
                yield f"{asked.id}: {name}{place} = {asked.key}"
        told |= set(re.findall(r"\b(d\w+(?:\[[\d, ]+\])?) = (-?[\d.]+)", asked.text))
        told |= {each for name, value in asked.data for each in entries(name, value)}


def entries(name, value):
    """Yield each entry that is shown, as (name with index, number as shown)."""
    for place, each in zip(places(value.shape), value.ravel(), strict=True):
        index = f"[{', '.join(map(str, place))}]" if place else ""
        yield f"{name}{index}", number(float(each), 3)


def places(shape):
    rows = [()]
    for size in shape:
        rows = [(*row, at) for row in rows for at in range(size)]
    return rows


@pytest.mark.parametrize("seed", range(20))
def test_no_answer_was_on_the_screen_before(seed):
    """Sessions of one kind are the worst: all of their questions are about the same few arrays."""
    for kind in ("number", "join"):
        assert list(leaks(asked_of("batchnorm", seed, kind))) == []


@pytest.mark.parametrize("lesson", ["layernorm", "gates", "dropout", "softmax-cross-entropy"])
def test_no_answer_of_other_lessons_either(lesson):
    for seed in range(3):
        assert list(leaks(asked_of(lesson, seed, "number", "join"))) == []


def test_what_was_shown_before_is_found():
    """The check above can fail: a question that shows the very array in which another one has its answer."""
    asked = one("batchnorm", "number/dsqrtvar", 2)
    planted = replace(one("batchnorm", "number/dvar", 2), data=[("dsqrtvar", asked.run.values["dsqrtvar"])])
    assert [leak.split(":")[0] for leak in leaks([planted, asked])] == ["number/dsqrtvar"]


@pytest.mark.parametrize("kind", ["number", "formula", "join"])
def test_sizes_change_from_question_to_question(kind):
    sizes = [tuple(asked.run.sizes.values()) for asked in asked_of("batchnorm", 5, kind)]
    assert all(one != another for one, another in pairwise(sizes))


def test_the_same_seed_asks_the_same():
    first, again = (
        [(asked.id, asked.key) for asked in asked_of("batchnorm", 7, "number", "own")] for _ in (1, 2)
    )
    assert first == again
    assert first != [(asked.id, asked.key) for asked in asked_of("batchnorm", 8, "number", "own")]
