"""Mistakes in code of unusual styles: each stands for a way in which the line was missed once."""

from pathlib import Path

import pytest

from bn_tutor.checker import accusing
from bn_tutor.checker.checking import Wish, check
from bn_tutor.checker.report import Tier

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
