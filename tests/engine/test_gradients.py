import numpy as np
import pytest

from bn_tutor.engine.gradients import (
    Chain,
    Cut,
    MatMul,
    PassOn,
    Reshape,
    Scale,
    Spread,
    SumOver,
    Take,
    Transpose,
    chain,
    jacobian,
    links,
    named,
    total,
)

MATRIX = np.random.default_rng(8).normal(size=(3, 2))
STACK = np.random.default_rng(9).normal(size=(2, 3, 2))
FACTOR = np.array([[2.0, -1.0, 0.5]])
BY_FACTOR = Scale("gamma", lambda a: a, (FACTOR,))
HALVES = Scale("1 / 2", float, (0.5,))

# a map, its shape in, its shape out
MAPS = [
    (PassOn(), (2, 3), (2, 3)),
    (HALVES, (2, 3), (2, 3)),
    (BY_FACTOR, (2, 3), (2, 3)),
    (SumOver((3,), (2, 3)), (3,), (2, 3)),
    (SumOver((2, 1), (2, 3)), (2, 1), (2, 3)),
    (SumOver((), (2, 3)), (), (2, 3)),
    (SumOver((1, 3), (4, 2, 3)), (1, 3), (4, 2, 3)),
    (SumOver((1, 3), (0, 3)), (1, 3), (0, 3)),
    (Spread((2, 3), (0,)), (2, 3), (3,)),
    (Spread((2, 3), (1,)), (2, 3), (2,)),
    (Spread((2, 3), (0, 1)), (2, 3), ()),
    (Spread((2, 3), (1,), keepdims=True), (2, 3), (2, 1)),
    (Spread((2, 3, 4), (0, 2)), (2, 3, 4), (3,)),
    (MatMul(MATRIX, "w", True, (4, 3), (4, 2)), (4, 3), (4, 2)),
    (MatMul(MATRIX, "x", False, (2, 4), (3, 4)), (2, 4), (3, 4)),
    (MatMul(STACK, "w", True, (4, 3), (2, 4, 2)), (4, 3), (2, 4, 2)),
    (MatMul(STACK, "x", False, (1, 2, 4), (2, 3, 4)), (1, 2, 4), (2, 3, 4)),
    (Reshape((2, 3), (3, 2)), (2, 3), (3, 2)),
    (Reshape((), (1, 1)), (), (1, 1)),
    (Transpose((1, 0)), (2, 3), (3, 2)),
    (Transpose((1, 2, 0)), (2, 3, 4), (3, 4, 2)),
    (Take((4, 3), (0,)), (4, 3), (3,)),
    (Take((4, 3), (slice(None), 1)), (4, 3), (4,)),
    (Take((4,), np.array([3, 0, 3])), (4,), (3,)),
    (Take((4,), 2), (4,), ()),
    (Cut(0, 1, 3, 5), (2, 3), (5, 3)),
    (Cut(1, 0, 2, 2), (3, 2), (3, 2)),
    (Chain((BY_FACTOR, SumOver((3,), (2, 3)))), (3,), (2, 3)),
    (Chain((HALVES, Spread((2, 3), (0,)))), (2, 3), (3,)),
    (Chain((Transpose((1, 0)), HALVES, Reshape((6,), (3, 2)))), (6,), (2, 3)),
]
every_map = pytest.mark.parametrize(("local", "shape_in", "shape_out"), MAPS)


@every_map
def test_forward_is_the_jacobian_times_the_tangent(local, shape_in, shape_out):
    tangent = np.random.default_rng(1).normal(size=shape_in)
    pushed = np.asarray(local.forward(tangent))
    assert pushed.shape == shape_out
    matrix = jacobian(local, shape_in, shape_out)
    np.testing.assert_allclose(matrix @ tangent.reshape(-1), pushed.reshape(-1), rtol=1e-12, atol=1e-14)


@every_map
def test_backward_is_the_upstream_times_the_jacobian(local, shape_in, shape_out):
    upstream = np.random.default_rng(2).normal(size=shape_out)
    pulled = np.asarray(local.backward(upstream))
    assert pulled.shape == shape_in
    matrix = jacobian(local, shape_in, shape_out)
    np.testing.assert_allclose(upstream.reshape(-1) @ matrix, pulled.reshape(-1), rtol=1e-12, atol=1e-14)


@every_map
def test_backward_leaves_the_upstream_as_it_was(local, shape_in, shape_out):
    upstream = np.random.default_rng(3).normal(size=shape_out)
    before = upstream.copy()
    local.backward(upstream)
    np.testing.assert_array_equal(upstream, before)


# --- Jacobians written out --------------------------------------------------------------------------------

WRITTEN_OUT = [
    (PassOn(), (2,), (2,), [[1, 0], [0, 1]]),
    (Scale("c", lambda a: a, (np.array([2.0, 5.0]),)), (2,), (2,), [[2, 0], [0, 5]]),
    (SumOver((2,), (2, 2)), (2,), (2, 2), [[1, 0], [0, 1], [1, 0], [0, 1]]),
    (SumOver((2, 1), (2, 2)), (2, 1), (2, 2), [[1, 0], [1, 0], [0, 1], [0, 1]]),
    (Spread((2, 2), (0,)), (2, 2), (2,), [[1, 0, 1, 0], [0, 1, 0, 1]]),
    (Spread((2, 2), (1,)), (2, 2), (2,), [[1, 1, 0, 0], [0, 0, 1, 1]]),
    (Transpose((1, 0)), (1, 2), (2, 1), [[1, 0], [0, 1]]),
    (Take((3,), np.array([2, 2])), (3,), (2,), [[0, 0, 1], [0, 0, 1]]),
    (Cut(0, 1, 2, 3), (1,), (3,), [[0], [1], [0]]),
    (MatMul(np.array([[3.0], [4.0]]), "w", True, (1, 2), (1, 1)), (1, 2), (1, 1), [[3, 4]]),
    (SumOver((), (0,)), (), (0,), np.zeros((0, 1))),
]


@pytest.mark.parametrize(("local", "shape_in", "shape_out", "expected"), WRITTEN_OUT)
def test_jacobian_written_out(local, shape_in, shape_out, expected):
    matrix = jacobian(local, shape_in, shape_out)
    np.testing.assert_array_equal(matrix, np.array(expected, dtype=float), strict=True)


# --- laziness ---------------------------------------------------------------------------------------------


def test_spread_takes_no_memory():
    spread = Spread((1_000_000, 3), (0,)).backward(np.array([0.3, -0.1, 2.0]))
    assert spread.shape == (1_000_000, 3)
    assert spread.strides[0] == 0


def test_scale_computes_its_factor_only_when_asked():
    counted = []
    scale = Scale("c", lambda: counted.append(1) or 2.0)
    assert not counted
    assert scale.factor == 2.0
    assert counted == [1]


def test_scale_hands_its_parameters_to_the_factor():
    scale = Scale("c", lambda a, low: a - low, (np.array([3.0]),), {"low": 1.0})
    np.testing.assert_array_equal(scale.backward(np.array([0.7])), [1.4])


def test_total_is_numpys_sum():
    array = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_array_equal(total(array, 0), array.sum(axis=0))
    np.testing.assert_array_equal(total(array, (0, 1), True), array.sum(keepdims=True))


# --- chains -----------------------------------------------------------------------------------------------


def test_chain_drops_the_identity_and_flattens():
    summed, spread = SumOver((3,), (2, 3)), Spread((2, 3), (0,))
    joined = chain(PassOn(), Chain((summed, PassOn())), spread)
    assert joined == Chain((summed, spread))
    assert links(joined) == (summed, spread)


def test_chain_of_one_is_that_one():
    assert chain(PassOn(), HALVES) is HALVES


def test_chain_of_nothing_passes_on():
    assert chain(PassOn(), PassOn()) == PassOn()
    assert links(PassOn()) == ()


def test_chain_applies_its_maps_in_backward_order():
    joined = Chain((SumOver((3,), (2, 3)), Scale("c", lambda a: a, (np.array([1.0, 10.0, 100.0]),))))
    found = joined.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    np.testing.assert_array_equal(found, [5.0, 70.0, 900.0])


def test_named_fills_the_formulas_of_every_link():
    local = Chain((Scale("-{a} / {b}**2", float), MatMul(MATRIX, "{b}", True, (4, 3), (4, 2)), HALVES))
    found = named(local, {"a": "xmu", "b": "sqrtvar"})
    assert [link.formula for link in found.maps] == ["-xmu / sqrtvar**2", "sqrtvar", "1 / 2"]
    assert named(PassOn(), {}) == PassOn()
