import numpy as np
import pytest

from bn_tutor.engine.graph import build, placeholders, record
from bn_tutor.engine.operations import OPERATIONS, ROWS
from bn_tutor.engine.proof import directional_derivative, prove
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.zoom import Level, zoom

from .cases import ALL_CASES, CASE_NAMES, CASES, COMPARISONS, WITHOUT_GRADIENT, operands
from .oracles import evaluate, operation_node, random_upstream, record_one, source_node

every_case = pytest.mark.parametrize(("name", "shapes", "parameters"), ALL_CASES, ids=CASE_NAMES)


def recorded(name, shapes, parameters):
    return record_one(name, operands(name, shapes, parameters), **parameters)


def backward(name, arrays, upstream, **parameters):
    return gradients(record_one(name, arrays, **parameters), np.asarray(upstream))


# --- every row of the table -------------------------------------------------------------------------------


def test_every_row_has_cases_and_every_case_a_row():
    assert set(CASES) == set(OPERATIONS)


def test_row_names_are_unique():
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_the_table_is_read_only():
    with pytest.raises(TypeError):
        OPERATIONS["add"] = OPERATIONS["subtract"]


@every_case
def test_local_gradients_are_proven(name, shapes, parameters):
    assert prove(recorded(name, shapes, parameters), seed=3) == ()


@every_case
def test_inferred_shape_is_the_computed_shape(name, shapes, parameters):
    arrays = operands(name, shapes, parameters)
    recording = record_one(name, arrays, **parameters)
    computed = np.asarray(OPERATIONS[name].forward(*arrays, **parameters))
    assert recording.graph["out"].shape == computed.shape == recording.output.shape


@every_case
def test_gradients_have_the_shapes_of_the_inputs(name, shapes, parameters):
    recording = recorded(name, shapes, parameters)
    found = gradients(recording, random_upstream(recording))
    assert [gradient.shape for gradient in found.values()] == list(shapes)


@every_case
def test_the_formula_computes_the_value(name, shapes, parameters):
    recording = recorded(name, shapes, parameters)
    node = recording.graph["out"]
    value = evaluate(node.operation.formula.format_map(placeholders(node)), recording.values)
    assert value.shape == recording.output.shape
    np.testing.assert_allclose(value, recording.output, rtol=1e-12)


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.name not in WITHOUT_GRADIENT])
def test_some_case_of_every_row_has_a_gradient_that_is_not_zero(name):
    recordings = [recorded(name, shapes, parameters) for shapes, parameters in CASES[name]]
    found = [gradients(recording, random_upstream(recording)).values() for recording in recordings]
    assert any(np.any(gradient) for each in found for gradient in each)


def test_a_mean_over_nothing_has_a_gradient_of_the_right_shape():
    with np.errstate(invalid="ignore"):
        recording = record_one("mean", [np.zeros((0, 3))], axis=0)
    assert gradients(recording, random_upstream(recording))["a"].shape == (0, 3)


# --- where a derivative does not exist --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["abs", "relu"])
def test_abs_and_relu_have_gradient_zero_at_zero(name):
    found = backward(name, [np.array([0.0, 2.0])], [0.7, -1.3])
    np.testing.assert_array_equal(found["a"], [0.0, -1.3])


def test_clip_passes_the_gradient_at_its_bounds():
    found = backward(
        "clip", [np.array([-2.0, -1.0, 0.0, 1.0, 2.0])], [3.0, 4.0, 5.0, 6.0, 7.0], low=-1, high=1
    )
    np.testing.assert_array_equal(found["a"], [0.0, 4.0, 5.0, 6.0, 0.0])


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [("maximum", [0.4, 1.3, 0.0], [0.4, 0.0, -2.1]), ("minimum", [0.4, 0.0, -2.1], [0.4, 1.3, 0.0])],
)
def test_maximum_and_minimum_share_equally_where_they_tie(name, left, right):
    found = backward(name, [np.array([1.0, 5.0, 2.0]), np.array([1.0, 3.0, 4.0])], [0.8, 1.3, -2.1])
    np.testing.assert_array_equal(found["a"], left)
    np.testing.assert_array_equal(found["b"], right)


def test_max_shares_equally_among_all_that_tie():
    found = backward("max", [np.array([[5.0, 1.0], [5.0, 2.0], [5.0, 2.0]])], [0.9, -1.4], axis=0)
    np.testing.assert_allclose(found["a"], [[0.3, 0.0], [0.3, -0.7], [0.3, -0.7]], rtol=1e-15)


def test_where_passes_to_the_side_that_was_chosen():
    condition = np.array([True, False])
    found = backward("where", [condition, np.array([1.0, 2.0]), np.array([3.0, 4.0])], [0.6, -0.2])
    np.testing.assert_array_equal(found["b"], [0.6, 0.0])
    np.testing.assert_array_equal(found["c"], [0.0, -0.2])


def test_take_adds_where_a_place_is_taken_twice():
    found = backward("take", [np.array([1.0, 2.0, 3.0])], [0.5, 0.25, 4.0], key=np.array([2, 2, 0]))
    np.testing.assert_array_equal(found["a"], [4.0, 0.0, 0.75])


def test_stop_gradient_stops_it():
    recording = record_one("stop_gradient", [np.array([1.0, 2.0])])
    np.testing.assert_array_equal(recording.output, [1.0, 2.0])
    np.testing.assert_array_equal(gradients(recording, np.array([0.3, 0.4]))["a"], [0.0, 0.0])


# Ties, negative zero, and what no number can be compared with.
LEFT = np.array([1.0, 2.0, 3.0, -0.0, np.nan, np.inf])
RIGHT = np.array([2.0, 2.0, 2.0, 0.0, 0.0, np.inf])
HOLDS = {
    "greater": [0, 0, 1, 0, 0, 0],
    "greater_equal": [0, 1, 1, 1, 0, 1],
    "less": [1, 0, 0, 0, 0, 0],
    "less_equal": [1, 1, 0, 1, 0, 1],
    "equal": [0, 1, 0, 1, 0, 1],
    "not_equal": [1, 0, 1, 0, 1, 0],
}


@pytest.mark.parametrize("name", HOLDS)
def test_comparison_is_one_where_it_holds_and_zero_elsewhere(name):
    recording = record_one(name, [LEFT, RIGHT])
    assert recording.output.dtype == np.float64
    np.testing.assert_array_equal(recording.output, HOLDS[name])


@pytest.mark.parametrize("name", sorted(COMPARISONS))
def test_comparison_of_single_numbers_is_a_float(name):
    value = OPERATIONS[name].forward(np.asarray(1.5), np.asarray(-2.5))
    assert (value.dtype, value.shape) == (np.float64, ())


@pytest.mark.parametrize(
    ("name", "shapes"), [(name, shapes) for name, shapes, _ in ALL_CASES if name in COMPARISONS]
)
def test_no_gradient_passes_a_comparison_and_a_numeric_derivative_agrees(name, shapes):
    arrays = operands(name, shapes, {})
    recording = record_one(name, arrays)
    for place, letter in enumerate("ab"):
        tangent = np.random.default_rng(8).normal(size=shapes[place])
        numeric = directional_derivative(recording.graph["out"], tuple(arrays), place, tangent)
        assert not np.any(numeric)
        assert not np.any(gradients(recording, random_upstream(recording))[letter])
    assert [stop.edges for stop in recording.graph.stops] == [()]


def test_a_mask_passes_the_gradient_of_what_it_multiplies():
    """x * (x > t): as x sees it the mask is a constant, and t gets nothing at all."""
    generator = np.random.default_rng(5)
    arrays = {"x": generator.normal(size=(4, 3)), "t": generator.normal(size=3)}
    nodes = [source_node(name, array.shape) for name, array in arrays.items()]
    nodes += [operation_node("mask", "greater", "x", "t"), operation_node("out", "multiply", "x", "mask")]
    recording = record(build(nodes, "out"), arrays)
    upstream = random_upstream(recording)
    found = gradients(recording, upstream)
    np.testing.assert_array_equal(found["x"], upstream * (arrays["x"] > arrays["t"]))
    np.testing.assert_array_equal(found["t"], np.zeros(3))
    assert 0 < np.count_nonzero(recording["mask"]) < 12
    for level in Level:
        assert prove(zoom(recording, level)) == ()


def test_sigmoid_does_not_overflow():
    recording = record_one("sigmoid", [np.array([-1e4, 0.0, 1e4])])
    np.testing.assert_array_equal(recording.output, [0.0, 0.5, 1.0])


def test_power_zero_has_gradient_zero_at_zero():
    found = backward("power", [np.array([0.0, 2.0])], [0.7, -1.3], exponent=0)
    np.testing.assert_array_equal(found["a"], [0.0, 0.0])


# --- shapes that do not fit -------------------------------------------------------------------------------

MISFITS = [
    ("add", [(3,), (4,)], {}),
    ("multiply", [(4, 3), (4,)], {}),
    ("where", [(3,), (4,), (4,)], {}),
    ("sum", [(4, 3)], {"axis": 2}),
    ("mean", [(4, 3)], {"axis": -3}),
    ("sum", [(4, 3)], {"axis": (0, -2)}),
    ("max", [(0, 3)], {"axis": 0}),
    ("max", [(0, 3)], {}),
    ("matmul", [(4, 3), (4, 3)], {}),
    ("matmul", [(2, 4, 3), (5, 3, 2)], {}),
    ("transpose", [(4, 3)], {"axes": (0, 0)}),
    ("transpose", [(4, 3)], {"axes": (0,)}),
    ("transpose", [(4, 3)], {"axes": (0, 2)}),
    ("reshape", [(4, 3)], {"shape": (5, 3)}),
    ("reshape", [(4, 3)], {"shape": (-1, 5)}),
    ("reshape", [(4, 3)], {"shape": (-1, -1)}),
    ("reshape", [(0, 3)], {"shape": (0, -1)}),
    ("broadcast_to", [(4, 3)], {"shape": (3,)}),
    ("broadcast_to", [(4, 3)], {"shape": (2, 3)}),
    ("broadcast_to", [(3,)], {"shape": (4, 1)}),
    ("concatenate", [(4, 3), (4, 2)], {"axis": 0}),
    ("concatenate", [(4, 3), (4,)], {"axis": 1}),
    ("concatenate", [(4,), ()], {"axis": 0}),
    ("concatenate", [(4, 3), (4, 3)], {"axis": 2}),
    ("take", [(4, 3)], {"key": 4}),
    ("take", [(4, 3)], {"key": (0, 0, 0)}),
    ("take", [(4, 3)], {"key": np.array([0, 7])}),
]


@pytest.mark.parametrize(("name", "shapes", "parameters"), MISFITS)
def test_shapes_that_numpy_refuses_are_refused_without_computing(name, shapes, parameters):
    operation = OPERATIONS[name]
    with pytest.raises((ValueError, IndexError)):
        operation.forward(*(np.ones(shape) for shape in shapes), **parameters)
    with pytest.raises(ValueError):
        operation.shape(*shapes, **parameters)


def test_matmul_of_vectors_is_refused_with_advice():
    with pytest.raises(ValueError, match="one row or one column"):
        OPERATIONS["matmul"].shape((3,), (3, 2))


def test_clip_with_crossed_bounds_is_refused():
    with pytest.raises(ValueError, match="low 2 is above high 1"):
        OPERATIONS["clip"].shape((3,), low=2, high=1)
