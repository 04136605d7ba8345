"""A wrong answer is told which mistake it comes from, in the terms of the very node."""

import numpy as np
import pytest

from bn_tutor.course.loading import load
from bn_tutor.course.recognizing import vanishes
from bn_tutor.engine.closeness import equal
from bn_tutor.practice.asked import Wants
from bn_tutor.practice.formula_questions import judge_formula, judged
from bn_tutor.practice.naming import wrong_values
from bn_tutor.practice.number_questions import rounded
from bn_tutor.practice.numbers_asked import judge_number
from bn_tutor.practice.setting import setting
from tests.practice.quiz_support import LESSONS, asked_of, one, seeds


def test_dgamma_without_the_sum():
    """A learner who writes dgamma = dout * xhat is told that gamma was broadcast over the rows."""
    for item in ("formula/dgamma", "whole/dgamma"):
        verdict = one("batchnorm", item).judge("dgamma = dout * xhat")
        assert (verdict.right, verdict.mistake) == (False, "sum-missing"), item
        assert "gamma" in verdict.say
        assert "broadcast" in verdict.say
        assert "sum" in verdict.say


VARIANCE = "The road through the variance is missing"


def computed(asked, roads):
    """Return what a learner types who computes from what she was shown, rounded as it is shown."""
    shown = {key: rounded(value) for key, value in asked.data}
    place = tuple(int(sign) for sign in asked.text.split("[")[1].split("]")[0].split(", "))
    return f"{roads(shown['dout'] * shown['gamma'], shown)[place]:.3f}"


def test_dx_without_the_variance_branch_from_its_number_alone():
    """A learner who drops the variance branch is told so in these words, mostly as the one that fits."""
    named = []
    for seed in range(12):
        asked = one("batchnorm", "whole/dx", seed)
        typed = computed(asked, lambda dxhat, shown: shown["ivar"] * (dxhat - dxhat.mean(axis=0)))
        verdict = asked.judge(typed)
        assert (verdict.right, VARIANCE in verdict.say) == (False, True), (seed, typed, verdict)
        named.append(verdict.mistake)
    assert set(named) <= {"statistics-as-constants", ""}
    assert named.count("") <= 3


def test_dx_without_the_variance_branch_with_exact_numbers():
    asked = one("batchnorm", "whole/dx", 0)
    shown = dict(asked.data)
    place = tuple(int(sign) for sign in asked.text.split("[")[1].split("]")[0].split(", "))
    dxhat = shown["dout"] * shown["gamma"]
    number = (shown["ivar"] * (dxhat - dxhat.mean(axis=0)))[place]
    verdict = asked.judge(f"{number:.6f}")
    assert (verdict.mistake, VARIANCE in verdict.say) == ("statistics-as-constants", True)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "answer",
    [
        "gamma * ivar / N * (N * dout - dbeta)",
        "dx = gamma * ivar * (dout - mean(dout, axis=0))",
    ],
)
def test_dx_without_the_variance_branch_from_its_formula_alone(answer, seed):
    verdict = one("batchnorm-closed-form", "own/one-line", seed).judge(answer)
    assert (verdict.right, verdict.mistake) == (False, "statistics-as-constants")
    assert VARIANCE in verdict.say


NORMS = (
    "batchnorm",
    "batchnorm2d",
    "bias-before-bn",
    "groupnorm",
    "instancenorm",
    "layernorm",
    "mlp-with-bn",
)


@pytest.mark.parametrize("lesson", NORMS)
def test_every_norm_tells_the_road_through_the_variance_from_its_value(lesson):
    run = asked_of(lesson, 2, "next")[0].run
    data = next(name for name in ("x", "z", "h") if f"{name}mu" in run.recording.values)
    arrived = {"groupnorm": "dx"}.get(lesson, f"d{data}")
    runs = (run, *run.others)
    values = [each.value for one in runs for each in wrong_values(one, arrived) if VARIANCE in each.say]
    assert len(values) == len(runs)
    assert VARIANCE in judged(run, arrived, values, ()).say


@pytest.mark.parametrize("choice", ["ivar * (dxhat - mean(dxhat, axis=0))"])
def test_the_wrong_closed_form_is_told_from_the_right_one(choice):
    verdict = one("batchnorm", "own/which-closed-form").judge(choice)
    assert (verdict.right, VARIANCE in verdict.say) == (False, True)


@pytest.mark.parametrize("seed", range(3))
def test_dx_with_statistics_taken_for_constants(seed):
    asked = one("batchnorm", "whole/dx", seed)
    verdict = asked.judge(computed(asked, lambda dxhat, shown: dxhat * shown["ivar"]))
    assert (verdict.right, bool(verdict.mistake)) == (False, True)
    assert "constant" in verdict.say


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_mistake_is_named_from_its_formula(lesson):
    slips = []
    for asked in asked_of(lesson, seeds(lesson)[0], "formula"):
        name, given = asked.id.removeprefix("formula/"), {f"d{asked.node}"}
        runs = (asked.run, *asked.run.others)
        known = [wrong_values(run, name, given) for run in runs]
        for each in (row for row in known[0] if not vanishes(row.value, asked.run.values[name])):
            values = [each.value, *(wrong_on(each, others) for others in known[1:])]
            verdict = judged(asked.run, name, values, given)
            if (verdict.right, verdict.mistake) != (False, each.kind):
                slips.append((asked.id, each.id, verdict))
    assert slips == []


def wrong_on(mistake, others):
    """Return what a mistake gives on another run; anything wrong where that is not known."""
    alike = [each.value for each in others if each.id == mistake.id]
    return alike[0] if alike else np.full((1, 1, 1, 1, 1, 1), 7.0)


@pytest.mark.parametrize(
    ("item", "answer", "said"),
    [
        (
            "formula/dgamma",
            "sum(dgammax * xhat, axis=0, keepdims=true)",
            "The numbers are right, the shape is not",
        ),
        ("formula/dgamma", "sum(dgammax * xhat, axis=1)", "axis"),
        ("formula/dsq", "dvar / N", "broadcast"),
        ("formula/dxhat", "dgammax", "gamma"),
        ("formula/dxhat", "-gamma * dgammax", ""),
        ("formula/dmu", "sum(dxmu, axis=0)", "minus"),
        ("formula/dxmu2", "xmu * dsq", "2"),
        ("formula/divar", "sum(dxhat * xhat, axis=0)", ""),
    ],
)
def test_what_is_said_of_a_wrong_formula(item, answer, said):
    verdict = one("batchnorm", item).judge(answer)
    assert verdict.right is False
    assert said in verdict.say
    assert "none of the known mistakes" not in verdict.say


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("formula/dgamma", "np.sum(dout * xhat, axis=0)"),
        ("formula/dgamma", "dgamma = numpy.sum(xhat * dgammax, axis = 0)"),
        ("formula/dgamma", "  (dgammax*xhat)[0] + sum((dgammax*xhat)[1:], axis=0)"),
        ("formula/dgamma", "np.mean(dgammax * xhat, axis=0) * N"),
        ("formula/dgamma", "np.reshape(np.sum(dout * xhat, axis=0, keepdims=True), (D,))"),
        ("formula/dsq", "np.broadcast_to(dvar, (N, D)) / N"),
        ("formula/dsq", "0 * xmu + dvar / N"),
        ("formula/dsqrtvar", "-divar * ivar**2"),
        ("formula/dvar", "0.5 * dsqrtvar / np.sqrt(var + eps)"),
        ("whole/dgamma", "sum(xhat * dout, axis=0)"),
    ],
)
def test_any_right_formula_is_right(item, answer):
    verdict = one("batchnorm", item).judge(answer)
    assert verdict.right is True, verdict
    assert verdict.mistake == ""


def test_right_for_these_sizes_only():
    asked = one("batchnorm", "formula/dsq")
    count = asked.run.sizes["N"]
    verdict = asked.judge(f"0 * xmu + dvar / {count}")
    assert (verdict.right, "these sizes only" in verdict.say) == (False, True)


@pytest.mark.parametrize(
    "text", ["-0.35", "−0.35", "-3.5e-1", "- 0.35", "-7/20", "-7 / 20", "-.35", "dx = -0.35", "−35E−2"]
)
def test_numbers_as_people_write_them(text):
    assert judge_number("dx", -0.35, [])(text).right is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-0,35", "Write a point, not a comma."),
        ("1,000", "Write a point, not a comma."),
        ("nan", "no number"),
        ("-inf", "no number"),
        ("1e999", "Write a number"),
        ("1/0", "Write a number"),
        ("1 2", "Write a number"),
        ("--1", "Write a number"),
        ("0x10", "Write a number"),
        ("one", "Write a number"),
        ("9" * 5000, "Write a number"),
        ("1__0", "Write a number"),
        ("٣", "Write a number"),
    ],
)
def test_what_is_no_number_costs_nothing(text, said):
    verdict = judge_number("dx", -0.35, [])(text)
    assert (verdict.right, said in verdict.say) == (None, True), verdict


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_answer_as_it_is_asked_for_is_right_and_so_is_what_the_shown_numbers_give(lesson):
    for asked in asked_of(lesson, 1, "number", "whole"):
        if asked.wants is Wants.NUMBER:
            value = float(asked.key)
            for text in (f"{value:.3f}", f"{value:.6f}", f"{value:+.4e}"):
                assert asked.judge(text).right, (asked.id, text)


def test_the_number_beside_it_is_known_by_name():
    asked = one("batchnorm", "number/dxhat")
    place = tuple(int(sign) for sign in asked.text.split("[")[1].split("]")[0].split(", "))
    value = float(asked.run.values["xmu"][place])
    verdict = asked.judge(f"{value:.6f}")
    assert verdict.right is False
    assert equal(np.asarray(value), np.asarray(asked.run.values["xmu"][place]))
    assert "xmu" in verdict.say


def test_numbers_in_the_place_of_sizes_are_told_as_such():
    run = setting(load("batchnorm"))
    judge = judge_formula(run, "dsq", ["dvar"], {"dvar"})
    assert judge("broadcast_to(dvar / N, (N, D))").right
    verdict = judge("broadcast_to(dvar / 4, (4, 3))")
    assert (verdict.right, verdict.say) == (False, "It fits these sizes only: write N and D, not numbers.")
