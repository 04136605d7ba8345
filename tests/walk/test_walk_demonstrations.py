"""The two wrong backward passes: their exact numbers, and the frame at which they part from the right one."""

from time import perf_counter

import numpy as np
import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import MOST_VISITS, Order, verdict
from bn_tutor.walk.story import Direction

WRONG = [Order.RECURSIVE, Order.TWICE]


@pytest.fixture(scope="module")
def told(lesson_tour):
    """Return the story of an order, at the level of nodes."""
    return lambda order, level=Level.NODE, **options: lesson_tour(order, **options).story(level)


def arrays_of(story):
    names = ("x", "gamma", "beta", "eps")
    return {name: story.recording[name] for name in names}, story.subject.upstream


def wrong_gradients(story):
    return {name: wrong for name, wrong, _ in story.verdict.gradients}


def right_gradients(story):
    return {name: right for name, _, right in story.verdict.gradients}


# --- by hand ----------------------------------------------------------------------------------------------


def staged(arrays, dout):
    """Compute the right gradients, one line after the other."""
    x, gamma, samples = arrays["x"], arrays["gamma"], len(arrays["x"])
    xmu = x - x.mean(axis=0)
    sqrtvar = np.sqrt((xmu**2).mean(axis=0) + arrays["eps"])
    dxhat = dout * gamma
    dvar = -(dxhat * xmu).sum(axis=0) / (2 * sqrtvar**3)
    dxmu = dxhat / sqrtvar + 2 * xmu * dvar / samples
    dx = dxmu - dxmu.sum(axis=0) / samples
    return {"x": dx, "gamma": (dout * xmu / sqrtvar).sum(axis=0), "beta": dout.sum(axis=0)}


def by_recursion(arrays, dout):
    """Compute what a recursion without topological order ends with: each visit passes on all there is."""
    x, gamma, samples = arrays["x"], arrays["gamma"], len(arrays["x"])
    xmu = x - x.mean(axis=0)
    sqrtvar = np.sqrt((xmu**2).mean(axis=0) + arrays["eps"])
    xhat = xmu / sqrtvar
    got = {"x": np.zeros_like(x), "xmu": np.zeros_like(x), "mu": np.zeros_like(gamma)}

    def at_xmu(arriving):
        got["xmu"] = got["xmu"] + arriving
        got["x"] = got["x"] + got["xmu"]
        at_mu(-got["xmu"].sum(axis=0))

    def at_mu(arriving):
        got["mu"] = got["mu"] + arriving
        got["x"] = got["x"] + got["mu"] / samples

    dxhat = dout * gamma
    at_xmu(dxhat / sqrtvar)
    divar = (dxhat * xmu).sum(axis=0)
    dvar = -divar / sqrtvar**2 / (2 * sqrtvar)
    at_xmu(2 * xmu * dvar / samples)
    return {"x": got["x"], "gamma": (dout * xhat).sum(axis=0), "beta": dout.sum(axis=0)}


def assert_same(found, wanted):
    assert list(found) == list(wanted)
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("options", [{}, {"seed": 3}, {"N": 7, "D": 2}, {"N": 2, "D": 5, "seed": 1}])
@pytest.mark.parametrize("order", WRONG)
def test_the_right_gradients_are_right(told, order, options):
    story = told(order, **options)
    assert_same(right_gradients(story), staged(*arrays_of(story)))


@pytest.mark.parametrize("options", [{}, {"seed": 3}, {"N": 7, "D": 2}, {"N": 2, "D": 5, "seed": 1}])
@pytest.mark.parametrize("level", [Level.NODE, Level.OPERATION])
def test_a_recursion_ends_with_the_numbers_of_a_recursion(told, level, options):
    story = told(Order.RECURSIVE, level, **options)
    assert_same(wrong_gradients(story), by_recursion(*arrays_of(story)))


@pytest.mark.parametrize("options", [{}, {"seed": 3}, {"N": 7, "D": 2}])
@pytest.mark.parametrize("level", Level)
def test_two_passes_end_with_twice_the_gradients(told, level, options):
    story = told(Order.TWICE, level, **options)
    twice = {name: 2 * value for name, value in staged(*arrays_of(story)).items()}
    assert_same(wrong_gradients(story), twice)


def test_a_wrong_number_would_be_seen(told):
    story = told(Order.RECURSIVE)
    with pytest.raises(AssertionError):
        assert_same(wrong_gradients(story), staged(*arrays_of(story)))


# --- where they part --------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [Level.NODE, Level.OPERATION])
def test_a_recursion_parts_where_two_roads_meet(told, level):
    story = told(Order.RECURSIVE, level)
    assert story.steps[story.verdict.parted - 1].node.name == "xmu"
    assert story.verdict.parted == 4


def test_two_passes_part_where_the_second_begins(told):
    story = told(Order.TWICE)
    assert story.verdict.parted == 11 == len(story.right_steps) + 1
    assert story.steps[story.verdict.parted - 1].node.name == "out"


@pytest.mark.parametrize("order", WRONG)
def test_before_they_part_the_two_passes_agree(told, order):
    story = told(order)
    right = {step.node.name: step.upstream for step in story.right_steps}
    for step in story.steps[: story.verdict.parted - 1]:
        np.testing.assert_allclose(step.upstream, right[step.node.name], rtol=1e-12)


def test_in_one_node_a_recursion_does_no_harm(told):
    assert told(Order.RECURSIVE, Level.LAYER).verdict.parted == 0


@pytest.mark.parametrize("order", WRONG)
def test_the_right_steps_held_against_themselves_part_nowhere(told, order):
    story = told(order)
    found = verdict(story.recording, story.right_steps, story.right_steps)
    assert found.parted == 0
    assert all(np.array_equal(wrong, right) for _, wrong, right in found.gradients)


def test_the_verdict_is_the_last_frame_and_the_only_one(told):
    for order in WRONG:
        directions = [frame.direction for frame in told(order).frames]
        assert directions.index(Direction.VERDICT) == len(directions) - 1
    assert Direction.VERDICT not in [frame.direction for frame in told(Order.RIGHT).frames]


# --- the roads of a recursion -----------------------------------------------------------------------------


def test_a_recursion_visits_what_it_reaches_twice(told):
    names = [step.node.name for step in told(Order.RECURSIVE).steps]
    assert names == ["out", "gammax", "xhat", "xmu", "mu", "ivar", "sqrtvar", "var", "sq", "xmu", "mu"]


@pytest.mark.parametrize("order", [*Order])
@pytest.mark.parametrize("level", Level)
def test_what_has_arrived_adds_up_to_the_upstream(told, order, level):
    """The ledger of a frame is made from these arrivals."""
    story = told(order, level)
    wrong = []
    for number, step in enumerate(story.steps, 1):
        arrived = [edge.contribution for edge in story.arrivals(step.node.name, until=step)]
        if arrived and not np.allclose(sum(arrived), step.upstream, rtol=1e-10):
            wrong.append((number, step.node.name))
    assert wrong == []


def joined(x, times=30):
    for _ in range(times):
        x = x + x
    return x


def joined_beside_another(x, w):
    beside = w * 2.0
    for _ in range(30):
        x = x + x
    return x + beside


def calls_another(x):
    y = joined(x, 14)
    return y * 2.0


def test_thirty_joins_in_a_row_end_soon(traced_tour, random_arrays):
    began = perf_counter()
    story = traced_tour(joined, *random_arrays((2,)), order=Order.RECURSIVE).story(Level.OPERATION)
    assert len(story.steps) == MOST_VISITS
    assert story.verdict.parted
    assert perf_counter() - began < 2


def test_an_input_that_was_not_reached_in_time_ends_nothing(traced_tour, random_arrays):
    tour = traced_tour(joined_beside_another, *random_arrays((2,), (2,)), order=Order.RECURSIVE)
    assert tour.story(Level.OPERATION).verdict.parted


def test_joins_inside_a_called_function_are_written_in_bounded_space(traced_tour, random_arrays):
    """Each join doubles the text where a part of a node is written out twice."""
    story = traced_tour(calls_another, *random_arrays((2,))).story(Level.OPERATION)
    assert max(len(node.written) for node in story.recording.graph.nodes) < 10_000


def test_a_graph_without_joins_is_right_in_any_order(traced_tour, random_arrays):
    tour = traced_tour(lambda x, w: np.exp(x) * w, *random_arrays((4, 3), (3,)), order=Order.RECURSIVE)
    assert tour.story(Level.OPERATION).verdict.parted == 0


@pytest.mark.parametrize("order", WRONG)
def test_inf_and_nan_end_no_demonstration(data_tour, order):
    x = np.full((4, 3), 2.0)
    with np.errstate(all="ignore"):
        found = data_tour(order, x=x, eps=0.0).story(Level.NODE).verdict
    assert [name for name, _, _ in found.gradients] == ["x", "gamma", "beta"]
