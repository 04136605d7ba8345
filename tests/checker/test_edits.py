"""Edits: for each slip that people make, the edit that undoes it is tried, under the slip's name."""

import ast

import pytest

from bn_tutor.checker.edits import MOST_EDITS, edits, unpacking_edits

SCOPE = (
    "dout",
    "xhat",
    "gamma",
    "beta",
    "var",
    "eps",
    "N",
    "x",
    "mu",
    "momentum",
    "running_mean",
    "p",
    "c['s']",
)
# (what stands there, what should, the mistake)
SLIPS = [
    ("np.sum(dout)", "np.sum(dout, axis=0)", "wrong-axis"),
    ("dout.sum(1)", "dout.sum(axis=0)", "wrong-axis"),
    ("np.mean(dout, axis=0)", "np.sum(dout, axis=0)", "mean-for-sum"),
    ("dout * xhat", "(dout * xhat).sum(axis=0)", "sum-missing"),
    ("np.var(x, axis=0, ddof=1)", "np.var(x, axis=0)", "ddof"),
    ("gamma + dout", "gamma - dout", "minus-missing"),
    ("gamma - dout", "gamma + dout", "minus-added"),
    ("dout * gamma", "-(dout * gamma)", "minus-missing"),
    ("dout / gamma", "dout * gamma", "divided"),
    ("gamma / dout", "dout / gamma", "quotient-mixed"),
    ("x - mu / var", "(x - mu) / var", "parentheses"),
    ("var ** -1.5", "var ** -0.5", "power-off"),
    ("2 * x", "0.5 * x", "number-missing"),
    ("np.sqrt(np.sqrt(var))", "np.sqrt(var)", "function-added"),
    ("np.sqrt(var) + eps", "np.sqrt(var + eps)", "eps-forgotten"),
    ("x.std(axis=0) + eps", "(x.var(axis=0) + eps) ** 0.5", "eps-forgotten"),
    ("np.sqrt(var)", "np.sqrt(var + eps)", "eps-forgotten"),
    ("dout * x", "dout * xhat", "wrong-operand"),
    ("dout", "dout * gamma", "local-missing"),
    ("dout * 1", "dout * 1 + beta", "road-dropped"),
    ("x.shape[1]", "x.shape[0]", "other-share"),
    ("x.T", "x", "product-transposed"),
    ("np.dot(x, gamma)", "np.dot(gamma, x)", "sides-swapped"),
    ("np.random.randn(3)", "np.random.rand(3)", "wrong-draw"),
    ("dout < p", "dout >= p", "mask-turned"),
    ("1 - p", "p", "complement"),
    ("x * p", "x / p * p", "scale-missing"),
    ("mu", "momentum * running_mean + (1 - momentum) * mu", "average-wrong"),
    (
        "(1 - momentum) * running_mean + momentum * mu",
        "momentum * running_mean + (1 - momentum) * mu",
        "average-wrong",
    ),
    ("np.mean(x, axis=0)", "running_mean", "average-missing"),
    ("np.sqrt(var + 1e-5)", "np.sqrt(var + eps)", "eps-forgotten"),
    ("(xhat, var, gamma)", "(xhat, gamma, var)", "order-mixed"),
    ("range(1, N)", "range(N)", "index-off"),
    ("(0, 2, 3, 4)", "(2, 3, 4)", "wrong-axis"),
    ("x.reshape(-1, 3)", "x.transpose(0, 2, 3, 1).reshape(-1, 3)", "transpose-kept"),
    ("dout * c['s']", "dout / c['s']", "divided"),
]


def tree(code):
    return ast.parse(code, mode="eval").body


@pytest.mark.parametrize(("written", "meant", "mistake"), SLIPS)
def test_a_slip_is_undone(written, meant, mistake):
    found = {edit.code: edit for edit in edits(tree(written), SCOPE)}
    assert ast.unparse(tree(meant)) in found
    assert found[ast.unparse(tree(meant))].mistake == mistake


def test_channels_of_a_group_are_counted():
    found = {edit.code: edit for edit in edits(tree("N * H * W"), ("N", "C", "G", "H", "W"))}
    assert found["C // G * H * W"].mistake == "other-share"


def test_every_edit_is_python_and_changes_something():
    written = "np.sum(dout * xhat, axis=0) / (N * np.sqrt(var + eps))"
    found = edits(tree(written), SCOPE)
    assert len({edit.code for edit in found}) == len(found) > 100
    assert all(ast.unparse(tree(edit.code)) == edit.code != written for edit in found)


@pytest.mark.parametrize("written", ["mu[:, np.newaxis] * x", "x[1:, 0] - mu[::2]", "x[..., None] + x[:]"])
def test_what_is_a_range_of_an_index_stays_one(written):
    assert all(isinstance(tree(edit.code), ast.expr) for edit in edits(tree(written), SCOPE))


def test_of_a_comprehension_its_own_names_are_known():
    found = {edit.code for edit in edits(tree("[g / v + b for v, g, b in zip(x, gamma, beta)]"), SCOPE)}
    assert "[g * v + b for v, g, b in zip(x, gamma, beta)]" in found
    assert "[g / g + b for v, g, b in zip(x, gamma, beta)]" in found
    assert not any("for g * v" in code or "for v, g * " in code for code in found)


def test_a_gradient_that_overwrites_is_added():
    assert any(edit.mistake == "overwritten" for edit in edits(tree("dout * gamma"), SCOPE, "x"))
    assert not any(edit.mistake == "overwritten" for edit in edits(tree("dout * gamma"), SCOPE, "new"))


def test_of_what_is_only_kept_the_parts_are_others():
    found = edits(tree("(xhat, var)"), SCOPE)
    assert {edit.mistake for edit in found} <= {
        "wrong-operand",
        "order-mixed",
        "not-transposed",
        "eps-forgotten",
    }


def test_unpacking_exchanges_two():
    found = [edit.code for edit in unpacking_edits(tree("cache"), 3)]
    assert found == [f"(lambda _t: ({order}))(cache)" for order in (
        "_t[1], _t[0], _t[2]", "_t[2], _t[1], _t[0]", "_t[0], _t[2], _t[1]",
    )]  # fmt: skip


def test_long_formulas_are_bounded():
    long = " + ".join(["dout * xhat"] * 200)
    assert len(edits(tree(long), SCOPE)) <= MOST_EDITS
