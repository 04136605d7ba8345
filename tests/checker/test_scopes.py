"""What serves as a name: entries that are kept together, attributes, settings. And walruses taken out."""

import ast

import pytest

from bn_tutor.checker.hoisting import hoisted
from bn_tutor.checker.known_names import is_named
from bn_tutor.checker.scopes import attributes_of, entries_of, kept_together

FILE = ast.parse(
    "def forward(x, gamma, eps):\n"
    "    return x, {'x': x, 'gamma': gamma}\n"
    "def other(x, ln_param):\n"
    "    return x, Cache(xhat=x, std=1)\n"
    "def backward(dout, cache):\n"
    "    return dout * cache['x']\n"
    "def back(dout, c):\n"
    "    return dout * c.xhat\n"
    "class Layer:\n"
    "    def forward(self, x):\n"
    "        self.std, self.mu = 1, 2\n"
    "        return self.gamma * x\n"
)


def entries(name):
    function = next(each for each in FILE.body if getattr(each, "name", "") == name)
    return entries_of(function, kept_together(FILE))


def test_what_is_kept_beside_an_entry_is_known():
    assert entries("backward") == ["cache['x']", "cache['gamma']"]
    assert set(entries("back")) == {"c.xhat", "c.std"}


def test_settings_are_known_where_there_are_any():
    assert "ln_param['eps']" in entries("other")
    assert not any("eps" in each for each in entries("forward"))


def test_what_an_object_keeps():
    assert attributes_of(FILE.body[-1]) == ["self.std", "self.mu"]


@pytest.mark.parametrize(
    ("written", "statements"),
    [
        ("y = (c := a - b) / c", ["c = a - b", "y = c / c"]),
        ("y = f((c := (d := a) + 1))", ["d = a", "c = d + 1", "y = f(c)"]),
        ("return (s := a), s", ["s = a", "return (s, s)"]),
        ("y = [(c := a) for a in b]", ["y = [(c := a) for a in b]"]),
        ("y = (c := a) if b else 1", ["y = (c := a) if b else 1"]),
        ("y = a", ["y = a"]),
    ],
)
def test_walruses_are_taken_out(written, statements):
    (statement,) = ast.parse(written).body
    found = list(hoisted(statement))
    assert [ast.unparse(each) for each in found] == statements
    assert all(each.lineno == 1 for each in found)


@pytest.mark.parametrize(
    ("name", "quantity", "known"),
    [
        ("sigma", "sqrtvar", True),
        ("self.inv_std", "ivar", True),
        ("d_xhat", "dxhat", True),
        ("dstd", "dsqrtvar", True),
        ("gamma", "gamma", True),
        ("dl_dx", "dx", True),
        ("sigma", "ivar", False),
        ("std", "dsqrtvar", False),
        ("foo", "xhat", False),
    ],
)
def test_names_that_people_give(name, quantity, known):
    assert is_named(name, quantity) is known
