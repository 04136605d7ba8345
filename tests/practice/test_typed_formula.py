"""What a learner copies from the screen, or writes before the formula, is read as it is meant."""

import pytest

from bn_tutor.course.problem import SlipError
from bn_tutor.practice.typed_formula import typed_formula
from tests.practice.test_quiz_numpy import DGAMMA

SUM = "sum(dgammax * xhat, axis=0)"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a × b · c ⋅ d ∙ e", "a * b * c * d * e"),
        ("−x − 1", "-x - 1"),
        ("x² + y³", "x**2 + y**3"),
        ("½ * x", "(0.5) * x"),
        ("√(x) + √ (y)", "sqrt(x) + sqrt (y)"),
        ("x ≥ 0 ÷ 1 ≠ y", "x >= 0 / 1 != y"),
        ("x\N{NO-BREAK SPACE}+ y", "x + y"),
        ("dx = x + y", "x + y"),
        ("dx += x", "x"),
        (" dx:= x ", "x"),
        ("dx = grad = x", "x"),
        ("sum(x, axis=0)", "sum(x, axis=0)"),
        ("x == y", "x == y"),
        ("dx = x >= y", "x >= y"),
        ("dx", "dx"),
        ("dx =", ""),
        ("", ""),
    ],
)
def test_text_in_the_language(typed, text):
    assert typed_formula(typed).text == text


@pytest.mark.parametrize(
    "typed",
    ["a × q", "x² + y³ + q", "dx = ½ * q", "√(x)·q", "dx += x² ≥ q", "  q", "dx = (a, q)"],
)
def test_column_is_that_of_what_was_typed(typed):
    found = typed_formula(typed)
    assert found.column(found.text.rindex("q")) == typed.index("q")
    assert found.column(len(found.text)) <= len(typed)


def test_column_within_a_sign_is_that_of_the_sign():
    found = typed_formula("x + y²")
    assert [found.column(at) for at in range(5, 9)] == [5, 5, 5, 6]


@pytest.mark.parametrize(
    ("typed", "column"),
    [("dx[0] = x", 6), ("dx -= x", 4), ("a, b = x", 5), ("dx = x.grad = y²", 12), ("(dx) = x", 5)],
)
def test_other_left_sides_are_refused(typed, column):
    with pytest.raises(SlipError) as caught:
        typed_formula(typed)
    assert (caught.value.column, caught.value.hint) == (column, "write the right side only")


@pytest.mark.parametrize(
    "answer",
    [
        "sum(dgammax × xhat, axis=0)",
        "dgamma = (dgammax · xhat).sum(axis=0)",
        f"dgamma += {SUM}",
        f"grad_gamma = {SUM}",
        "−sum(−dgammax ⋅ xhat, axis=0)",
        "½ * sum(dgammax * xhat + dgammax * xhat, axis=0, keepdims=0)",
        "sum(dgammax * xhat * √(xhat² / xhat²), axis=0)",
        "sum(dgammax * xhat * (x == x), axis=0)",
        "sum(dgammax * xhat * (1 − (x ≠ x)), axis=0)",
    ],
)
def test_right_formula_in_other_signs_is_right(answer):
    assert DGAMMA.judge(answer).right is True


@pytest.mark.parametrize("answer", ["dgammax × xhat", "dgamma = −sum(dgammax × xhat, axis=0)"])
def test_wrong_formula_in_other_signs_is_wrong(answer):
    assert DGAMMA.judge(answer).right is False


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("∂gamma", "The character ∂ (U+2202) is not part of the language (a gradient is called dx)"),
        ("√xhat", "The character √ (U+221A) is not part of the language (write sqrt(x))"),
        ("dgamma[0] = xhat", "write the right side only"),
        ("0,5 * xhat", "write a point, not a comma: 0.5"),
        ("dgammax[xhat > 0]", "use where(xhat > 0, dgammax, 0) or dgammax * (xhat > 0)"),
        ("broadcast_to(xhat, (1, 1))", "does not broadcast to (1, 1)"),
        ("dgammax @ xhat", "matmul: the "),
        ("repeat + xhat", "There is nothing called repeat"),
        ("dgamma = dbeta", "dbeta may not be used here"),
        ("np.repeat(gamma, 3)", "broadcast_to(x, (N, D))"),
    ],
)
def test_what_is_refused_is_told_with_the_sign_and_what_to_write(answer, said):
    verdict = DGAMMA.judge(answer)
    assert verdict.right is None
    assert said in verdict.say
