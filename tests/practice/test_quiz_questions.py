"""Every question that derives from a shipped lesson, over 200 seeds; quiz_checks.py says what must hold."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from bn_tutor.practice.asked import Verdict, judge_choice
from bn_tutor.practice.choosing import MAKERS
from tests.practice import quiz_checks
from tests.practice.quiz_support import LESSONS, asked_of, one, seeds


@pytest.mark.parametrize("lesson", LESSONS)
def test_questions_of_every_lesson(lesson):
    slips = []
    for seed in seeds(lesson):
        found = asked_of(lesson, seed)
        slips += [(seed, slip) for asked in found for slip in quiz_checks.slips_of(asked)]
        ids = [asked.id for asked in found]
        slips += [(seed, "asked twice") for _ in range(len(ids) - len(set(ids)))]
    assert slips == []


def test_a_planted_fault_is_found_by_each_check():
    number, order = one("batchnorm", "number/dgamma"), asked_of("batchnorm", 0, "order")[0]
    line, following = asked_of("batchnorm", 0, "line")[0], one("batchnorm", "next/ivar")
    formula = one("batchnorm", "formula/dxhat")
    shape = one("batchnorm", "shape/dgamma")
    count = one("instancenorm", "own/how-many-share-a-variance")
    right = lambda answer: Verdict(True, "Right, whatever you say.")  # noqa: E731
    another = judge_choice(following.choices, 0)
    planted = {
        "key_alone_is_right": replace(line, key="x"),
        "texts_can_be_read": replace(number, text="sqrtvar_1 {x}"),
        "answer_does_not_stand_in_the_question": replace(formula, given=["You may use: dout, dxhat"]),
        "data_are_few_and_finite": replace(number, data=[("x", np.full(3, np.nan))]),
        "every_order_that_can_run_is_right": replace(order, judge=right),
        "just_one_can_come_next": replace(following, judge=another, text=following.text.replace("ivar", "")),
        "gradients_meet_at_just_one": replace(one("batchnorm", "join/x"), key="z"),
        "only_the_planted_line_differs": replace(line, lines=[*line.lines, "dx = dx1"]),
        "a_planted_line_can_be_judged_by_what_is_shown": replace(line, given=[]),
        "the_shape_that_is_asked_for_is_not_told": replace(shape, given=[*shape.given, f"gamma {shape.key}"]),
        "own_numbers_say_how_exactly_and_from_what": replace(count, given=[]),
        "mistakes_are_named_from_their_number": replace(number, judge=right),
    }
    assert set(planted) == {check.__name__ for check in quiz_checks.CHECKS}
    assert [name for name, asked in planted.items() if not list(getattr(quiz_checks, name)(asked))] == []


def test_a_lesson_has_every_kind():
    found = {asked.id.split("/")[0] for asked in asked_of("batchnorm", 0)}
    assert found == {*MAKERS, "total"}


def test_kinds_take_turns():
    kinds = [asked.id.split("/")[0] for asked in asked_of("batchnorm", 5)[: len(MAKERS)]]
    assert len({"join" if kind == "total" else kind for kind in kinds}) == len(MAKERS)


PROGRAM = """
from bn_tutor.course.loading import load
from bn_tutor.practice.choosing import questions
lessons = [load("batchnorm"), load("gates")]
for asked in questions(lessons, 7):
    print(asked.lesson, asked.id, asked.text, asked.key, list(asked.choices), list(asked.lines))
"""


def test_the_same_seed_asks_the_same_in_another_process():
    told = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": str(seed), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    ]
    assert told[0] == told[1]
    assert len(told[0].splitlines()) > 60


def test_other_seeds_have_other_numbers_and_other_sizes():
    found = [asked for seed in range(8) for asked in asked_of("batchnorm", seed, "number")]
    assert len({asked.key for asked in found if asked.id == "number/dgamma"}) > 4
    assert {(asked.run.sizes["N"], asked.run.sizes["D"]) for asked in found} == {(5, 3), (6, 4)}


def test_what_is_due_comes_first_and_in_its_order():
    first = [("batchnorm", "order/sq"), ("batchnorm", "gone"), ("batchnorm", "shape/dgamma")]
    found = asked_of("batchnorm", 0, first=first)
    assert [asked.id for asked in found[:2]] == ["order/sq", "shape/dgamma"]
    assert len({asked.id for asked in found}) == len(found) > 50
