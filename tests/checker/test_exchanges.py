"""Names as witnesses: which of two orders do both ends agree on?"""

import ast
from pathlib import Path

import pytest

from bn_tutor.checker.exchanges import agreeing
from bn_tutor.checker.instrument import Kind, probed
from bn_tutor.checker.proofs import edits_of
from bn_tutor.checker.source import Source


def exchanged(text, kind, line):
    """Return by code how many more names agree, for each exchange at a site."""
    sites = probed(Source(Path("/f.py"), text, ast.parse(text)))[1]
    here = (site for site in sites if (site.kind, site.line) == (kind, line))
    found = ((site, edit) for site in here for edit in edits_of(site) if edit.mistake == "order-mixed")
    return {edit.code: agreeing(sites, site, edit) for site, edit in found}


def pair(kept, unpacked):
    return (
        f"def forward(x):\n    return x, ({kept})\n\n"
        f"def backward(dout, cache):\n    {unpacked} = cache\n    return 1\n"
    )


@pytest.mark.parametrize(
    ("kept", "unpacked", "most"),
    [
        ("xhat, std, gamma", "xhat, gamma, std", 2),
        ("x_hat, self.std, g", "xhat, g, std", 2),
        ("xhat, σ, gamma", "xhat, γ, σ", 2),
        ("xhat, std, gamma", "xhat, std, gamma", -2),
        ("a, b, c", "d, e, f", 0),
    ],
)
def test_unpacking_in_another_order(kept, unpacked, most):
    found = exchanged(pair(kept, unpacked), Kind.UNPACKED, 5)
    assert max(found.values()) == most
    if most == 2:
        assert found["(lambda _t: (_t[0], _t[2], _t[1]))(cache)"] == 2


def test_whoever_else_takes_it_apart_goes_on_to_agree():
    text = pair("xhat, std, gamma", "xhat, gamma, std")
    both = f"{text}\n\ndef backward_alt(dout, cache):\n    xhat, std, gamma = cache\n    return 1\n"
    alone = exchanged(text, Kind.RETURNED, 2)
    assert max(alone.values()) == 2
    assert max(exchanged(both, Kind.RETURNED, 2).values()) == 0


def test_the_keys_of_a_table_are_names():
    text = "def f(cache):\n    x, mu, inv = cache['x'], cache['inv'], cache['mu']\n    return 1\n"
    assert exchanged(text, Kind.UNPACKED, 2)["(cache['x'], cache['mu'], cache['inv'])"] == 2
    text = "def forward(x, mu, var):\n    cache = {'mu': var, 'var': mu}\n    return x, cache\n"
    assert max(exchanged(text, Kind.VALUE, 2).values()) == 2
