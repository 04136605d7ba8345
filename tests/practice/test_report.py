"""The report puts it all together: the graph's nodes in order, what is due, what comes."""

import subprocess
import sys
from datetime import UTC, timedelta

import pytest

from bn_tutor.practice.progress import Mastery, Streak
from bn_tutor.practice.report import report
from tests.practice.progress_answers import NOON, asked

TODAY = NOON.date()


def reported(*parts, order=None):
    return report([each for part in parts for each in part], NOON, order or {}, seed=0, zone=UTC)


def test_without_answers_all_is_empty():
    found = reported()
    assert (found.today, found.times, found.lessons, found.habits, found.due) == (TODAY, 0, (), (), ())
    assert (found.days, found.right, dict(found.coming)) == (Streak(0, 0, 0), Streak(0, 0, 0), {})


def test_nodes_stand_in_the_order_of_the_graph_and_what_it_lacks_before_them():
    found = reported(
        asked("+", question="shape/dxhat"),
        asked("r", question="shape/dbeta", minute=1),
        asked("+", question="shape/dgamma", minute=2),
        order={"batchnorm": ("mu", "xhat", "out")},
    )
    (lesson,) = found.lessons
    assert list(lesson.nodes.items()) == [
        ("beta", Mastery(0, 1, 1, 0.212)),
        ("gamma", Mastery(1, 1, 1, 2.3065)),
        ("mu", None),
        ("xhat", Mastery(1, 1, 1, 2.3065)),
        ("out", None),
    ]


def test_a_lesson_that_is_not_found_has_the_nodes_of_the_log():
    (lesson,) = reported(asked("+", question="shape/db", lesson="own"), asked("+", lesson="own")).lessons
    assert list(lesson.nodes) == ["b", "gamma"]


def test_what_is_due_and_what_comes():
    found = reported(
        asked("+", day=-5),
        asked("+", day=-1, question="shape/dmu"),
        asked("+", question="shape/dvar"),
        asked("r", question="shape/dx"),
    )
    assert [each.item.question for each in found.due] == ["shape/dgamma"]
    days = {TODAY + timedelta(days=1): 2, TODAY + timedelta(days=2): 1}
    assert dict(found.coming) == days


def test_neither_the_log_nor_what_is_derived_needs_the_package_of_dates_or_numpy():
    modules = ["answer", "answer_log", "askings", "progress"]
    code = f"import sys, {', '.join(f'bn_tutor.practice.{name}' for name in modules)}\n"
    code += "print(sorted({'fsrs', 'numpy', 'rich', 'typer'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_what_was_skipped_is_counted_apart():
    found = reported(
        asked("+"),
        asked("s", question="shape/dmu"),
        asked("s", minute=1, question="shape/dvar"),
        asked("-s", minute=2, question="shape/dx"),
    )
    assert (found.times, found.skipped, found.right.total) == (2, 2, 1)
    (lesson,) = found.lessons
    assert lesson.mastery == Mastery(0.5, 2, 2, pytest.approx((0.212 + 2.3065) / 2))
    assert set(lesson.nodes) == {"gamma", "x"}
