"""Wrong answers: refused, and explained by what was probably done."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.prediction import Ask, Question, judge

NOT_A_NUMBER = "Write a number, such as -0.35 or 1/3 (a point, not a comma)."
NOT_THAT = "Not that. Take the upstream and multiply by the local gradient, element by element."


@pytest.fixture(scope="module")
def ask(tour):
    """Ask about the edge from one node to another."""

    def asked(kind, node, name, *place):
        step = next(step for step in tour.story(Level.NODE).steps if step.node.name == node)
        edge = next(edge for edge in step.edges if edge.input == name)
        return Question(kind, step, edge, place)

    return asked


@pytest.fixture(scope="module")
def values(tour):
    return tour.story(Level.NODE).values


def said(asked, answer):
    judged = judge(asked, answer if isinstance(answer, str) else f"{answer:.9f}")
    assert not judged.right
    return judged.say


# --- numbers ----------------------------------------------------------------------------------------------


def test_a_mean_for_a_sum(ask, values):
    asked = ask(Ask.NUMBER, "gammax", "gamma", 1)
    mean = np.mean(values["dgammax"] * values["xhat"], axis=0)[1]
    assert said(asked, mean) == "That is the mean of the 4 products; here they are summed."


def test_one_product_for_a_sum(ask, values):
    asked = ask(Ask.NUMBER, "gammax", "gamma", 1)
    first = values["dgammax"][0, 1] * values["xhat"][0, 1]
    assert said(asked, first) == "That is only the first product of the sum."


def test_a_sum_without_the_local_gradient(ask, values):
    asked = ask(Ask.NUMBER, "xhat", "ivar", 2)
    assert said(asked, values["dxhat"][:, 2].sum()) == (
        "That is the upstream summed, without the local gradient."
    )


@pytest.mark.parametrize(("node", "name", "place"), [("ivar", "sqrtvar", (0,)), ("xmu", "mu", (2,))])
def test_a_lost_sign(ask, node, name, place):
    asked = ask(Ask.NUMBER, node, name, *place)
    assert said(asked, -asked.edge.contribution[place]) == "The size is right, the sign is not."


def test_the_upstream_itself(ask, values):
    asked = ask(Ask.NUMBER, "sqrtvar", "var", 1)
    assert said(asked, values["dsqrtvar"][1]) == (
        "That is the upstream; it still has to be multiplied by the local gradient."
    )


def test_a_missing_factor_of_the_mean(ask, values):
    asked = ask(Ask.NUMBER, "var", "sq", 0, 0)
    assert said(asked, values["dvar"][0]).startswith("That is the upstream; it still has to be multiplied")


def test_a_missing_factor_in_large_data(traced_tour):
    large = np.random.default_rng(4).normal(size=1_000_001)
    tour = traced_tour(lambda x: x * 3.0, large)
    (step,) = tour.story(Level.NODE).steps
    asked = Question(Ask.NUMBER, step, step.edges[0], (5,))
    assert said(asked, step.upstream[5]) == "The factor 3.000 is missing."


def test_the_local_gradient_itself(ask, values):
    asked = ask(Ask.NUMBER, "sq", "xmu", 0, 1)
    assert said(asked, 2 * values["xmu"][0, 1]) == (
        "That is the local gradient; it still has to be multiplied by the upstream."
    )


def test_added_instead_of_multiplied(ask, values):
    asked = ask(Ask.NUMBER, "xhat", "xmu", 1, 0)
    assert said(asked, values["dxhat"][1, 0] + values["ivar"][0]) == "The two are multiplied, not added."


@pytest.mark.parametrize(
    ("factor", "say"), [(2, "That is twice the value."), (0.5, "That is half the value.")]
)
def test_a_factor_of_two(ask, factor, say):
    asked = ask(Ask.NUMBER, "sq", "xmu", 2, 0)
    assert said(asked, factor * asked.edge.contribution[2, 0]) == say


def test_any_other_number(ask):
    assert said(ask(Ask.NUMBER, "sq", "xmu", 0, 0), 12345) == NOT_THAT


@pytest.mark.parametrize("answer", ["0,35", "-0,35", "one half", "0.35.1", "1/0", "?", "[bold]1[/bold]", "+"])
def test_no_number_at_all(ask, answer):
    assert said(ask(Ask.NUMBER, "sq", "xmu", 0, 0), answer) == NOT_A_NUMBER


def test_a_decimal_comma_is_refused_even_where_the_digits_are_right(ask):
    asked = ask(Ask.NUMBER, "gammax", "gamma", 0)
    right = f"{asked.edge.contribution[0]:.3f}"
    assert judge(asked, right).right
    assert said(asked, right.replace(".", ",")) == NOT_A_NUMBER


@given(st.floats(1e-8, 0.5), st.sampled_from([1, -1]), st.sampled_from(["0", "0.0", "0.00", "-0", "0/3"]))
def test_zero_is_never_taken_for_a_small_number(asked_number, size, sign, zero):
    assert not judge(asked_number(sign * size), zero).right


@given(st.floats(0.1, 1e8), st.sampled_from([1.3, 0.7, -1, 2, 0.5, 10, 0]))
def test_a_number_that_is_far_off_is_never_right(asked_number, value, factor):
    assert not judge(asked_number(value), repr(value * factor)).right


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_no_finite_number_is_right_for_inf_or_nan(asked_number, value):
    asked = asked_number(value)
    assert [answer for answer in ("1", "0", "-7.5", "1e300") if judge(asked, answer).right] == []


# --- shapes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["(4, 3)", "4x3", "4 3"])
def test_the_shape_of_the_upstream(ask, answer):
    say = said(ask(Ask.SHAPE, "gammax", "gamma"), answer)
    assert say.startswith("That is the upstream's own shape. Something happens on the way: ")
    assert say.endswith(" xhat, sum over axis 0.")


@pytest.mark.parametrize("answer", ["(1, 3)", "3,1", "1x3"])
def test_an_axis_too_many(ask, answer):
    assert said(ask(Ask.SHAPE, "gammax", "gamma"), answer) == (
        "As many elements, but with an axis too many: a gradient fits its node exactly."
    )


def test_axes_in_reverse(ask):
    assert said(ask(Ask.SHAPE, "mu", "x"), "(3, 4)") == "These are the axes in reverse."


@pytest.mark.parametrize("answer", ["(12,)", "(4,)", "4,3,1,1", "(0, 0)", "999999999999x3", "(4, 4)"])
def test_any_other_shape(ask, answer):
    assert said(ask(Ask.SHAPE, "mu", "x"), answer) == (
        "A gradient has exactly the shape of what it belongs to: x."
    )


@pytest.mark.parametrize("answer", ["four by three", "(N, D)", "x", ",", "[bold]", "-4,3", "4.0, 3.0", ""])
def test_no_shape_at_all(ask, answer):
    assert said(ask(Ask.SHAPE, "mu", "x"), answer) == "Write a shape as Python does: (7, 5), or (7,)."


def test_the_shape_of_a_single_number(traced_tour, random_arrays):
    tour = traced_tour(lambda x, w: x * w, *random_arrays((4, 3), ()))
    step = tour.story(Level.NODE).steps[0]
    edge = next(edge for edge in step.edges if edge.input == "w")
    asked = Question(Ask.SHAPE, step, edge, ())
    assert judge(asked, "()").right
    assert not judge(asked, "(1,)").right


# --- signs ------------------------------------------------------------------------------------------------


def test_a_sign_that_forgets_the_local_gradient(ask, values):
    asked = ask(Ask.SIGN, "ivar", "sqrtvar", 0)
    name, sign = ("positive", "+") if values["divar"][0] > 0 else ("negative", "-")
    assert said(asked, sign) == f"The upstream is {name} there. Which sign has the local gradient?"


def test_the_sign_of_a_sum(ask):
    asked = ask(Ask.SIGN, "gammax", "gamma", 0)
    wrong = "-" if asked.edge.contribution[0] > 0 else "+"
    assert said(asked, wrong) == "Look at the sign of each product, and at which of them is largest."


def test_zero_is_no_sign_of_a_number(ask):
    assert not judge(ask(Ask.SIGN, "sq", "xmu", 0, 0), "0").right


@pytest.mark.parametrize("answer", ["", "up", "+1", "-0.5", "(4, 3)", "++", "[red]+[/red]"])
def test_no_sign_at_all(ask, answer):
    assert said(ask(Ask.SIGN, "sq", "xmu", 0, 0), answer) == "Answer +, - or 0."


@pytest.mark.parametrize("answer", ["+", "-", "0"])
def test_nan_has_no_sign(asked_number, answer):
    asked = asked_number(np.nan)
    assert not judge(Question(Ask.SIGN, asked.step, asked.edge, (0,)), answer).right
