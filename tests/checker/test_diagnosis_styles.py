"""Mistakes in code of unusual styles: each stands for a way in which the line was missed once."""

import ast
from pathlib import Path

import pytest

from bn_tutor.checker import accusing
from bn_tutor.checker.checking import Wish, check
from bn_tutor.checker.instrument import probed
from bn_tutor.checker.phrases import phrase_of
from bn_tutor.checker.proofs import edits_of
from bn_tutor.checker.report import Tier
from bn_tutor.checker.source import Source

RIGHT = Path(__file__).parent / "right"
# (the right file, what stands there, what was written, how sure it is)
CASES = [
    ("class_attributes", "1.0 / np.sqrt(self.variance", "np.sqrt(self.variance", Tier.PROVED),
    ("class_running", "dxhat = grad * self.gamma", "dxhat = grad", Tier.PROVED),
    ("walrus_and_lambdas", "[g * v + b", "[g / v + b", Tier.PROVED),
    ("walrus_and_lambdas", "(c := x - mean(x))", "(c := x + mean(x))", Tier.PROVED),
    ("complex_step", "moved[index] += 1e-20j", "moved[index] = 1e-20j", Tier.PROVED),
    ("helper_backwards", "sq, c2 = square_forward(xmu)", "sq, c2 = square_forward(x)", Tier.PROVED),
    ("namedtuple_cache", "dx = cache.gamma * cache.inv_std", "dx = cache.inv_std", Tier.PROVED),
    ("matrix_form", "one = np.ones(n)", "one = -np.ones(n)", Tier.PROVED),
    ("loops_over_samples", "for i in range(N):", "for i in range(1, N):", Tier.PROVED),
    ("outer_shapes", 'cache["inv"], cache["gamma"]', 'cache["gamma"], cache["inv"]', Tier.PROVED),
    ("einsum_everywhere", "return straight - by_mean - by_variance", "return straight", Tier.LIKELY),
    ("layernorm_staged", "np.sum(x, axis=1) / D", "np.sum(x, axis=1, keepdims=True) / D", Tier.PROVED),
    ("list_cache", "d = np.multiply(dout, gamma)", "d = dout", Tier.PROVED),
    ("staged_divar", "dmu = -1 * np.sum(dxmu1+dxmu2", "dmu = np.sum(dxmu1+dxmu2", Tier.PROVED),
    (
        "staged_course",
        "running_mean = momentum * running_mean + (1 - momentum) * mu",
        "running_mean = (1 - momentum) * running_mean + momentum * mu",
        Tier.PROVED,
    ),
    ("staged_course", "np.sqrt(running_var + eps)", "np.sqrt(x.var(axis=0) + eps)", Tier.PROVED),
    ("staged_course", "np.sqrt(running_var + eps)", "np.sqrt(running_var + 1e-5)", Tier.PROVED),
    ("course_file", "dx = dout * mask", "dx = dout * (np.random.rand(*dout.shape) < 0.25)", Tier.PROVED),
    ("dropout_drop", "rng.uniform(size=x.shape)", "rng.normal(size=x.shape)", Tier.PROVED),
]


@pytest.mark.parametrize(("name", "right", "wrong", "tier"), CASES, ids=lambda part: str(part)[:30])
def test_the_line_is_found(tmp_path, monkeypatch, name, right, wrong, tier):
    monkeypatch.setattr(accusing, "BUDGET", 10.0)
    source = (RIGHT / f"{name}.py").read_text(encoding="utf-8")
    assert right in source
    path = tmp_path / f"{name}.py"
    path.write_text(source.replace(right, wrong, 1), encoding="utf-8")
    line = source[: source.index(right)].count("\n") + 1
    accused = [each for function in check(path, Wish(seconds=60)).functions for each in function.accused]
    assert accused[0].line == line
    assert accused[0].tier is tier


def accusations(tmp_path, name, *changes):
    """Return who is accused in a right file with changes made in it."""
    source = (RIGHT / f"{name}.py").read_text(encoding="utf-8")
    for right, wrong in changes:
        assert right in source
        source = source.replace(right, wrong, 1)
    path = tmp_path / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    return [each for function in check(path, Wish(seconds=60)).functions for each in function.accused]


def test_two_mistakes_of_one_line_are_told_once(tmp_path):
    change = ("(dout * xhat).sum(axis=0), dout.sum(axis=0)", "(dout * xhat).mean(axis=0), dout.mean(axis=0)")
    (accused,) = accusations(tmp_path, "layernorm_direct", change)
    assert accused.fix == "return dx * rstd, (dout * xhat).sum(axis=0), dout.sum(axis=0)"


def test_what_was_exchanged_is_named_and_shown(tmp_path):
    right = "x, x_hat, mu_B, sigma2_B, gamma, epsilon = cache"
    accused = accusations(tmp_path, "paper_equations", (right, right.replace("x_hat, mu_B", "mu_B, x_hat")))
    assert accused[0].line == 16
    assert "mu_B and x_hat hold each other's values" in accused[0].mistake.explanation
    assert accused[0].name in ("mu_B", "x_hat")
    assert accused[0].value is not None
    assert accused[0].right is not None
    assert accused[0].fix == right


@pytest.mark.parametrize(
    ("lesson", "words"),
    [("batchnorm", "rows of the batch"), ("layernorm", "features of one row"), ("mine", "runs over.")],
)
def test_the_words_fit_the_layer(lesson, words):
    source = Source(Path("/f.py"), TEXT, ast.parse(TEXT))
    (site,) = (each for each in probed(source)[1] if each.name == "n")
    (edit,) = (each for each in edits_of(site) if each.code == "x.shape[1]")
    assert words in phrase_of(edit, site, lesson, is_backward=False)[1]


TEXT = "def f(x):\n    n = x.shape[0]\n    return x / n\n"
