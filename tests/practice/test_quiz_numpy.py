"""Answers typed as NumPy, in any of its spellings, are judged as what they mean."""

import pytest

from bn_tutor.practice.formula_questions import judge_formula
from tests.practice.quiz_support import asked_of, one

DGAMMA = one("batchnorm", "formula/dgamma")
DSQ = one("batchnorm", "formula/dsq")


def mask_judge():
    """Return the judge of dbn = dact * (bn > 0), asked from the upstream and forward values alone."""
    run = next(asked.run for asked in asked_of("mlp-with-bn", 3, "formula"))
    return judge_formula(run, "dbn", ["dact", "bn", "act"])


@pytest.mark.parametrize(
    "answer",
    [
        "(dgammax * xhat).sum(axis=0)",
        "dgamma = (dgammax * xhat).sum(0)",
        "np.sum(np.multiply(dgammax, xhat), axis=0)",
        "(dgammax.T * xhat.T).sum(axis=1)",
        "np.dot(np.ones_like(x).T, dgammax * xhat)[0]",
        "(xhat * dgammax).mean(0) * x.shape[0]",
        "np.zeros_like(gamma) + np.array(dgammax * xhat).sum(0)",
        "np.sum(dgammax * xhat, axis=0, keepdims=True).reshape(D)",
        "np.sum(dgammax * xhat, axis=0, keepdims=True).reshape(-1)",
        "np.sum(dgammax * xhat, axis=0, keepdims=True).reshape(gamma.shape)",
    ],
)
def test_right_formula_is_right(answer):
    assert DGAMMA.judge(answer).right is True


@pytest.mark.parametrize("answer", ["np.ones((N, D)) * dvar / N", "np.ones_like(sq) / len(sq) * dvar"])
def test_copies_of_a_row_are_right(answer):
    assert DSQ.judge(answer).right is True


@pytest.mark.parametrize(
    "answer",
    [
        "dact * (bn > 0)",
        "dbn = (bn > 0) * dact",
        "dact * (0 < bn)",
        "np.where(bn > 0, dact, 0)",
        "where(bn <= 0, 0, dact)",
        "dact * (act > 0).astype(float)",
        "dact * np.greater(bn, 0)",
        "dact * (1 - (bn <= 0))",
    ],
)
def test_gradient_of_relu_as_people_type_it_is_right(answer):
    assert mask_judge()(answer).right is True


@pytest.mark.parametrize(
    "answer", ["dact * (bn < 0)", "dact * bn > 0", "np.where(bn > 0, 0, dact)", "bn > 0"]
)
def test_wrong_mask_is_wrong(answer):
    assert mask_judge()(answer).right is False


@pytest.mark.parametrize(
    ("answer", "said", "at"),
    [
        ("dgamma = (dgammax * xhat).std(axis=0)", ".std is not part of the language", "std"),
        ("  dgammax * (xhat is 0)", "This comparison is not part of the language", "xhat is"),
        ("np.sum(dgammax * xhat, axis=dbeta.shape)", "dbeta may not be used here", "dbeta"),
        ("np.sum(dgammax * xhat, axis=0).shape", "can only be an argument", "np.sum"),
        ("dgammax.sum(xhat.shape[3])", "has no place 3", "xhat"),
        ("np.linalg.inv(dgammax)", ".inv is not part of the language", "inv"),
        ("np + dgammax", "There is nothing called np", "np"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column_and_costs_no_try(answer, said, at):
    verdict = DGAMMA.judge(answer)
    assert verdict.right is None
    assert said in verdict.say
    assert verdict.say.endswith(f"at column {answer.index(at) + 1}.")
