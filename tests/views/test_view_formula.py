"""Formulas as people write them, and as they stand in a learner's file."""

import pytest

from bn_tutor.views.formula import as_numpy, parts_of, pretty


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("-1 / sqrtvar**2", "−1 / sqrtvar²"),
        ("xmu ** 2", "xmu²"),
        ("x**3", "x³"),
        ("x**2.5", "x**2.5"),
        ("x**20", "x**20"),
        ("x**2 * y**3", "x² · y³"),
        ("(a + b)**2", "(a + b)²"),
        ("2 * xmu", "2 · xmu"),
        ("1 / (2 * sqrtvar)", "1 / (2 · sqrtvar)"),
        ("sqrt(var + eps)", "√(var + eps)"),
        ("sqrt(var)", "√var"),
        ("mysqrt(var)", "mysqrt(var)"),
        ("x - mu", "x − mu"),
        ("mean(x, axis=0)", "mean(x, axis=0)"),
        ("x1 @ w", "x1 @ w"),
        ("", ""),
    ],
)
def test_a_formula_is_written_as_people_write_it(formula, written):
    assert pretty(formula) == written


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("sqrt(var + eps)", "np.sqrt(var + eps)"),
        ("(sqrt(a) * exp(b))", "(np.sqrt(a) * np.exp(b))"),
        ("np.sum(dout, axis=0)", "np.sum(dout, axis=0)"),
        ("mysum(x) * x_mean(y)", "mysum(x) * x_mean(y)"),
        ("x.mean(axis=0)", "x.mean(axis=0)"),
        ("sign(a) * dy", "np.sign(a) * dy"),
        ("sum * 2", "sum * 2"),
        ("reshape(gamma, (1, C, 1, 1)) * dy", "np.reshape(gamma, (1, C, 1, 1)) * dy"),
        ("max(x, axis=1, keepdims=true)", "np.max(x, axis=1, keepdims=True)"),
        ("np.reshape(x, (3,)).reshape((3, 1))", "np.reshape(x, (3,)).reshape((3, 1))"),
        ("transpose(w, axes=none) + mytrue * nonesuch", "np.transpose(w, axes=None) + mytrue * nonesuch"),
    ],
)
def test_a_numpy_line_names_numpy(formula, written):
    assert as_numpy(formula) == written


@pytest.mark.parametrize(
    ("formula", "parts"),
    [
        ("xhat", ["xhat"]),
        ("(1 / 4) · (2 · xmu)", ["(1 / 4) ·", "(2 · xmu)"]),
        ("a · b · c[0, 1]", ["a ·", "b ·", "c[0, 1]"]),
        ("((x @ w) > 0), @ w.T", ["((x @ w) > 0),", "@ w.T"]),
        ("winners(x, axis=(0, 1))", ["winners(x, axis=(0, 1))"]),
        ("through 7 operations, every road added up", ["through 7 operations,", "every road added up"]),
        ("", [""]),
    ],
)
def test_a_line_may_end_between_the_parts_of_a_formula(formula, parts):
    assert parts_of(formula) == parts
    assert " ".join(parts_of(formula)) == formula
