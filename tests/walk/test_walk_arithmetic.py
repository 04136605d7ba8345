"""One element as plain arithmetic, and the array that stands for a local gradient."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from bn_tutor.engine.gradients import Scale, links
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.arithmetic import (
    LARGEST_FOLLOWED,
    LARGEST_JACOBIAN,
    MOST_TERMS,
    edge_jacobian,
    followed,
    local_factor,
    local_formula,
    local_value,
    moves_in_words,
    place_within,
)

FUNCTIONS = {
    "matrix product": (lambda x, w: x @ w, (4, 3), (3, 2)),
    "turned": (lambda x: (x * x).T.reshape(-1), (4, 3)),
    "taken twice": (lambda x: x[np.array([0, 2, 0])] * 3.0, (4, 3)),
    "joined": (lambda x, w: np.concatenate([x, w], axis=0) * 0.5, (2, 3), (1, 3)),
    "kept axis": (lambda x: x / np.sum(np.exp(x), axis=1, keepdims=True), (4, 3)),
    "largest": (lambda x: np.max(x, axis=1), (4, 3)),
    "single": (lambda x, w: (x * w).sum(), (4, 3), ()),
}


def elements(shape):
    return product(*map(range, shape))


def edges_of(steps):
    return [(edge, step) for step in steps for edge in step.edges]


def sums_off(edge, step):
    """Return the elements whose terms do not add up to their value."""
    found = [followed(edge, step, place) for place in elements(edge.contribution.shape)]
    return [
        each.place
        for each in found
        if not np.isclose(sum(term.local * term.upstream for term in each.terms), each.value, atol=1e-13)
    ]


def followed_wrongly(edge, step):
    values = [followed(edge, step, place).value for place in elements(edge.contribution.shape)]
    return not np.array_equal(values, edge.contribution.ravel())


@pytest.mark.parametrize("level", Level)
def test_the_terms_of_an_element_add_up(tour, backward_steps, level):
    for edge, step in edges_of(backward_steps(tour, level)):
        assert sums_off(edge, step) == []
        assert not followed_wrongly(edge, step)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_terms_add_up_for_any_operation(traced_tour, random_arrays, backward_steps, name):
    function, *shapes = FUNCTIONS[name]
    tour = traced_tour(function, *random_arrays(*shapes))
    for edge, step in edges_of(backward_steps(tour, Level.OPERATION, Level.NODE)):
        assert sums_off(edge, step) == []


def test_a_wrong_sum_would_be_seen(tour, backward_steps):
    edge, step = edges_of(backward_steps(tour, Level.NODE))[5]
    contribution = edge.contribution.copy()
    contribution[1] *= 1.01
    assert sums_off(replace(edge, contribution=contribution), step) == [(1,)]


@pytest.mark.parametrize(
    ("node", "name", "place", "count"),
    [("out", "beta", (1,), 4), ("ivar", "sqrtvar", (1,), 1), ("mu", "x", (2, 1), 1), ("xmu", "mu", (0,), 4)],
)
def test_a_sum_has_a_term_for_each_row(tour, node, name, place, count):
    step = next(step for step in tour.story(Level.NODE).steps if step.node.name == node)
    edge = next(edge for edge in step.edges if edge.input == name)
    assert len(followed(edge, step, place).terms) == count


def test_a_long_sum_is_counted_and_its_first_products_are_kept(lesson_tour):
    step = lesson_tour(N=50).story(Level.NODE).steps[1]
    edge = next(edge for edge in step.edges if edge.input == "gamma")
    found = followed(edge, step, (7, 2))
    assert found.count == 50 > len(found.terms) == MOST_TERMS
    assert [term.place for term in found.terms] == [(row, 2) for row in range(MOST_TERMS)]
    assert np.isclose(found.upstream, step.upstream[:, 2].sum())
    assert found.value == edge.contribution[2]


def test_the_layer_counts_its_operations(tour):
    edge = next(edge for edge in tour.story(Level.LAYER).steps[0].edges if edge.input == "x")
    count = sum(not node.is_source for node in tour.story(Level.OPERATION).recording.graph.nodes)
    assert edge.named_local.words.startswith(f"through {count} operations")


def test_the_terms_say_where_they_come_from(tour):
    step = tour.story(Level.NODE).steps[0]
    edge = next(edge for edge in step.edges if edge.input == "beta")
    found = followed(edge, step, (2, 1))
    assert found.place == (1,)
    assert [term.place for term in found.terms] == [(0, 1), (1, 1), (2, 1), (3, 1)]
    assert [term.upstream for term in found.terms] == list(step.upstream[:, 1])
    assert {term.local for term in found.terms} == {1.0}


def test_data_that_is_too_large_or_empty_is_not_followed(traced_tour):
    large = traced_tour(lambda x: x * 2.0, np.zeros(LARGEST_FOLLOWED + 1))
    empty = traced_tour(lambda x: x * 2.0, np.zeros((0, 3)))
    for tour, place in [(large, (5,)), (empty, (0, 0))]:
        (step,) = tour.story(Level.NODE).steps
        assert followed(step.edges[0], step, place) is None


# --- the array of a local gradient ------------------------------------------------------------------------


def is_elementwise(edge):
    return all(isinstance(link, Scale) for link in links(edge.local))


@pytest.mark.parametrize("level", [Level.NODE, Level.OPERATION])
def test_local_gradient_times_upstream_is_the_contribution(tour, backward_steps, level):
    pairs = [(edge, step) for edge, step in edges_of(backward_steps(tour, level)) if is_elementwise(edge)]
    assert len(pairs) >= 7
    for edge, step in pairs:
        assert np.allclose(local_value(edge.local) * step.upstream, edge.contribution, rtol=1e-13)


def test_a_local_gradient_is_computed_from_the_values(tour):
    values = tour.story(Level.NODE).values
    found = {
        (edge.node.name, edge.input): local_value(edge.local)
        for edge, _ in edges_of(tour.story(Level.NODE).steps)
    }
    assert np.allclose(found["ivar", "sqrtvar"], -1 / values["sqrtvar"] ** 2)
    assert np.allclose(found["sqrtvar", "var"], 0.5 / np.sqrt(values["var"] + 1e-5))
    assert np.array_equal(found["gammax", "gamma"], values["xhat"])
    assert found["out", "beta"] == found["out", "gammax"] == 1
    assert found["mu", "x"] == 0.25
    assert found["xmu", "mu"] == -1


@pytest.mark.parametrize("name", ["turned", "taken twice", "joined"])
def test_what_only_moves_numbers_has_no_value(traced_tour, random_arrays, name):
    function, *shapes = FUNCTIONS[name]
    story = traced_tour(function, *random_arrays(*shapes)).story(Level.OPERATION)
    kinds = [local_value(edge.local) is None for edge, _ in edges_of(story.steps)]
    assert any(kinds)
    assert not all(kinds)


def test_a_matrix_product_shows_the_other_factor(traced_tour, random_arrays):
    x, w = random_arrays((4, 3), (3, 2))
    (step,) = traced_tour(lambda x, w: x @ w, x, w).story(Level.NODE).steps
    assert [local_value(edge.local) is other for edge, other in zip(step.edges, (w, x), strict=True)]
    assert [local_formula(edge.named_local) for edge in step.edges] == ["@ w.T", "x.T @"]


MIXED = {
    "x": (lambda x, w: np.maximum(x @ w, 0.0), "((x @ w) > 0.0), @ w.T"),
    "w": (lambda x, w: np.tanh(np.maximum(x @ w, 0.0)), "(1 - out**2) * ((x @ w) > 0.0), x.T @"),
    "x twice": (lambda x, w: (x @ w) @ np.exp(w).T, "@ transpose(exp(w), axes=None).T, @ w.T"),
    "x after": (lambda x, w: np.exp(x) @ w, "@ w.T, exp(x)"),
}


@pytest.mark.parametrize("name", MIXED)
def test_a_chain_of_factors_and_matrices_names_them_all(traced_tour, random_arrays, name):
    function, formula = MIXED[name]
    (step,) = traced_tour(function, *random_arrays((4, 3), (3, 2))).story(Level.NODE).steps
    edge = next(edge for edge in step.edges if edge.input == name.split()[0])
    assert local_formula(edge.named_local) == formula
    assert local_factor(edge.local) is None


MOVING = {
    "turned": (lambda x, b: x + np.reshape(b, (1, 3)), "b", "1", 1.0, ["sum over axis 0", "reshape"]),
    "scaled": (lambda x, b: x * np.reshape(b, (1, 3)), "b", "x", "x", ["sum over axis 0", "reshape"]),
    "scaled first": (lambda x, b: np.reshape(x * b, (3, 4)), "x", "b", "b", ["reshape"]),
    "by numbers": (lambda x, b: np.reshape(x * 2.0, (3, 4)) * 3.0 + b[0], "x", "3.0 * 2.0", 6.0, ["reshape"]),
    "taken": (
        lambda x, b: b[0] * x,
        "b",
        "x",
        "x",
        ["sum over axes 0 and 1", "put back in place, zeros elsewhere"],
    ),
    "transposed": (
        lambda x, b: np.exp(x.T) + b[0],
        "x",
        "exp(transpose(x, axes=None))",
        None,
        ["transpose back"],
    ),
}


@pytest.mark.parametrize("name", MOVING)
def test_the_factor_of_an_edge_that_moves_its_elements(traced_tour, random_arrays, name):
    function, source, formula, factor, words = MOVING[name]
    tour = traced_tour(function, *random_arrays((4, 3), (3,)))
    story = tour.story(Level.NODE)
    edge = next(edge for step in story.steps for edge in step.edges if edge.input == source)
    assert local_formula(edge.named_local) == formula
    assert moves_in_words(edge.local) == words
    if factor is not None:
        wanted = story.recording[factor] if isinstance(factor, str) else factor
        assert np.array_equal(local_factor(edge.local), wanted)


def test_factors_on_both_sides_of_a_move_are_no_single_array(traced_tour, random_arrays):
    tour = traced_tour(
        lambda x, b: np.reshape(np.exp(x), (3, 4)) * np.reshape(b, (3, 1)), *random_arrays((4, 3), (3,))
    )
    (step,) = tour.story(Level.NODE).steps
    edge = next(edge for edge in step.edges if edge.input == "x")
    assert local_factor(edge.local) is None


@pytest.mark.parametrize("level", [Level.NODE, Level.OPERATION])
def test_without_moves_the_factor_is_what_stands_for_the_edge(tour, backward_steps, level):
    for edge, _ in edges_of(backward_steps(tour, level)):
        assert np.array_equal(local_factor(edge.local), local_value(edge.local))


def test_several_roads_have_no_factor(tour):
    edge = next(edge for edge in tour.story(Level.LAYER).steps[0].edges if edge.input == "x")
    assert local_factor(edge.local) is None
    assert local_formula(edge.named_local).startswith("through ")


def test_formulas_name_the_nodes(tour):
    formulas = {
        (edge.node.name, edge.input): local_formula(edge.named_local)
        for edge, _ in edges_of(tour.story(Level.NODE).steps)
    }
    assert formulas["xhat", "ivar"] == "xmu"
    assert formulas["xmu", "mu"] == "-1"
    assert formulas["mu", "x"] == "1 / 4"
    assert formulas["out", "beta"] == "1"


# --- Jacobians --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
def test_upstream_times_jacobian_is_the_contribution(tour, backward_steps, level):
    for edge, step in edges_of(backward_steps(tour, level)):
        pulled = step.upstream.ravel() @ edge_jacobian(edge)
        assert np.allclose(pulled.reshape(edge.contribution.shape), edge.contribution, rtol=1e-12)


def test_a_jacobian_that_is_too_large_is_not_built(lesson_tour):
    steps = lesson_tour(N=100, D=6).story(Level.NODE).steps
    shown = [edge for edge, _ in edges_of(steps) if edge_jacobian(edge) is not None]
    assert {(edge.node.name, edge.input) for edge in shown} == {("ivar", "sqrtvar"), ("sqrtvar", "var")}
    assert all(edge_jacobian(edge).size <= LARGEST_JACOBIAN for edge in shown)


# --- places -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "place"),
    [((4, 3), (2, 1)), ((3,), (1,)), ((), ()), ((1, 3), (0, 1)), ((4, 1), (2, 0)), ((5, 4, 3), (0, 2, 1))],
)
def test_an_element_of_the_data_has_a_place_in_every_array(shape, place):
    assert place_within(shape, (2, 1)) == place
