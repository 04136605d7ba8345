"""Dropout: p may be read in four ways, each of which has to be kept to; what fits none is wrong."""

import pytest

from tests.checker.check_files import checked, said_of, with_fault

TEXT = """
import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = {mask}
        out = x * mask
    else:
        out = {test}
    return out, (mode, mask, p)


def dropout_backward(dout, cache):
    mode, mask, p = cache
    return dout * mask if mode == "train" else {back}
"""
KEEP, DROP = "(np.random.rand(*x.shape) < p)", "(np.random.rand(*x.shape) >= p)"
SAY = "p is read as the probability to "
SCALED = ", scaled at inference and not in training"
MEANINGS = {
    "keep": (f"{KEEP} / p", "x", "dout", ""),
    "drop": (f"{DROP} / (1 - p)", "x", "dout", f"{SAY}drop a number"),
    "keep, scaled later": (KEEP, "x * p", "dout * p", f"{SAY}keep a number{SCALED}"),
    "drop, scaled later": (DROP, "x * (1 - p)", "dout * (1 - p)", f"{SAY}drop a number{SCALED}"),
}


def filled(mask, test="x", back="dout"):
    return TEXT.format(mask=mask, test=test, back=back)


@pytest.mark.parametrize("name", MEANINGS)
def test_each_meaning_of_p_is_right(tmp_path, name):
    mask, test, back, note = MEANINGS[name]
    report = checked(tmp_path, filled(mask, test, back))
    assert report.verdict == "right"
    assert {each.notes for each in report.functions} == {(note,) if note else ()}


WRONG = {
    "not scaled": (filled(KEEP), "dropout_forward"),
    "scaled twice": (filled(f"{KEEP} / p", "x * p"), "dropout_forward"),
    "normal numbers": (filled(f"{KEEP.replace('rand(', 'randn(')} / p"), "dropout_forward"),
    "the other scale": (filled(f"{KEEP} / (1 - p)"), "dropout_forward"),
    "kept in test mode": (filled(f"{KEEP} / p", back="dout * 0.5"), "dropout_backward"),
    "backward without mask": (
        with_fault(filled(f"{KEEP} / p"), "return dout * mask if", "return dout * 2 if"),
        "dropout_backward",
    ),
    "no mask": (filled("np.ones(x.shape)"), "dropout_forward"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_fits_no_meaning_is_wrong(tmp_path, name):
    text, function = WRONG[name]
    report = checked(tmp_path, text)
    assert report.verdict == "wrong"
    assert said_of(report, function)


def test_a_share_that_p_does_not_mean_is_told(tmp_path):
    report = checked(tmp_path, filled(f"{KEEP.replace('rand(', 'randn(')} / p"))
    assert "of the numbers are kept" in said_of(report, "dropout_forward")["out"]


SHARED = {"column": "x.shape[1]", "row": "len(x), 1"}


@pytest.mark.parametrize("line", SHARED)
def test_a_mask_that_many_numbers_share_is_told(tmp_path, line):
    report = checked(tmp_path, filled(f"(np.random.rand({SHARED[line]}) < p) / p"))
    say = f"one number of the mask is drawn for a whole {line}: every entry of x has its own"
    assert report.verdict == "wrong"
    assert said_of(report, "dropout_forward") == {"out": say}
    assert not [each for function in report.functions for each in function.accused if each.tier == "proved"]


def test_a_mask_that_depends_on_the_row_is_told(tmp_path):
    report = checked(
        tmp_path, filled("(np.random.rand(len(x), 1) * 0.5 + np.random.rand(*x.shape) < p + 0.2) / p")
    )
    assert "of some rows far more is kept than of others" in said_of(report, "dropout_forward")["out"]
