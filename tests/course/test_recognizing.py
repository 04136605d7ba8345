"""A wrong answer is named by its value: exactly, up to its shape, as another value, or by its ratio."""

import numpy as np
import pytest

from bn_tutor.course.known_mistakes import Known, mistakes_of
from bn_tutor.course.recognizing import (
    TURNED,
    ZERO,
    How,
    Wanted,
    entry,
    precision,
    recognized,
    recognized_number,
    vanishes,
)

from .shipped import shipped

MISTAKES = mistakes_of(shipped("batchnorm"))
RIGHT = MISTAKES.right


def wanted(name, given=(), others=()):
    return Wanted(name, RIGHT[name], MISTAKES.of(name, given=given), {each: RIGHT[each] for each in others})


def known(name, value):
    return Known(name, name, name, "node", f"It is {name}.", "Why?", "", (), {"da": np.asarray(value)})


def small(right, others=None, **mistakes):
    """Return a question whose mistakes are given by name and value."""
    found = [known(name, value) for name, value in mistakes.items()]
    return Wanted("da", np.asarray(right), found, {k: np.asarray(v) for k, v in (others or {}).items()})


def names(found):
    return [each.mistake.id if each.mistake else each.how.value for each in found]


# --- what the quiz is for ---------------------------------------------------------------------------------


def test_dgamma_that_is_not_summed():
    found = recognized(wanted("dgamma", given=["dgammax"]), RIGHT["dout"] * RIGHT["xhat"])
    assert [each.how for each in found] == [How.EXACT]
    assert found[0].say.startswith("This is not summed yet. gamma was broadcast over the rows (axis 0)")


@pytest.mark.parametrize("place", [(0, 0), (1, 1), (2, 2), (3, 0)])
def test_the_variance_branch_dropped_from_one_number(place):
    direct = RIGHT["dxmu1"]
    number = round(float((direct - direct.mean(axis=0))[place]), 3)
    found = recognized_number(wanted("dx"), place, number, precision("0.123"))
    assert names(found) == ["own/variance-road-forgotten"]
    assert found[0].mistake.kind == "statistics-as-constants"
    assert "The road through the variance is missing" in found[0].say
    assert "one of several roads missing, at sq" in found[0].mistake.also


def test_every_mistake_is_named_by_its_own_array():
    for name in MISTAKES.run.targets:
        question = wanted(name)
        for each in question.mistakes:
            found = recognized(question, each.value)
            if vanishes(each.value, question.right):
                assert [each.say for each in found] == [ZERO], (name, each.id)
            else:
                assert each.id in names(found), (name, each.id)


def test_right_is_no_mistake():
    assert recognized(wanted("dx"), RIGHT["dx"]) == ()
    assert recognized_number(wanted("dx"), (0, 0), float(RIGHT["dx"][0, 0]) + 4e-4, 5e-4) == ()


def test_data_that_cannot_tell():
    """At N = 4 and D = 3 a division by N - 1 is one by D."""
    both = {"other-share/less-one@mu-0", "other-share/axis-1@mu-0"}
    found = recognized(wanted("dx2", given=["dmu"]), np.ones((4, 3)) * RIGHT["dmu"] / 3)
    assert set(names(found)) == both


# --- by shape ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "how", "say"),
    [
        (
            [[1, 2, 3]],
            How.SHAPE,
            "The numbers are right, the shape is not: this has the shape (1, 3), da (3,)."
            " An axis of length 1 was kept: leave keepdims out.",
        ),
        ([1, 2, 3, 4], None, ""),
        (
            [[1, 2, 3], [1, 2, 3]],
            How.BROADCAST,
            "By broadcasting it would be right, but this has the shape (2, 3), da (3,).",
        ),
    ],
)
def test_right_but_for_the_shape(given, how, say):
    found = recognized(small([1.0, 2, 3]), np.asarray(given, dtype=float))
    assert [(each.how, each.say) for each in found] == ([(how, say)] if how else [])


def test_a_gradient_that_is_not_spread():
    found = recognized(wanted("dx2", given=["dmu"]), RIGHT["dmu"] / 4)
    assert [(each.how, each.mistake) for each in found] == [(How.BROADCAST, None)]


def test_rows_and_columns_changed_over():
    right = np.arange(6.0).reshape(2, 3)
    assert recognized(small(right), right.T)[0].how is How.SHAPE
    square = np.arange(9.0).reshape(3, 3)
    assert recognized(small(square), square.T)[0].how is How.SHAPE


def test_a_mistake_but_for_the_shape():
    question = small([1.0, 2, 3], twice=[[7.0, 8, 9]], alone=5.0)
    assert [(each.how, each.say) for each in recognized(question, np.array([7.0, 8, 9]))] == [
        (How.SHAPE, "It is twice.")
    ]
    found = recognized(question, np.full(3, 5.0))
    assert (names(found), found[0].how) == (["alone"], How.BROADCAST)


def test_what_is_exact_goes_before_what_is_not():
    question = small([1.0, 2, 3], row=[[1.0, 2, 3]])
    assert names(recognized(question, np.array([[1.0, 2, 3]]))) == ["row"]


# --- by other facts ---------------------------------------------------------------------------------------


def test_another_value():
    found = recognized(wanted("dxmu1", given=["dxhat"], others=["dxmu2", "dxmu"]), RIGHT["dxmu2"])
    assert [(each.how, each.say) for each in found] == [(How.OTHER, "This is dxmu2, not dxmu1.")]


RATIOS = [
    (-1, "The size is right, the sign is not."),
    (2, "This is twice the right value: is a 2 in it twice, or a ½ forgotten?"),
    (0.5, "This is half the right value: is a ½ in it twice, or a 2 forgotten?"),
    (3, "This is 3 times the right value: is a 1/3 forgotten?"),
    (1 / 3, "This is the right value divided by 3: is there a 1/3 too many?"),
]


@pytest.mark.parametrize(("factor", "say"), RATIOS)
def test_ratios(factor, say):
    question = small([1.0, -2, 4])
    assert [(each.how, each.say) for each in recognized(question, factor * question.right)] == [
        (How.RATIO, say)
    ]
    number = recognized_number(question, (2,), round(4 * factor, 3), 5e-4)
    say = TURNED if factor == -1 else say
    assert [(each.how, each.say) for each in number] == [(How.RATIO, say)]


def test_sizes_of_other_values_are_factors_too():
    question = small([1.0, -2, 4], others={"x": np.ones((7, 3))})
    assert "7 times" in recognized(question, 7 * question.right)[0].say
    assert "divided by 21" in recognized(question, question.right / 21)[0].say


@pytest.mark.parametrize("factor", [1.5, 0.9, -3])
def test_no_ratio_that_tells_nothing(factor):
    question = small([1.0, -2, 4])
    assert recognized(question, factor * question.right) == ()


def test_a_mean_of_another_count_names_both_counts():
    question = small([1.0, -2, 4], others={"x": np.ones((12, 3))}, **{"share-missing": [4.0, -8, 16]})
    [found] = recognized(question, question.right * 4 / 12)
    assert found.say == "This divides by 12 entries; the mean has 4."


def test_a_mean_is_taken_for_a_sum_only_where_one_is_summed():
    question = small([1.0, -2, 4], **{"sum-missing": np.ones((7, 3))})
    assert recognized(question, question.right / 3)[0].say.endswith("is a mean taken for a sum?")
    assert "sum" not in recognized(small([1.0, -2, 4]), question.right / 3)[0].say


@pytest.mark.parametrize(
    "given", [np.zeros(3), np.asarray(0.0), np.array([1e-17, 0, -1e-17]), np.zeros((2, 3))]
)
def test_zeros_are_no_mistake_that_vanishes(given):
    question = small([1.0, -2, 4], vanishing=[1e-16, 0, 1e-16])
    assert [(each.say, each.mistake) for each in recognized(question, given)] == [(ZERO, None)]


def test_a_mistake_goes_before_its_ratio():
    question = small([1.0, -2, 4], turned=[-1.0, 2, -4])
    assert names(recognized(question, np.array([-1.0, 2, -4]))) == ["turned"]


def test_multiples_of_nearly_nothing():
    """Where the right value is zero, or smaller than what was typed shows, a ratio says nothing."""
    assert recognized_number(small([0.0, 1]), (0,), 0.002, 5e-4) == ()
    assert recognized_number(small([0.001, 1]), (0,), 0.002, 5e-4) == ()
    assert recognized(small([0.0, 0]), np.array([1.0, 2])) == ()


# --- one number -------------------------------------------------------------------------------------------


def test_several_mistakes_that_a_short_number_cannot_tell_apart():
    question = small([1.0], one=[0.318], another=[0.3221], far=[0.5])
    assert names(recognized_number(question, (0,), 0.32, precision("0.32"))) == ["one", "another"]
    assert names(recognized_number(question, (0,), 0.318, precision("0.318"))) == ["one"]


def test_a_number_of_one_value_for_all():
    assert names(recognized_number(small([1.0, 2], summed=3.5), (1,), 3.5, 5e-4)) == ["summed"]


def test_a_mistake_that_has_no_such_place():
    question = small([1.0, 2], unsummed=np.ones((4, 2)), other=[7.0, 8.0])
    assert recognized_number(question, (1,), 1.0, 5e-4)[0].how is How.RATIO
    assert entry(np.ones((4, 2)), question, (1,)) is None


def test_other_values_of_one_number():
    question = small([1.0, 2.5], others={"db": [3.0, 4.25]})
    assert recognized_number(question, (1,), 4.25, 5e-4)[0].say == "This is db, not da."
    # With a digit or two too many values are close.
    assert recognized_number(question, (1,), 4.2, precision("4.2")) == ()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("-0.35", 0.01),
        ("−0.350", 0.001),
        ("3.5e-1", 0.01),
        ("3", 1),
        ("12e1", 10),
        (" 0.5 ", 0.1),
        (".25", 0.01),
    ],
)
def test_precision(text, unit):
    assert precision(text) == pytest.approx(0.501 * unit)


@pytest.mark.parametrize("text", ["1/3", "nan", "inf", "", "one"])
def test_precision_of_what_has_no_decimals(text):
    assert precision(text) == 1e-6


# --- odd answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", [np.nan, np.inf, np.zeros((0,)), np.full((4, 3), np.nan), np.ones((2, 2, 2, 2))]
)
def test_odd_arrays(given):
    assert all(isinstance(each.say, str) for each in recognized(wanted("dx"), np.asarray(given)))


@pytest.mark.parametrize("given", [np.nan, np.inf, -np.inf, 1e300])
def test_odd_numbers(given):
    assert recognized_number(wanted("dx"), (0, 0), given, 5e-4) == ()
