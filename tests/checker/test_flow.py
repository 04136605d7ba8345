"""Which statements feed which: told by names, across functions, loops and objects."""

import ast
from pathlib import Path

import pytest

from bn_tutor.checker.flow import before, names_in, nearest, reaching, targets_of
from bn_tutor.checker.instrument import Kind, probed
from bn_tutor.checker.source import Source
from bn_tutor.checker.trial import Where

TEXT = """\
def total(a):
    s = a.sum(0)
    return s


def forward(x, gamma):
    mu = x.mean(0)
    xc = x - mu
    return gamma * xc, (xc, gamma)


def backward(dout, cache):
    xc, gamma = cache
    dgamma = total(dout * xc)
    dbeta = total(dout)
    dx = dout * gamma
    for i in range(len(dx)):
        dx[i] -= dx.mean(0)
    return dx, dgamma, dbeta


class Layer:
    def forward(self, x):
        self.std = x.std(0)
        return self.shown(x)

    def shown(self, x):
        return x / self.std

    def backward(self, grad):
        self.dgamma = grad.sum(0)
        return grad / self.std
"""


def sites_of(text=TEXT):
    return probed(Source(Path("/f.py"), text, ast.parse(text)))[1]


def lines(sites, numbers):
    return {site.line for site in sites if site.number in numbers}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("np.sum(dout * xhat, axis=0)", {"dout", "xhat"}),
        ("self.gamma * c['x']", {"self.gamma", "gamma", "c['x']"}),
        ("helper(a)[0] + rows[i].std()", {"helper", "a", "rows", "i", "std"}),
    ],
)
def test_the_names_of_a_formula(code, names):
    assert names_in(ast.parse(code, mode="eval")) == names


def test_what_a_statement_stores_in():
    sites = {site.line: targets_of(site) for site in sites_of() if site.kind is not Kind.AFTER}
    assert sites[7] == {"mu"}
    assert sites[13] == {"xc", "gamma"}
    assert sites[24] == {"self.std"}


def test_only_what_a_result_comes_from_reaches_it():
    sites = sites_of()
    names = ("dx", "dgamma", "dbeta")
    where = {name: Where("gradients", at, 3, (name,)) for at, name in enumerate(names)}
    assert lines(sites, reaching(sites, "backward", [where["dbeta"]])) >= {2, 3, 15, 19}
    assert not lines(sites, reaching(sites, "backward", [where["dbeta"]])) & {14, 16, 18}
    assert lines(sites, reaching(sites, "backward", [where["dx"]])) >= {13, 16, 17, 18}
    assert 15 not in lines(sites, reaching(sites, "backward", [where["dx"]]))


def test_a_result_that_an_object_keeps():
    sites = sites_of()
    where = Where("gradients", 1, 3, ("dgamma", "gamma"), "attributes")
    assert 31 in lines(sites, reaching(sites, "Layer.backward", [where]))


def test_what_a_method_calls_reaches_its_result():
    sites = sites_of()
    assert lines(sites, reaching(sites, "Layer.forward", [Where("out")])) >= {24, 25, 28}


def test_the_nearest_are_names_loops_calls_and_callers():
    sites = sites_of()
    inside = next(site for site in sites if site.line == 18 and site.kind is Kind.PART)
    assert {site.line for site in nearest(sites, inside)} >= {16, 17}
    called = next(site for site in sites if site.line == 14 and site.kind is Kind.VALUE)
    assert {site.line for site in nearest(sites, called)} >= {3, 13}
    helper = next(site for site in sites if site.line == 2)
    assert {site.line for site in nearest(sites, helper)} >= {14, 15}


def test_of_a_table_the_entry_that_is_meant_is_the_nearest():
    text = (
        "def f(d):\n    d['a'] = 1.5\n    d['b'] = 2.5\n    d['c'] = 3.5\n    return d['c'], d['a'], d['b']\n"
    )
    sites = sites_of(text)
    returned = next(site for site in sites if site.name == "d['a']" and site.kind is Kind.RETURNED)
    assert nearest(sites, returned)[0].line == 2


def test_further_before_it_stands_where_values_were_put_together():
    sites = sites_of()
    gradient = next(site for site in sites if site.line == 16 and site.kind is Kind.VALUE)
    found = [site.line for site in before(sites, gradient)]
    assert 13 in found
    assert 9 in found
    assert found.index(13) < found.index(9)
