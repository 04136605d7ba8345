import numpy as np
import pytest

from .oracles import (
    assert_close,
    autograd_gradients,
    batchnorm_arrays,
    batchnorm_formula,
    closed_form,
    evaluate,
    put,
    staged,
    winners,
)


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        (np.ones((1, 3)), np.ones(3)),
        (np.ones(()), np.ones(1)),
        (np.array([1.0, 1.0 + 2e-9]), np.ones(2)),
        (np.array([1.0, np.nan]), np.ones(2)),
        (np.array([1e-300]), np.zeros(1)),
    ],
)
def test_assert_close_notices(value, reference):
    with pytest.raises(AssertionError):
        assert_close(value, reference)


def test_assert_close_lets_rounding_pass():
    assert_close(np.array([1.0, 1.0 + 1e-15]), np.ones(2))
    assert_close(np.zeros((0, 3)), np.zeros((0, 3)))


@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_three_ways_of_batchnorms_dx_agree(eps):
    arrays = batchnorm_arrays(7, 3, eps=eps)
    dout = np.random.default_rng(1).normal(size=(7, 3))
    expected = autograd_gradients(batchnorm_formula, list(arrays.values()), dout)[0]
    assert_close(staged(arrays, dout)["dx"], expected)
    assert_close(closed_form(arrays, dout)["x"], expected)


def test_evaluate_runs_the_text_on_the_values():
    values = {"x": np.array([3.0, 4.0]), "1e-05": np.array(1e-5)}
    np.testing.assert_array_equal(evaluate("sqrt(sum(x**2, axis=0))", values), 5.0)


def test_put_adds_and_winners_share():
    np.testing.assert_array_equal(put(np.array([0.5, 0.25]), (3,), np.array([2, 2])), [0.0, 0.0, 0.75])
    np.testing.assert_array_equal(winners(np.array([[1.0, 4.0], [1.0, 2.0]]), 0), [[0.5, 1.0], [0.5, 0.0]])
