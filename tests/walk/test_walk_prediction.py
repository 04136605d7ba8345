"""Predict before reveal: the questions, and right answers in every way of writing them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.prediction import Ask, judge, question, read_number

COUNTS = range(3)


def value_of(asked):
    return float(asked.edge.contribution[asked.place])


def written_shapes(shape):
    sizes = [str(size) for size in shape]
    forms = [str(shape), ",".join(sizes), "x".join(sizes), "×".join(sizes), f"[{', '.join(sizes)}]"]
    return [*forms, f"  ({' , '.join(sizes)})"] if shape else ["()", "( )"]


def written_numbers(value):
    forms = [f"{value:.12f}", f"{value:.4f}", f"{value:.3e}", f"{value:+.5f}", f" {value:.5f} "]
    forms += [str(Fraction(value).limit_denominator(1000)), f"{3 * value:.9f} / 3"]
    return [*forms, *(form.replace("-", "−") for form in forms)]


def written_signs(value):
    return {1: ["+", "plus", "Positive"], -1: ["-", "−", "minus", "NEGATIVE"], 0: ["0", "zero"]}[
        np.sign(value)
    ]


def right_answers(asked):
    if asked.ask is Ask.SHAPE:
        return written_shapes(asked.edge.contribution.shape)
    return written_signs(value_of(asked)) if asked.ask is Ask.SIGN else written_numbers(value_of(asked))


def refused(questions, answers=right_answers):
    """Return the right answers that are refused."""
    pairs = [(asked, answer) for asked in questions for answer in answers(asked)]
    return [(asked.text, answer) for asked, answer in pairs if not judge(asked, answer).right]


# --- questions --------------------------------------------------------------------------------------------


def test_every_step_asks_for_a_shape_a_sign_and_a_number(tour, backward_steps):
    for step in backward_steps(tour):
        asks = [question(step, count).ask for count in range(6)]
        assert sorted(asks[:3]) == sorted(Ask)
        assert asks[3:] == asks[:3]


def test_an_input_where_gradients_meet_asks_nothing(tour):
    assert question(tour.story(Level.NODE).steps[-1], 0) is None


def test_the_edge_that_changes_most_is_asked_about(tour, backward_steps):
    asked = {step.node.name: question(step, 0).edge.input for step in backward_steps(tour, Level.NODE)}
    assert asked == {
        "out": "beta",
        "gammax": "gamma",
        "xhat": "ivar",
        "ivar": "sqrtvar",
        "sqrtvar": "var",
        "var": "sq",
        "sq": "xmu",
        "xmu": "mu",
        "mu": "x",
    }


def test_a_change_of_shape_is_asked_about_first(tour, backward_steps):
    first = {step.node.name: question(step, 0).ask for step in backward_steps(tour, Level.NODE)}
    assert [name for name, ask in first.items() if ask is Ask.SIGN] == ["ivar", "sqrtvar", "sq"]
    assert Ask.NUMBER not in first.values()


@pytest.mark.parametrize("count", [0, 1, 2, 5, 100])
def test_the_place_asked_about_lies_within_the_gradient(tour, backward_steps, count):
    for step in backward_steps(tour):
        asked = question(step, count)
        shape = asked.edge.contribution.shape
        assert len(asked.place) == len(shape)
        assert all(0 <= at < size for at, size in zip(asked.place, shape, strict=True))


def test_the_questions_are_said_in_plain_words(tour, backward_steps):
    step = next(step for step in backward_steps(tour, Level.NODE) if step.node.name == "gammax")
    assert [question(step, count).text for count in COUNTS] == [
        "What is the shape of the gradient that gammax sends to gamma?",
        "What is the value, to two decimals, of dgamma[1], in the gradient that gammax sends to gamma?",
        "What is the sign (+, - or 0) of dgamma[2], in the gradient that gammax sends to gamma?",
    ]


def test_hints_do_not_give_the_answer_away(tour, backward_steps):
    step = next(step for step in backward_steps(tour, Level.NODE) if step.node.name == "gammax")
    assert question(step, 0).hint == (
        "A gradient has the shape of what it belongs to. gamma is of which shape?"
    )
    assert question(step, 1).hint.startswith("upstream, then: ")
    assert question(step, 1).hint.endswith(" xhat, sum over axis 0")


def test_an_empty_array_is_asked_for_its_shape_only(traced_tour, backward_steps):
    tour = traced_tour(lambda x: x * 2.0, np.zeros((0, 3)))
    (step,) = backward_steps(tour, Level.NODE)
    assert {question(step, count).ask for count in range(4)} == {Ask.SHAPE}
    assert judge(question(step, 0), "(0, 3)").right


def test_arrays_of_many_axes_can_be_asked_about(traced_tour, random_arrays, backward_steps):
    tour = traced_tour(lambda x: x * x, *random_arrays((2, 1, 2, 1, 2, 3)))
    for step in backward_steps(tour):
        assert refused([question(step, count) for count in COUNTS]) == []


# --- right answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("count", COUNTS)
def test_a_right_answer_is_accepted_in_every_frame(tour, backward_steps, level, count):
    assert refused([question(step, count) for step in backward_steps(tour, level)]) == []


def test_a_right_answer_that_is_refused_would_be_seen(tour, backward_steps):
    asked = question(backward_steps(tour, Level.NODE)[3], 0)
    assert refused([asked], lambda each: ["?"]) == [(asked.text, "?")]


@given(st.floats(1e-3, 1e6), st.sampled_from([1, -1]))
def test_a_number_with_all_its_digits_is_accepted(asked_number, size, sign):
    asked = asked_number(sign * size)
    assert judge(asked, repr(value_of(asked))).right


def two_decimals_refused(questions):
    rounded = [(asked, f"{value_of(asked):.2f}") for asked in questions if asked.ask is Ask.NUMBER]
    kept = [(asked, text) for asked, text in rounded if float(text)]
    return [(value_of(asked), text) for asked, text in kept if not judge(asked, text).right]


@pytest.mark.parametrize("seed", range(8))
def test_a_number_rounded_to_two_decimals_is_accepted(lesson_tour, backward_steps, seed):
    steps = backward_steps(lesson_tour(seed=seed), Level.NODE)
    assert two_decimals_refused([question(step, count) for step in steps for count in range(9)]) == []


@given(st.floats(0.0051, 100.0), st.sampled_from([1, -1]))
def test_any_number_rounded_to_two_decimals_is_accepted(asked_number, size, sign):
    assert two_decimals_refused([asked_number(sign * size)]) == []


def test_a_right_answer_is_confirmed_with_the_value(asked_number, tour, backward_steps):
    assert judge(asked_number(-0.35791), "-.358").say == "Right: -0.3579."
    steps = {step.node.name: step for step in backward_steps(tour, Level.NODE)}
    assert judge(question(steps["mu"], 0), "4x3").say == "Right: (4, 3), the shape of x."
    sign = question(steps["ivar"], 0)
    assert judge(sign, "-").say == f"Right: it is {value_of(sign):.3f}."


# --- how numbers are read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/3", 1 / 3),
        ("-1/4", -0.25),
        ("1 / -4", -0.25),
        ("−0.5", -0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("+2", 2.0),
        ("3.5e-1", 0.35),
        ("3E2", 300.0),
        ("- 1", -1.0),
        ("1e-3/1e-3", 1.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "0,35",
        "1,000.5",
        "1/0",
        "1/3/2",
        "abc",
        "",
        "--1",
        "0x10",
        "1e9999",
        "1_000",
        "nan",
        "inf",
        "2*3",
        "$1",
    ],
)
def test_anything_else_is_no_number(text):
    assert read_number(text) is None


@given(st.text(max_size=100))
def test_no_text_breaks_the_reading_of_numbers(text):
    assert read_number(text) is None or isinstance(read_number(text), float)


@given(st.text(alphabet="0123456789+-−./eE ", max_size=40))
def test_no_text_of_digits_breaks_the_reading_of_numbers(text):
    assert read_number(text) is None or isinstance(read_number(text), float)


@given(st.text(max_size=120), st.integers(0, 2))
def test_any_text_is_judged_and_explained(tour, backward_steps, text, count):
    for step in backward_steps(tour, Level.NODE)[1:4]:
        assert judge(question(step, count), text).say
