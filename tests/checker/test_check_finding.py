"""Which functions of a file are checked, what they are given, and what is said where none can be."""

import ast

import pytest

from bn_tutor.checker.binding import bound
from bn_tutor.checker.families import class_family, family_of
from bn_tutor.checker.source import function_of
from tests.checker.check_files import BACKWARD, FORWARD, HEAD, RIGHT, checked, said_of, with_fault

# --- names ------------------------------------------------------------------------------------------------

NAMES = {
    "batchnorm_forward": ("batchnorm", False),
    "batchnorm_backward": ("batchnorm", True),
    "batchnorm_backward_alt": ("batchnorm", True),
    "bn_fwd": ("batchnorm", False),
    "backward_batchnorm": ("batchnorm", True),
    "forward_bn": ("batchnorm", False),
    "layernorm_forward": ("layernorm", False),
    "ln_backward": ("layernorm", True),
    "dropout_forward": ("dropout", False),
    "dropout_backward": ("dropout", True),
    "spatial_batchnorm_forward": ("spatial_batchnorm", False),
    "spatial_batchnorm_backward": ("spatial_batchnorm", True),
    "batchnorm2d_backward": ("spatial_batchnorm", True),
    "spatial_groupnorm_forward": ("spatial_groupnorm", False),
    "groupnorm_backward": ("spatial_groupnorm", True),
    "affine_forward": None,
    "batchnorm": None,
    "forward": None,
    "svm_loss": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_which_layer_a_function_is(name):
    found = family_of(name)
    assert (found and (found[0].id, found[1])) == NAMES[name]


CLASSES = {
    "BatchNorm": "batchnorm",
    "BatchNorm1d": "batchnorm",
    "BN": "batchnorm",
    "BatchNorm2d": "spatial_batchnorm",
    "SpatialBatchNorm": "spatial_batchnorm",
    "LayerNorm": "layernorm",
    "GroupNorm": "spatial_groupnorm",
    "Dropout": "dropout",
    "MyNormLayer": "batchnorm",
    "Linear": None,
}


@pytest.mark.parametrize("name", CLASSES)
def test_which_layer_a_class_is(name):
    found = class_family(name)
    assert (found and found.id) == CLASSES[name]


# --- parameters -------------------------------------------------------------------------------------------

KNOWN = ("x", "gamma", "beta", "table", "mode", "training", "momentum", "eps", "G", "dout", "cache")
VALUES = {name: ("plain", name) for name in KNOWN}
COURSE, PLAIN = ["x", "gamma", "beta", "table"], ["x", "gamma", "beta", "eps"]
BACK, GROUP = ["dout", "cache"], ["x", "gamma", "beta", "G", "table"]

SIGNATURES = [
    ("x, gamma, beta, bn_param", COURSE, "x gamma beta table"),
    ("x, gamma, beta, eps", PLAIN, "x gamma beta eps"),
    ("x, gamma, beta, eps=1e-5", PLAIN, "x gamma beta eps"),
    ("x, gamma, beta, epsilon=1e-8, momentum=0.9", PLAIN, "x gamma beta eps momentum"),
    ("inputs, g, b, config", COURSE, "x gamma beta table"),
    ("a1, a2, a3, a4", COURSE, "x gamma beta table"),
    ("beta, gamma, x, eps", PLAIN, "beta gamma x eps"),
    ("X, scale, shift, e=1e-5", PLAIN, "x gamma beta eps"),
    ("x, gamma, beta, verbose=False, eps=1e-5", PLAIN, "x gamma beta"),
    ("x, gamma, beta, G, gn_param", GROUP, "x gamma beta G table"),
    ("x, gamma, beta, num_groups, conf", GROUP, "x gamma beta G table"),
    ("*arguments", COURSE, "x gamma beta table"),
    ("x, *others", COURSE, "x gamma beta table"),
    ("x, gamma, beta, bn_param, mode='train'", COURSE, "x gamma beta table mode"),
    ("dout, cache", BACK, "dout cache"),
    ("delta, memo", BACK, "dout cache"),
    ("cache, dout", BACK, "cache dout"),
    ("p, q", BACK, "dout cache"),
    ("dout, x, gamma, beta, eps", BACK, "dout x gamma beta eps"),
    ("dy, x, gamma, eps=1e-5", BACK, "dout x gamma eps"),
]


@pytest.mark.parametrize(("parameters", "in_order", "meant"), SIGNATURES)
def test_what_each_parameter_is_given(parameters, in_order, meant):
    function = function_of(ast.parse(f"def f({parameters}): pass").body[0])
    assert [name for _, name in bound(function, VALUES, in_order)] == meant.split()


@pytest.mark.parametrize(
    ("parameters", "in_order", "unknown"),
    [("x, gamma, beta, table, spam", COURSE, "spam"), ("dout, cache, spam", BACK, "spam")],
)
def test_a_parameter_that_nothing_is_known_for(parameters, in_order, unknown):
    function = function_of(ast.parse(f"def f({parameters}): pass").body[0])
    assert bound(function, VALUES, in_order) == unknown


# --- what is found in a file ------------------------------------------------------------------------------


def names_of(report):
    return [each.name for each in report.functions]


def test_functions_are_found_by_their_names(tmp_path):
    alternative = BACKWARD.replace("_backward", "_backward_alt")
    report = checked(tmp_path, RIGHT + alternative + "def helper(x): return x\n")
    assert names_of(report) == ["batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt"]
    assert report.verdict == "right"


def test_one_function_alone(tmp_path):
    layer = FORWARD.replace("batchnorm", "layernorm").replace("axis=0", "axis=1, keepdims=True")
    report = checked(tmp_path, RIGHT + layer, functions=("layernorm_forward",))
    assert names_of(report) == ["layernorm_forward"]
    assert report.verdict == "right"


RENAMED = RIGHT.replace("batchnorm_forward", "first").replace("batchnorm_backward", "second")
MAPPINGS = {
    "on the command line": ("", ("forward=first", "backward=second")),
    "in the file": ('"""Mine.\n\nbn-tutor: forward=first backward=second\n"""\n', ()),
}


@pytest.mark.parametrize("where", MAPPINGS)
def test_functions_of_any_name_are_mapped(tmp_path, where):
    docstring, functions = MAPPINGS[where]
    report = checked(tmp_path, docstring + RENAMED, functions=functions)
    assert (names_of(report), report.verdict) == (["first", "second"], "right")
    wrong = with_fault(docstring + RENAMED, "dout.sum(axis=0)", "dout.mean(axis=0)")
    report = checked(tmp_path, wrong, functions=functions)
    assert report.verdict == "wrong"
    assert said_of(report, "second").keys() == {"dbeta"}


NOT_FOUND = {
    "nothing": ("def f(x): return x\n", (), "no function that can be checked; the file defines: f"),
    "empty": ("", (), "no function that can be checked; the file defines: none"),
    "other name": (RIGHT, ("batchnorm_forwar",), "there is no function batchnorm_forwar"),
    "other word": (RIGHT, ("spam=batchnorm_forward",), "spam= is not known"),
    "backward alone": (HEAD + BACKWARD, (), "batchnorm_backward cannot be checked alone"),
    "async": ("async " + FORWARD.strip(), (), "batchnorm_forward is a coroutine"),
    "async and backward": ("async " + FORWARD.strip() + BACKWARD, (), "batchnorm_forward is a coroutine"),
    "parameter": (
        HEAD + FORWARD.replace("eps):", "eps, spam):"),
        (),
        "batchnorm_forward has a parameter spam, and it is not known what to give it",
    ),
}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_cannot_be_checked_is_told(tmp_path, name):
    text, functions, message = NOT_FOUND[name]
    report = checked(tmp_path, text, functions=functions)
    assert (report.verdict, names_of(report)) == ("error", [])
    assert [each.message[: len(message)] for each in report.problems] == [message]


def test_a_backward_function_may_take_the_inputs_again(tmp_path):
    text = """
import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + beta


def batchnorm_backward(dout, x, gamma, beta, eps):
    inv_std = 1 / np.sqrt(x.var(0) + eps)
    xhat = (x - x.mean(0)) * inv_std
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)
"""
    assert checked(tmp_path, text).verdict == "right"
    assert checked(tmp_path, with_fault(text, "dout.sum(0)", "dout.sum(1)")).verdict == "wrong"


def test_of_a_name_that_is_none_all_that_there_are_are_listed(tmp_path):
    report = checked(tmp_path, RIGHT, functions=("forward=nosuch",))
    (found,) = report.problems
    assert "batchnorm_forward, batchnorm_backward" in found.hint
