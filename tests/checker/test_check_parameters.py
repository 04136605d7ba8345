"""Gamma and beta of classes that give them any name: they are looked for; nobody is accused for a name."""

import numpy as np
import pytest

from bn_tutor.checker.parameters import set_parameters
from tests.checker.check_files import checked, said_of, with_fault

CLASS = """
import numpy as np
from dataclasses import dataclass, field


class Held:
    def __init__(self, data):
        self.data, self.grad = data, np.zeros_like(data)


class BatchNorm:
    def __init__(self, features):
        {made}
        self.eps = 1e-5

    def forward(self, x):
        self.s = np.sqrt(x.var(0) + self.eps)
        self.n = (x - x.mean(0)) / self.s
        return {scale} * self.n + {shift}

    def backward(self, grad):
        {kept}
        g = grad * {scale}
        return (g - g.mean(0) - self.n * (g * self.n).mean(0)) / self.s
"""
GRADIENTS = "(grad * self.n).sum(0), grad.sum(0)"
BOTH = "np.ones(features), np.zeros(features)"
STYLES = {
    "g and b": ("self.g", "self.b", f"self.g, self.b = {BOTH}", f"self.dg, self.db = {GRADIENTS}"),
    "W and b": ("self.W", "self.b", f"self.W, self.b = {BOTH}", f"self.dW, self.db = {GRADIENTS}"),
    "a and c": ("self.a", "self.c", f"self.a, self.c = {BOTH}", f"self.da, self.dc = {GRADIENTS}"),
    "b is the scale": ("self.b", "self.a", f"self.b, self.a = {BOTH}", f"self.db, self.da = {GRADIENTS}"),
    "no usual word": ("self.tilt", "self.lift", f"self.tilt, self.lift = {BOTH}", f"self.t = {GRADIENTS}"),
    "a table": (
        "self.params['gamma']",
        "self.params['beta']",
        "self.params = {'gamma': np.ones(features), 'beta': np.zeros(features)}",
        f"self.dgamma, self.dbeta = {GRADIENTS}",
    ),
    "in a table, too": (
        "self.params['k']",
        "self.params['l']",
        f"self.gamma, self.beta = {BOTH}\n        self.params = {{'k': self.gamma, 'l': self.beta}}",
        f"self.dgamma, self.dbeta = {GRADIENTS}",
    ),
    "objects": (
        "self.scale.data",
        "self.shift.data",
        "self.scale, self.shift = Held(np.ones(features)), Held(np.zeros(features))",
        f"self.scale.grad, self.shift.grad = {GRADIENTS}",
    ),
    "averages of short names": (
        "self.g",
        "self.b",
        f"self.g, self.b = {BOTH}\n        self.v, self.m = {BOTH}",
        f"self.dg, self.db = {GRADIENTS}",
    ),
    "too many to tell": (
        "self.p",
        "self.q",
        f"self.p, self.q = {BOTH}\n        self.v, self.m = {BOTH}",
        f"self.dp, self.dq = {GRADIENTS}",
    ),
    "other arrays alone": ("1.0", "0.0", f"self.v, self.m = {BOTH}", f"self.d = {GRADIENTS}"),
    "another scale inside": (
        "self.g",
        "self.b",
        f"self.g, self.b = {BOTH}",
        f"self.scale, self.shift = 7, 8\n        self.dg, self.db = {GRADIENTS}",
    ),
    "another scale beside it": (
        "self.g",
        "self.b",
        f"self.g, self.b = {BOTH}\n        self.scale, self.shift = 7, np.zeros(1)",
        f"self.dg, self.db = {GRADIENTS}",
    ),
    "single numbers": (
        "self.gamma",
        "self.beta",
        "self.gamma, self.beta = 1.0, 0.0",
        f"self.dgamma, self.dbeta = {GRADIENTS}",
    ),
    "from a list": ("self.two[0]", "self.two[1]", f"self.two = [{BOTH}]", f"self.d = {GRADIENTS}"),
}


def text_of(name):
    scale, shift, made, kept = STYLES[name]
    return CLASS.format(scale=scale, shift=shift, made=made, kept=kept)


@pytest.mark.parametrize("name", STYLES)
def test_a_right_class_is_right_whatever_its_names(tmp_path, name):
    report = checked(tmp_path, text_of(name))
    assert report.verdict == "right"
    assert [each.name for each in report.functions] == ["BatchNorm.forward", "BatchNorm.backward"]


@pytest.mark.parametrize("name", STYLES)
def test_a_wrong_gradient_is_wrong_whatever_the_names(tmp_path, name):
    report = checked(tmp_path, with_fault(text_of(name), "(g * self.n).mean(0)", "g.mean(0)"))
    assert report.verdict == "wrong"
    assert said_of(report, "BatchNorm.backward").keys() == {"dx"}
    assert not said_of(report, "BatchNorm.forward")


@pytest.mark.parametrize("name", ["g and b", "W and b", "a and c", "b is the scale", "a table"])
def test_a_forgotten_scale_on_the_way_back_is_wrong(tmp_path, name):
    scale = STYLES[name][0]
    report = checked(tmp_path, with_fault(text_of(name), f"g = grad * {scale}", "g = grad"))
    assert said_of(report, "BatchNorm.backward").keys() == {"dx"}


@pytest.mark.parametrize("name", ["g and b", "a and c", "too many to tell"])
def test_a_wrong_gradient_of_a_parameter_is_found(tmp_path, name):
    report = checked(tmp_path, with_fault(text_of(name), "(grad * self.n).sum(0), grad", "grad.sum(0), grad"))
    wrong = said_of(report, "BatchNorm.backward").keys()
    assert wrong == (set() if name == "too many to tell" else {"dgamma"})


def test_what_could_not_be_found_is_told(tmp_path):
    report = checked(tmp_path, text_of("too many to tell"))
    forward, backward = report.functions
    say = "gamma and beta cannot be found in this class: it is checked with gamma = 1 and beta = 0"
    assert forward.notes == (say,)
    assert "dbeta and dgamma cannot be found, and so are not checked" in backward.notes


def test_a_forgotten_scale_on_the_way_forward_is_wrong(tmp_path):
    text = with_fault(text_of("g and b"), "self.g * self.n + self.b", "self.n + self.b")
    assert said_of(checked(tmp_path, text), "BatchNorm.forward").keys() == {"out"}


class Thing:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


WANTED = {
    "gamma": {"value": np.array([2.0, 3.0]), "attributes": []},
    "beta": {"value": np.array([5.0, 7.0]), "attributes": []},
}
ONES, ZEROS = np.ones((1, 2)), np.zeros((1, 2))


@pytest.mark.parametrize(
    ("things", "ways"),
    [
        ({"g": ONES, "b": ZEROS}, ("g name", "b name")),
        ({"k": ONES, "l": ZEROS}, ("k values", "l values")),
        ({"k": ONES, "same": ONES, "l": ZEROS}, ("same values", "l values")),
        ({"k": ONES, "also": ONES + 0, "l": ZEROS}, (" ", "l values")),
        ({"running_var": ONES, "moving_mean": ZEROS, "db": ZEROS}, (" ", " ")),
        ({"grads": {"g": ONES, "b": ZEROS}}, (" ", " ")),
        ({"w": np.array([0.3, 0.4]), "bias": ZEROS}, ("w name", "bias name")),
        ({"k": np.ones(3), "l": np.zeros(3)}, (" ", " ")),
    ],
)
def test_how_a_parameter_is_found(things, ways):
    thing = Thing(**things)
    found = set_parameters(thing, WANTED)
    assert tuple(f"{found[name]['name']} {found[name]['how']}" for name in ("gamma", "beta")) == ways
    for meant, way in found.items():
        if way["name"]:
            assert vars(thing)[way["name"]].ravel().tolist() == WANTED[meant]["value"].tolist()


GROUPS = """
import numpy as np


class GroupNorm:
    def __init__(self, groups, channels):
        self.G, self.eps = groups, 1e-5
        self.{scale}, self.{shift} = np.ones({shape}), np.zeros({shape})

    def forward(self, x):
        grouped = x.reshape(len(x), self.G, -1)
        self.s = np.sqrt(grouped.var(2, keepdims=True) + self.eps)
        self.n = (grouped - grouped.mean(2, keepdims=True)) / self.s
        return self.{scale}.reshape(-1, 1, 1) * self.n.reshape(x.shape) + self.{shift}.reshape(-1, 1, 1)

    def backward(self, dy):
        self.d{scale} = (dy * self.n.reshape(dy.shape)).sum((0, 2, 3)).reshape(self.{scale}.shape)
        self.d{shift} = dy.sum((0, 2, 3)).reshape({returned})
        d = (dy * self.{scale}.reshape(-1, 1, 1)).reshape(len(dy), self.G, -1)
        dx = (d - d.mean(2, keepdims=True) - self.n * (d * self.n).mean(2, keepdims=True)) / self.s
        return dx.reshape(dy.shape)
"""


@pytest.mark.parametrize("shape", ["channels", "(1, channels, 1, 1)"])
@pytest.mark.parametrize(("scale", "shift"), [("gamma", "beta"), ("g", "b"), ("a", "c")])
def test_a_gradient_has_the_shape_of_its_parameter(tmp_path, shape, scale, shift):
    names = {"shape": shape, "scale": scale, "shift": shift}
    right = GROUPS.format(**names, returned=f"self.{shift}.shape")
    assert checked(tmp_path, right).verdict == "right"
    wrong = GROUPS.format(**names, returned=f"*self.{shift}.shape, 1")
    assert said_of(checked(tmp_path, wrong), "GroupNorm.backward").keys() == {"dbeta"}


# --- dataclasses ------------------------------------------------------------------------------------------

DATACLASS = """
import numpy as np
import dataclasses
from dataclasses import dataclass, field
from typing import ClassVar


{decorator}
class BN:
    dim: int
    kind: ClassVar[str] = "norm"
    eps: float = 1e-5
    steps: int = field(default=0, init=False)
    grads: dict = field(default_factory=dict)

    def __post_init__(self):
        self.gamma, self.beta = np.ones(self.dim), np.zeros(self.dim)

    def forward(self, x):
        self.s = np.sqrt(x.var(0) + self.eps)
        self.n = (x - x.mean(0)) / self.s
        return self.gamma * self.n + self.beta

    def backward(self, grad):
        self.grads["gamma"], self.grads["beta"] = (grad * self.n).sum(0), grad.sum(0)
        g = grad * self.gamma
        return (g - g.mean(0) - self.n * (g * self.n).mean(0)) / self.s
"""


@pytest.mark.parametrize("decorator", ["@dataclass", "@dataclass(eq=False)", "@dataclasses.dataclass"])
def test_a_dataclass_is_made_by_its_fields(tmp_path, decorator):
    text = DATACLASS.format(decorator=decorator)
    assert checked(tmp_path, text).verdict == "right"
    wrong = checked(tmp_path, with_fault(text, "(g * self.n).mean(0)", "g.mean(0)"))
    assert said_of(wrong, "BN.backward").keys() == {"dx"}


def test_annotations_alone_make_no_constructor(tmp_path):
    report = checked(tmp_path, DATACLASS.format(decorator=""))
    assert report.verdict == "error"
