"""What is asked can be answered from what is shown, and a wrong answer is told what is known of it."""

import re

import numpy as np
import pytest

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.numbers import number
from bn_tutor.course.recognizing import TURNED
from bn_tutor.practice.line_questions import plainly
from bn_tutor.practice.numbers_asked import computed, either, judge_number, significant
from bn_tutor.practice.own_questions import WRONG_COUNT
from bn_tutor.practice.sizes import clashes, shape_can_be_shown, telling_sizes
from tests.practice.quiz_support import LESSONS, asked_of, loaded, one, seeds

# --- lines ------------------------------------------------------------------------------------------------


def test_the_forward_line_and_the_size_that_a_planted_line_speaks_of():
    asked = one("dropout", "line/scale-missing-backward")
    assert "out = kept / keep" in asked.given
    assert any("keep = 0.8" in line for line in asked.given)
    assert asked.lines[int(asked.key) - 1] == "dkept = dout"


def test_what_relu_was_applied_to_is_shown():
    assert "act = relu(bn)" in one("mlp-with-bn", "line/relu-forgotten").given


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1 * dout", "dout"),
        ("1*dout * mask", "dout * mask"),
        ("dout * 1", "dout"),
        ("0 + dx1", "dx1"),
        ("dx1 + 0", "dx1"),
        ("dx1 - 0", "dx1"),
        ("dx1 / 1", "dx1"),
        ("dx ** 1", "dx ** 1"),
        ("1 / N * dx", "1 / N * dx"),
        ("11 * dx", "11 * dx"),
        ("dx * 21", "dx * 21"),
        ("1 ** dx", "1 ** dx"),
        ("sum(dx, axis=0)", "sum(dx, axis=0)"),
        ("dx + 0.5", "dx + 0.5"),
    ],
)
def test_what_changes_nothing_is_not_written(text, plain):
    assert plainly(text) == plain


# --- the lesson's own -------------------------------------------------------------------------------------


def test_a_count_is_exact_and_needs_the_sizes():
    asked = one("groupnorm", "own/how-many-share-a-mean")
    sizes = asked.run.sizes
    count = sizes["C"] // sizes["G"] * sizes["H"] * sizes["W"]
    assert asked.key == str(count)
    assert asked.judge(f"{count * 1.005}").right is False
    wrong = asked.judge(str(sizes["H"] * sizes["W"]))
    assert (wrong.right, wrong.say) == (False, WRONG_COUNT)
    assert asked.judge(str(count)).say == f"Right: {count}."
    assert asked.judge(f"{sizes['C'] // sizes['G']}*{sizes['H']}*{sizes['W']}").right is True


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_number_is_told_by_a_short_name_or_not_at_all(lesson):
    for asked in asked_of(lesson, 1, "own"):
        question = next(each for each in asked.run.lesson.questions if asked.id == f"own/{each.id}")
        for line in question.wrong if question.kind == "number" else ():
            said = asked.judge(repr(float(evaluate(line.text, asked.run.values, asked.run.names)))).say
            assert not re.search(r"That is [^.:]*[*(+]", said), said
            assert not re.search(r"This is [^.]* [*+/@-] ", said), said


def test_a_choice_shows_the_lines_that_it_is_about():
    asked = one("batchnorm", "own/which-closed-form")
    operations = asked.run.recording.graph.operations
    assert list(asked.given[:-1]) == [f"{node.name} = {node.formula}" for node in operations]
    assert asked.given[-1].startswith("x (")


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lines_of_a_choice_do_not_say_its_answer(lesson):
    for asked in asked_of(lesson, 1, "own"):
        if asked.choices:
            right = asked.choices["abcdefgh".index(asked.key)]
            assert not [line for line in asked.given if right in line], asked.id
            assert all(len(line) < 200 for line in asked.given)


def test_a_number_says_how_exactly_and_is_judged_so():
    asked = one("batchnorm-inference", "own/unbiased-share")
    assert asked.text.endswith("To three decimals; what is within 1% is right.")
    value = float(asked.run.values["var"][0]) * asked.run.sizes["N"] / (asked.run.sizes["N"] - 1)
    assert asked.judge(f"{value * 1.009}").right
    assert asked.judge(f"{value * 1.02}").right is False
    told = asked.judge(f"{asked.run.values['var'][0]:.3f}")
    assert (told.right, "var[0]" in told.say) == (False, True)


def test_a_mistake_in_a_number_of_a_gradient_is_named():
    asked = one("linear", "own/number-of-db")
    mean = float(asked.run.values["dout"][:, 0].mean())
    verdict = asked.judge(f"{mean:.4f}")
    assert (verdict.right, verdict.mistake) == (False, "mean-for-sum")


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_wrong_choice_is_told_something_and_never_the_answer(lesson):
    for asked in asked_of(lesson, seeds(lesson)[0], "own"):
        right = asked.choices["abcdefgh".index(asked.key)] if asked.choices else asked.key
        for at, choice in enumerate(asked.choices):
            if choice != right:
                said = asked.judge("abcdefgh"[at]).say
                assert right not in said, (asked.id, said)
                assert len(said) > len("Not that one. ") + 10, (asked.id, said)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_own_question_has_a_hint_that_is_not_the_answer(lesson):
    for asked in asked_of(lesson, 3, "own"):
        assert asked.hint, asked.id
        if len(asked.key) > 1:
            assert asked.key not in asked.hint, asked.id


def test_what_is_known_of_a_wrong_formula_among_choices():
    asked = one("linear", "own/which-dx")
    assert (
        "shape" in asked.judge("dxw @ reshape(w, (K, D))").say
        or "value" in asked.judge("dxw @ reshape(w, (K, D))").say
    )
    assert "divided by" in asked.judge("dxw @ transpose(w) / N").say


# --- sums -------------------------------------------------------------------------------------------------


def test_parts_that_are_subtracted_or_multiplied():
    asked = one("batchnorm", "total/x")
    first, second = (float(text) for text in re.findall(r"= (-?\d+\.\d+)", asked.text))
    for typed, word in ((first - second, "subtracted"), (first * second, "multiplied"), (first, "alone")):
        verdict = asked.judge(number(typed, 3))
        assert (verdict.right, word in verdict.say) == (False, True), (typed, verdict)
        assert "products" not in verdict.say


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_sum_of_what_is_shown_is_right(lesson):
    for asked in asked_of(lesson, seeds(lesson)[0], "join"):
        if not asked.choices:
            shown = [float(text) for text in re.findall(r" = (-?\d+(?:\.\d+)?(?:e-?\d+)?)", asked.text)]
            assert asked.judge(number(sum(shown), 3)).right, asked.text


# --- numbers as they are typed ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["-0.15", "-0.1", "−0.15", "-.15", "dx = -0.15"])
def test_a_number_with_too_few_decimals_costs_no_try(text):
    verdict = judge_number("dx", -0.1084 if text == "-0.1" else -0.1484, [])(text)
    assert (verdict.right, verdict.say) == (None, "Close: give three decimals.")


@pytest.mark.parametrize("text", ["-0.153", "0.15", "-0.2", "0", "-0.1", "-3/20"])
def test_a_wrong_number_is_not_close(text):
    assert judge_number("dx", -0.1484, [])(text).right is False


def test_no_more_digits_are_asked_for_than_decimals_are():
    judge = judge_number("dx", 0.0231, [], blur=0.0, unknown="No.")
    assert judge("0.045").say == "No."
    assert judge("0.05").say.startswith("No. With three digits")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*3", 6.0),
        ("4*5*4", 80.0),
        ("0.806*5/4", 1.0075),
        ("(1 + 2) / 4", 0.75),
        ("-0.5*-2", 1.0),
        ("0.5−2", -1.5),
    ],
)
def test_arithmetic_is_a_number(text, value):
    assert computed(text) == value
    assert judge_number("dx", value, [])(text).right is True


@pytest.mark.parametrize(
    "text",
    ["9**9**9", "2*x", "sum(3)", "1/0", "--1", "1 2", "2*", "(" * 40 + "1", "1*" * 40 + "1", "()*()", "*2"],
)
def test_what_is_no_arithmetic(text):
    assert computed(text) is None


def test_of_a_turned_number_it_is_not_said_where():
    asked = one("batchnorm", "number/dxmu1")
    verdict = asked.judge(str(-float(asked.run.values["dxmu1"][place_of(asked)])))
    assert verdict.say == TURNED


def place_of(asked):
    return tuple(int(sign) for sign in asked.text.split("[")[1].split("]")[0].split(", "))


# --- numbers that several mistakes give -------------------------------------------------------------------

ROWS = [(0.5, "one", "It is one."), (0.5002, "two", "It is two."), (0.7, "three", "It is three.")]


def test_two_mistakes_that_give_one_number_are_both_told():
    verdict = judge_number("dx", 2.0, ROWS)("0.5")
    assert (verdict.right, verdict.mistake) == (False, "")
    assert verdict.say == "This fits several mistakes. Either: It is one. Or: It is two."
    assert judge_number("dx", 2.0, ROWS)("0.5002").mistake == "two"
    assert judge_number("dx", 2.0, ROWS)("0.7").mistake == "three"


def test_from_far_away_a_number_must_be_exact_and_have_three_digits():
    judge = judge_number("dx", 2.0, ROWS, blur=0.0, unknown="It cannot be told.")
    assert judge("0.700").mistake == "three"
    assert judge("0.7").mistake == ""
    assert "three digits" in judge("0.7").say
    assert judge("0.703") == judge("0.907")
    assert judge("0.703").say == "It cannot be told."
    assert judge("0.500").mistake == ""  # it may be both
    assert judge_number("dx", 2.0, ROWS, blur=0.003)("0.703").mistake == "three"


@pytest.mark.parametrize(
    ("text", "digits"), [("0.041", 2), ("-0.410", 3), ("1e-3", 1), ("4.10E2", 3), ("1/3", 3), ("0", 0)]
)
def test_significant_digits(text, digits):
    assert significant(text) == digits


def test_either():
    assert either(["A."]) == "A."
    assert either(["A.", "B.", "C.", "D."]).endswith("Either: A. Or: B. Or it is one of 2 more.")


# --- sizes ------------------------------------------------------------------------------------------------


def test_sizes_at_which_two_wrong_divisors_are_alike():
    assert clashes([4, 3]) > 0  # N - 1 is D
    assert clashes([6, 3]) > 0  # N / 2 is D
    assert clashes([5, 3]) == clashes([6, 4]) == 0
    assert clashes([6, 2, 3]) > clashes([5, 2, 3])  # 2 * 3 is N


@pytest.mark.parametrize("lesson", LESSONS)
def test_sizes_are_distinct_and_arrays_can_be_shown(lesson):
    for sizes in telling_sizes(loaded(lesson)):
        assert len(set(sizes.values())) == len(sizes)
        assert sizes.keys() == loaded(lesson).sizes.keys()
    if set(loaded(lesson).sizes) == {"N", "D"}:
        assert {tuple(sizes.values()) for sizes in telling_sizes(loaded(lesson))} == {(5, 3), (6, 4)}


def test_layernorm_has_numbers():
    found = asked_of("layernorm", 0, "number")
    assert len(found) > 5
    assert all(shape_can_be_shown(np.shape(value)) for asked in found for _, value in asked.data)


# --- kinds and what is wanted -----------------------------------------------------------------------------

WANTS = {
    "next": {"letter"},
    "shape": {"shape"},
    "local": {"letter"},
    "number": {"number"},
    "formula": {"numpy"},
    "whole": {"numpy", "number"},
    "join": {"letter", "number"},
    "line": {"line"},
    "order": {"letters"},
    "own": {"letter", "number", "shape", "numpy"},
}


def test_kinds_and_what_sort_of_answer_is_wanted():
    found = {}
    for asked in (*asked_of("batchnorm", 0), *asked_of("gates", 0)):
        assert asked.kind == {"total": "join"}.get(asked.id.split("/")[0], asked.id.split("/")[0])
        found.setdefault(asked.kind, set()).add(str(asked.wants))
    assert found == WANTS


def test_a_shape_may_be_written_with_the_names_of_sizes():
    for lesson, item, text in (
        ("batchnorm", "shape/dx2", "(N, D)"),
        ("batchnorm", "own/shape-of-dsq", "N x D"),
        ("linear", "shape/dw", "(D, K)"),
    ):
        assert one(lesson, item).judge(text).right is True, item
    assert one("batchnorm", "shape/dx2").judge("(D, N)").right is False
    assert one("batchnorm", "shape/dx2").judge("(M, D)").right is None
