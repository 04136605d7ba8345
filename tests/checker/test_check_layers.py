"""Classes: made and given their parameters in whatever way, in both modes, with gradients anywhere."""

import pytest

from bn_tutor.checker.layer_modes import Averages, averages_of, switch
from bn_tutor.checker.source import function_of
from tests.checker.check_files import checked, said_of, with_fault

LAYER = """
import numpy as np


class {name}:
    def __init__(self, {parameters}, eps=1e-5, momentum=0.9):
        self.gamma, self.beta = {gamma}, {beta}
        self.eps, self.momentum = eps, momentum
        self.running_mean, self.running_var = {averages}
        self.training = True

    def forward(self, x{more}):
        {choice}
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.inv_std = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.inv_std
        return self.gamma * self.xhat + self.beta

    def backward(self, grad):
        g = grad * self.gamma
        dx = self.inv_std * (g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0))
        {gradients}
"""
KEPT = "self.dgamma, self.dbeta = (grad * self.xhat).sum(axis=0), grad.sum(axis=0)\n        return dx"
BY_SIZE = {
    "name": "BatchNorm1d",
    "parameters": "num_features",
    "gamma": "np.ones(num_features)",
    "beta": "np.zeros(num_features)",
    "averages": "np.zeros(num_features), np.ones(num_features)",
    "more": ", training=True",
    "choice": "self.seen = len(x)",
    "gradients": KEPT,
}
GIVEN = {
    **BY_SIZE,
    "parameters": "gamma, beta",
    "gamma": "gamma",
    "beta": "beta",
    "averages": "np.zeros_like(gamma), np.ones_like(gamma)",
}
STYLES = {
    "by size": BY_SIZE,
    "by its dimension": {**BY_SIZE, "parameters": "dim", "gamma": "np.ones(dim)", "beta": "np.zeros(dim)",
                         "averages": "np.zeros(dim), np.ones(dim)"},
    "given gamma and beta": GIVEN,
    "an attribute says it": {**BY_SIZE, "more": "", "choice": "training = self.training"},
    "a mode as text": {**BY_SIZE, "more": ", mode='train'", "choice": "training = mode == 'train'"},
    "a tuple of gradients": {
        **BY_SIZE,
        "gradients": "return dx, (grad * self.xhat).sum(axis=0), grad.sum(axis=0)",
    },
    "a table of gradients": {
        **BY_SIZE,
        "gradients": "self.grads = {'gamma': (grad * self.xhat).sum(axis=0), 'beta': grad.sum(axis=0)}"
        "\n        return dx",
    },
    "two dimensions": {
        **BY_SIZE,
        "gamma": "np.ones((1, num_features))",
        "beta": "np.zeros((1, num_features))",
        "averages": "np.zeros((1, num_features)), np.ones((1, num_features))",
    },
    "no averages yet": {
        **BY_SIZE,
        "averages": "None, None",
        "choice": "if self.running_mean is None:\n            self.running_mean, self.running_var = 0, 1",
    },
}  # fmt: skip
ALL = {
    "forward": {"out", "out (test mode)", "running_mean", "running_var"},
    "backward": {"dx", "dgamma", "dbeta"},
}


@pytest.mark.parametrize("name", STYLES)
def test_each_style_is_right_and_all_of_it_is_looked_at(tmp_path, name):
    report = checked(tmp_path, LAYER.format(**STYLES[name]))
    assert report.verdict == "right"
    assert {each.name.partition(".")[2]: set(each.results) for each in report.functions} == ALL


TEXT = LAYER.format(**BY_SIZE)
FAULTS = {
    "batch in test mode": ("mean, var = self.running_mean, self.running_var\n        self.inv",
                           "mean, var = x.mean(axis=0), x.var(axis=0)\n        self.inv", "out (test mode)"),
    "no new average": ("self.running_mean + (1 - self.momentum) * mean", "self.running_mean + mean",
                       "running_mean"),
    "root of the average": ("(1 - self.momentum) * var", "(1 - self.momentum) * np.sqrt(var)", "running_var"),
    "eps outside": ("1 / np.sqrt(var + self.eps)", "1 / (np.sqrt(var) + self.eps)", "out"),
    "gradient of beta": ("grad.sum(axis=0)\n", "grad.mean(axis=0)\n", "dbeta"),
    "gradient of gamma": ("(grad * self.xhat).sum(axis=0), g", "(grad * self.xhat).sum(axis=1), g", "dgamma"),
    "gradient of x": ("dx = self.inv_std * (g - ", "dx = self.inv_std * (g + ", "dx"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_what_it_makes(tmp_path, name):
    right, wrong, result = FAULTS[name]
    report = checked(tmp_path, with_fault(TEXT, right, wrong))
    assert report.verdict == "wrong"
    assert result in {key for each in report.functions for key in said_of(report, each.name)}


CONVENTIONS = {
    "momentum for the batch": (
        "self.momentum * self.running_{0} + (1 - self.momentum) * {0}",
        "(1 - self.momentum) * self.running_{0} + self.momentum * {0}",
    ),
    "unbiased": ("(1 - self.momentum) * {0}", "(1 - self.momentum) * {0} * len(x) / (len(x) - 1)"),
}


@pytest.mark.parametrize(
    ("convention", "names"), [("momentum for the batch", "mean var"), ("unbiased", "var")]
)
def test_classes_average_in_several_ways_that_are_right(tmp_path, convention, names):
    text = TEXT
    for name in names.split():
        text = with_fault(text, *(words.format(name) for words in CONVENTIONS[convention]))
    assert checked(tmp_path, text).verdict == "right"


def test_a_mode_of_another_name_is_no_mistake(tmp_path):
    choice = "assert mode in ('learn', 'use')\n        training = mode == 'learn'"
    text = LAYER.format(**{**BY_SIZE, "more": ", mode='learn'", "choice": choice})
    assert "out (test mode)" not in {
        key for each in checked(tmp_path, text).functions for key in each.results
    }


SWITCHES = {
    "a parameter": ("def forward(self, x, train): pass", [], "", ""),
    "a method": ("def forward(self, x): pass", ["eval", "train"], "self.train", "eval"),
    "an attribute": ("def forward(self, x): pass", [], "self.is_training", "is_training"),
    "no way": ("def forward(self, x): pass", ["train"], "self.train", None),
    "two ways": ("def forward(self, x): pass", [], "self.training; self.mode", None),
}


@pytest.mark.parametrize("name", SWITCHES)
def test_how_test_mode_is_reached(name):
    import ast

    code, methods, text, way = SWITCHES[name]
    assert switch(function_of(ast.parse(code).body[0]), methods, text) == way


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "self.running_mean self.running_var self.momentum",
            Averages("running_mean", "running_var", "momentum"),
        ),
        ("self._moving_avg self.moving_variance", Averages("_moving_avg", "moving_variance")),
        ("self.running_mean self.running_std", None),
        ("self.running_mean self.moving_mean self.running_var", None),
        ("self.mean self.var", None),
    ],
)
def test_which_attributes_are_running_averages(text, found):
    assert averages_of(text) == found


def test_what_an_object_does_to_its_own_averages_is_no_note(tmp_path):
    text = TEXT
    for name in ("mean", "var"):
        written = f"self.running_{name} = self.momentum * self.running_{name} + (1 - self.momentum) * {name}"
        changed = f"self.running_{name} += (1 - self.momentum) * ({name} - self.running_{name})"
        text = with_fault(text, written, changed)
    report = checked(tmp_path, text)
    assert report.verdict == "right"
    assert [each.notes for each in report.functions] == [(), ()]
