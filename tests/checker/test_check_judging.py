"""What a result is judged to be: strict in shape, exact in value, and said in words."""

import numpy as np
import pytest

from bn_tutor.checker.calling import described
from bn_tutor.checker.judging import judged, results_of
from bn_tutor.checker.trial import Where
from tests.checker.check_files import RIGHT, checked, said_of, with_fault

WANTED = np.random.default_rng(3).normal(size=(5, 3))
ROW = WANTED[0]


class Masked(np.ndarray):
    pass


RESULTS = {
    "the same": (WANTED.copy(), "right", ""),
    "a list": (WANTED.tolist(), "wrong", "dx is a list, not an array of numbers"),
    "rounded": (WANTED * (1 + 1e-12), "right", ""),
    "a little off": (WANTED * (1 + 1e-5), "wrong", "dx is off by 1e-05 of its largest entry"),
    "float32": (WANTED.astype(np.float32), "right", ""),
    "float32 and off": (WANTED.astype(np.float32) * 1.01, "wrong", "dx is off by 0.01 of its largest entry"),
    "float16": (WANTED.astype(np.float16), "right", ""),
    "nan": (np.where(WANTED > 1, np.nan, WANTED), "wrong", "dx holds nan"),
    "inf": (np.full((5, 3), np.inf), "wrong", "dx holds inf"),
    "transposed": (WANTED.T, "wrong", "dx has the shape (3, 5) and should have (5, 3)"),
    "a leading one": (WANTED[None], "right", ""),
    "a number": (2.0, "wrong", "dx has the shape () and should have (5, 3)"),
    "none": (None, "wrong", "dx is None, not an array of numbers"),
    "text": ("dx", "wrong", "dx is a text, not an array of numbers"),
    "complex": (WANTED * 1j, "wrong", "dx is an array of complex numbers, not an array of numbers"),
    "objects": (WANTED.astype(object), "wrong", "dx is an array of objects, not an array of numbers"),
    "truth": (True, "wrong", "dx is True, not an array of numbers"),
    "a dictionary": ({"a": 1}, "wrong", "dx is a dictionary, not an array of numbers"),
    "far too many": (
        np.broadcast_to(1.0, (1 << 20, 1 << 20)),
        "wrong",
        "dx has the huge shape (1048576, 1048576) and should have (5, 3)",
    ),
    "a kind of array": (WANTED.view(Masked), "right", ""),
}


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_said_of_a_result(name):
    value, verdict, say = RESULTS[name]
    found = judged("dx", described(value), WANTED)
    assert (found.verdict, found.say) == (verdict, say)


SHAPES = {
    "(D,)": (ROW, "right", ()),
    "(1, D)": (ROW[None], "right", ("dgamma has the shape (1, 3); (3,) would be exact",)),
    "(D, 1)": (ROW[:, None], "wrong", ()),
    "(N, D)": (WANTED, "wrong", ()),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_row_may_stand_for_a_vector_but_no_column(name):
    value, verdict, notes = SHAPES[name]
    found = judged("dgamma", described(value), ROW)
    assert (found.verdict, found.notes) == (verdict, notes)


def test_what_is_compared_to_fewer_digits_is_noted():
    found = judged("dx", described(WANTED.astype(np.float32)), WANTED)
    assert found.notes == ("dx is float32, so it is compared to fewer digits",)


PLACES = {
    "in its place": ((WANTED, ROW), Where("out", 1, 2), ROW),
    "by its name": ({"dgamma": ROW, "dx": WANTED}, Where("out", 0, 2, ("dx", "x")), WANTED),
    "by another name": ({"d_gamma": ROW, "x": WANTED}, Where("out", 0, 2, ("dx", "x")), WANTED),
    "inside": ({"grads": {"dx": WANTED}}, Where("out", 0, 2, ("dx",)), WANTED),
    "alone": (WANTED, Where("out", 0, 3), WANTED),
}


@pytest.mark.parametrize("name", PLACES)
def test_where_a_result_stands(name):
    value, where, wanted = PLACES[name]
    found = results_of({"out": described(value)}, where)
    assert np.array_equal(found["array"], wanted)


def test_what_is_not_returned_is_missing():
    found = results_of({"out": described((WANTED, ROW))}, Where("out", 2, 3))
    assert judged("dbeta", found, ROW).say == "dbeta is missing from what is returned"


# --- planted faults ---------------------------------------------------------------------------------------

FAULTS = {
    "order": (
        "return dx, dgamma, dbeta",
        "return dgamma, dx, dbeta",
        {
            "dx": "dgamma is returned in the place of dx: the order is dx, dgamma, dbeta",
            "dgamma": "dx is returned in the place of dgamma: the order is dx, dgamma, dbeta",
        },
    ),
    "sign": (
        "dbeta = dout.sum(axis=0)",
        "dbeta = -dout.sum(axis=0)",
        {"dbeta": "every entry of dbeta has the wrong sign, and is right otherwise"},
    ),
    "mean": (
        "dbeta = dout.sum(axis=0)",
        "dbeta = dout.mean(axis=0)",
        {"dbeta": "it is the right one divided by N ="},
    ),
    "twice": ("dbeta = dout.sum(axis=0)", "dbeta = 1.5 * dout.sum(axis=0)", {"dbeta": "times 1.5"}),
    "too few": (
        "return dx, dgamma, dbeta",
        "return dx, dgamma",
        {"dbeta": "dbeta is missing from what is returned"},
    ),
    "too wide": (
        "dbeta = dout.sum(axis=0)",
        "dbeta = dout",
        {"dbeta": "dbeta has the shape (6, 4) and should have (4,)"},
    ),
    "a column": (
        "dbeta = dout.sum(axis=0)",
        "dbeta = dout.sum(axis=0)[:, None]",
        {"dbeta": "dbeta has the shape (4, 1) and should have (4,)"},
    ),
    "nan": ("dbeta = dout.sum(axis=0)", "dbeta = dout.sum(axis=0) * np.nan", {"dbeta": "dbeta holds nan"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_what_it_makes(tmp_path, name):
    right, wrong, wanted = FAULTS[name]
    report = checked(tmp_path, with_fault(RIGHT, right, wrong))
    assert report.verdict == "wrong"
    said = said_of(report, "batchnorm_backward")
    assert said.keys() == wanted.keys()
    assert [words for name, words in wanted.items() if words not in said[name]] == []


def test_another_order_is_proved_at_the_return(tmp_path):
    report = checked(tmp_path, with_fault(RIGHT, "return dx, dgamma, dbeta", "return dbeta, dx, dgamma"))
    (accused,) = report.functions[1].accused
    assert accused.code == "return dbeta, dx, dgamma"
    assert report.lines[accused.line - 1].strip() == accused.code
    assert (accused.tier, accused.mistake.id) == ("proved", "order-mixed")
    assert accused.fix == "return dx, dgamma, dbeta"


def test_a_wrong_result_among_them_is_no_matter_of_order(tmp_path):
    text = with_fault(RIGHT, "return dx, dgamma, dbeta", "return dgamma, dx, dbeta")
    report = checked(tmp_path, with_fault(text, "dbeta = dout.sum(axis=0)", "dbeta = dout.mean(axis=0)"))
    assert report.verdict == "wrong"
    assert "shape" in said_of(report, "batchnorm_backward")["dx"]


SINGLE = with_fault(RIGHT, "    inv_std = ", "    x = x.astype(np.float32)\n    inv_std = ")


def test_single_precision_on_the_way_is_a_note_and_no_mistake(tmp_path):
    report = checked(tmp_path, SINGLE)
    assert report.verdict == "right"
    notes = [note for each in report.functions for note in each.notes]
    assert "out is made with float32 on the way, so it is compared to fewer digits" in notes


def test_a_comment_on_single_precision_changes_nothing(tmp_path):
    text = with_fault(RIGHT, "dx = inv_std", "dx = (1 + 1e-4) * inv_std  # float32")
    assert said_of(checked(tmp_path, text), "batchnorm_backward").keys() == {"dx"}


EPS = {
    "forgotten": ("x.var(axis=0) + eps", "x.var(axis=0)"),
    "outside": ("np.sqrt(x.var(axis=0) + eps)", "(np.sqrt(x.var(axis=0)) + eps)"),
    "squared": ("x.var(axis=0) + eps", "x.var(axis=0) + eps**2"),
    "its own": ("x.var(axis=0) + eps", "x.var(axis=0) + 1.5 * eps"),
    "ddof": ("x.var(axis=0)", "x.var(axis=0, ddof=1)"),
}


@pytest.mark.parametrize("name", EPS)
def test_no_mistake_with_eps_hides_behind_single_precision(tmp_path, name):
    report = checked(tmp_path, with_fault(SINGLE, *EPS[name]))
    assert "out" in said_of(report, "batchnorm_forward")


TABLE = with_fault(
    RIGHT.replace("(x, gamma, beta, eps)", "(x, gamma, beta, bn_param)").replace(
        "+ eps", "+ bn_param['eps']"
    ),
    "    inv_std = 1",
    "    old = {old}\n    bn_param['running_mean'] = 0.9 * old + 0.1 * x.mean(axis=0)\n    inv_std = 1",
)


@pytest.mark.parametrize(
    ("old", "is_noted"),
    [("bn_param['running_mean']", True), ("bn_param.get('running_mean', np.zeros(x.shape[1]))", False)],
)
def test_settings_that_a_first_call_does_not_have_are_a_note(tmp_path, old, is_noted):
    report = checked(tmp_path, TABLE.replace("{old}", old))
    say = "KeyError: running_mean is not yet in the settings when training begins"
    notes = report.functions[0].notes
    assert any(note.startswith(say) for note in notes) == is_noted
