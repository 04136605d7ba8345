from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from bn_tutor.engine.gradients import MatMul, Scale, Spread, SumOver, Transpose, chain, links
from bn_tutor.engine.graph import build, record
from bn_tutor.engine.proof import TOLERANCE, directional_derivative, prove, relative_error
from bn_tutor.engine.zoom import Level, zoom

from .cases import ALL_CASES, operands
from .oracles import operation_node, record_batchnorm, record_one, source_node


@dataclass(frozen=True)
class Planted:
    """A local gradient that can be wrong in any way."""

    forward: Callable
    backward: Callable


def at(node_name, place, change):
    """Make the rule that changes one edge's local gradient and no other."""

    def rule(node, index, local):
        return change(local) if (node.name, index) == (node_name, place) else local

    return rule


def doubled(local):
    return Planted(lambda t: 2 * local.forward(t), lambda u: 2 * local.backward(u))


def turned(local):
    return Planted(lambda t: -local.forward(t), lambda u: -local.backward(u))


def without_sum(local):
    return chain(*(link for link in links(local) if not isinstance(link, SumOver)))


def findings(recording, rule, **keywords):
    return [(each.node, each.input, each.part) for each in prove(recording, rule=rule, **keywords)]


EDGES = [
    (stop.node.name, way.place, way.input) for stop in record_batchnorm().graph.stops for way in stop.edges
]


# --- a right graph ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_batchnorm_is_proven(seed):
    assert prove(record_batchnorm(seed=seed), seed=seed) == ()


@pytest.mark.parametrize("seed", range(5))
def test_a_gradient_that_cancels_to_nothing_is_proven(seed):
    """A shift before centring: as one node, every road together brings zero but for rounding."""
    generator = np.random.default_rng(seed)
    nodes = [source_node("x", (4, 3)), source_node("b", (3,)), operation_node("shifted", "add", "x", "b")]
    nodes += [
        operation_node("mu", "mean", "shifted", axis=0),
        operation_node("out", "subtract", "shifted", "mu"),
    ]
    recording = record(
        build(nodes, "out"), {"x": generator.normal(size=(4, 3)), "b": generator.normal(size=3)}
    )
    assert prove(zoom(recording, Level.LAYER), seed=seed) == ()


def test_a_vanishing_gradient_is_no_disproof():
    # The mean's gradient through the variance is zero but for rounding: noise must not be judged.
    assert prove(record_batchnorm(64, 5, eps=1e-12), probes=20) == ()


def test_stop_gradient_has_nothing_to_prove():
    assert prove(record_one("stop_gradient", [np.ones(3)])) == ()


# --- planted faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("node", "place", "name"), EDGES)
@pytest.mark.parametrize("fault", [doubled, turned])
def test_a_wrong_factor_or_sign_is_found_at_every_edge(node, place, name, fault):
    assert findings(record_batchnorm(), at(node, place, fault)) == [(node, name, "forward")]


@pytest.mark.parametrize(
    ("node", "place", "name"),
    [("xmu", 1, "mu"), ("xhat", 1, "ivar"), ("gammax", 0, "gamma"), ("out", 1, "beta")],
)
def test_a_forgotten_sum_is_found_as_a_shape(node, place, name):
    found = prove(record_batchnorm(), rule=at(node, place, without_sum))
    assert [(each.node, each.input, each.part) for each in found] == [(node, name, "shape")]
    assert found[0].error == np.inf


@pytest.mark.parametrize("name", ["multiply", "divide", "maximum", "minimum"])
def test_the_wrong_operand_is_found(name):
    arrays = operands(name, ((4, 3), (4, 3)), {})
    recording = record_one(name, arrays)
    other = recording.graph["out"].operation.local(1)
    wrong = other(1, tuple(arrays), recording.output, {})
    assert findings(recording, at("out", 0, lambda local: wrong)) == [("out", "a", "forward")]


def row_edges():
    """Return the first case of every row, and each of its edges."""
    first = {name: (shapes, parameters) for name, shapes, parameters in reversed(ALL_CASES)}
    for name, (shapes, parameters) in first.items():
        recording = record_one(name, operands(name, shapes, parameters), **parameters)
        for stop in recording.graph.stops:
            yield from (pytest.param(recording, way, id=f"{name}-{way.input}") for way in stop.edges)


every_row = pytest.mark.parametrize(("recording", "way"), list(row_edges()))


@every_row
def test_a_doubled_gradient_is_found_in_every_row(recording, way):
    found = findings(recording, at("out", way.place, doubled))
    assert found == [("out", way.input, "forward")]


@every_row
def test_a_backward_that_is_not_the_transpose_is_found_in_every_row(recording, way):
    def fault(local):
        return Planted(local.forward, lambda upstream: 1.001 * local.backward(upstream))

    assert findings(recording, at("out", way.place, fault)) == [("out", way.input, "backward")]


def test_a_backward_that_swaps_two_rows_is_found():
    def fault(local):
        return Planted(local.forward, lambda upstream: local.backward(upstream)[[1, 0, 2, 3]])

    assert findings(record_batchnorm(), at("sq", 0, fault)) == [("sq", "xmu", "backward")]


def test_a_mean_that_forgets_to_divide_is_found():
    def fault(local):
        return Spread((4, 3), (0,))

    assert findings(record_batchnorm(), at("mu", 0, fault)) == [("mu", "x", "forward")]


def test_a_sum_spread_along_the_wrong_axis_is_found():
    recording = record_one("sum", [np.random.default_rng(1).normal(size=(3, 3))], axis=0)
    assert findings(recording, at("out", 0, lambda _: Spread((3, 3), (1,)))) == [("out", "a", "forward")]


def test_a_wrong_transpose_is_found():
    recording = record_one("transpose", [np.random.default_rng(1).normal(size=(3, 3, 3))], axes=(1, 2, 0))
    wrong = at("out", 0, lambda _: Transpose((2, 0, 1)))
    assert findings(recording, wrong) == [("out", "a", "forward")]


def matrix_product(rows, inner, columns):
    generator = np.random.default_rng(4)
    return record_one(
        "matmul", [generator.normal(size=(rows, inner)), generator.normal(size=(inner, columns))]
    )


def transposed_factor(local):
    return replace(local, other=local.other.T)


@pytest.mark.parametrize(("place", "name"), [(0, "a"), (1, "b")])
def test_a_transposed_factor_of_square_matrices_is_found(place, name):
    found = findings(matrix_product(3, 3, 3), at("out", place, transposed_factor))
    assert found == [("out", name, "forward")]


@pytest.mark.parametrize(("place", "name"), [(0, "a"), (1, "b")])
def test_a_transposed_factor_that_does_not_even_fit_is_found(place, name):
    found = findings(matrix_product(4, 3, 2), at("out", place, transposed_factor))
    assert found == [("out", name, "shape")]


def test_the_factor_on_the_wrong_side_is_found():
    def fault(local):
        return MatMul(local.other, "b", False, local.shape_in, local.shape_out)

    assert findings(matrix_product(3, 3, 3), at("out", 0, fault)) == [("out", "a", "forward")]


def test_a_gradient_that_is_not_a_number_is_found():
    def fault(local):
        return chain(local, Scale("nan", float, (np.nan,)))

    assert findings(record_batchnorm(), at("sq", 0, fault)) == [("sq", "xmu", "forward")]


def test_several_faults_are_all_found_in_backward_order():
    def rule(node, index, local):
        return doubled(local) if node.name in {"sq", "ivar"} else local

    assert [each.node for each in prove(record_batchnorm(), rule=rule)] == ["ivar", "sq"]


def test_the_error_says_by_how_much():
    (found,) = prove(record_batchnorm(), rule=at("sq", 0, doubled))
    assert found.error == pytest.approx(1.0)


@pytest.mark.parametrize(("slip", "caught"), [(1e-8, True), (1e-11, False)])
def test_the_tolerance_lies_between_a_slip_and_rounding(slip, caught):
    def fault(local):
        return Planted(lambda t: (1 + slip) * local.forward(t), lambda u: (1 + slip) * local.backward(u))

    assert bool(prove(record_batchnorm(), rule=at("sq", 0, fault))) is caught


# --- the numbers that the proof rests on ------------------------------------------------------------------


@pytest.mark.parametrize("smooth", [True, False])
def test_the_directional_derivative_of_a_cube(smooth):
    arrays = [np.array([1.0, -2.0]), np.array([3.0, 0.5])]
    recording = record_one("multiply", arrays)
    node = replace(recording.graph["out"], operation=replace(recording.graph["out"].operation, smooth=smooth))
    found = directional_derivative(node, tuple(arrays), 1, np.array([0.1, 0.2]))
    np.testing.assert_allclose(found, [0.1, -0.4], rtol=1e-9)


def test_relative_error_is_infinite_where_shapes_differ():
    assert relative_error(np.ones((3, 1)), np.ones(3)) == np.inf


def test_relative_error_of_nothing_is_zero():
    assert relative_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


def test_relative_error_is_relative_to_the_largest_element():
    assert relative_error(np.array([4.0, 1.0]), np.array([4.0, 2.0])) == 0.25


def test_relative_error_of_not_a_number_passes_no_tolerance():
    assert not relative_error(np.array([np.nan]), np.array([1.0])) <= TOLERANCE


def test_only_edges_that_carry_a_gradient_are_proven():
    x = np.random.default_rng(0).normal(size=3)
    nodes = [source_node("x", (3,)), operation_node("side", "exp", "x"), operation_node("out", "tanh", "x")]
    recording = record(build(nodes, "out"), {"x": x})
    assert findings(recording, at("side", 0, doubled)) == []
