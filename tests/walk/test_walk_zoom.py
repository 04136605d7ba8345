"""Zooming keeps the learner at the node that is shown."""

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.state import State, frame_of, press
from bn_tutor.walk.story import Direction

PLACES = range(19)
NEXT = {Level.NODE: Level.OPERATION, Level.OPERATION: Level.LAYER, Level.LAYER: Level.NODE}


def states(tour, level):
    return [State(place=place, level=level) for place in range(len(tour.story(level).frames))]


def node_of(tour, state):
    return frame_of(tour, state).node


@pytest.mark.parametrize("level", Level)
def test_zooming_changes_the_level_in_turn(tour, level):
    assert {press(tour, state, "z").level for state in states(tour, level)} == {NEXT[level]}


@pytest.mark.parametrize("level", Level)
def test_zooming_keeps_the_direction(tour, level):
    for state in states(tour, level):
        after = press(tour, state, "z")
        assert frame_of(tour, after).direction is frame_of(tour, state).direction


@pytest.mark.parametrize("place", PLACES)
def test_zooming_into_operations_keeps_the_node(tour, place):
    state = State(place=place)
    after = press(tour, state, "z")
    assert node_of(tour, after).name == node_of(tour, state).name


@pytest.mark.parametrize("state", [State(place=4), State(place=13)])
def test_zooming_in_shows_what_is_inside_a_node(tour, state):
    after = press(tour, state, "z")
    frames = tour.story(Level.OPERATION).frames
    beside = {frames[after.place - 1].node.name, frames[after.place + 1].node.name}
    assert node_of(tour, after).name == "sqrtvar"
    assert "sqrtvar_1" in beside


@pytest.mark.parametrize("place", PLACES)
def test_zooming_out_shows_the_whole_layer(tour, press_all, place):
    after = press_all(tour, State(place=place), "z", "z")
    assert after.level is Level.LAYER
    assert node_of(tour, after).name == "out"


def test_three_times_z_comes_back_to_the_node(tour, press_all):
    lost = [place for place in PLACES if press_all(tour, State(place=place), *"zzz").place != place]
    assert lost == []


@pytest.mark.parametrize("direction", [Direction.FORWARD, Direction.BACKWARD])
def test_a_part_of_a_node_zooms_out_to_its_node(tour, press_all, direction):
    frames = tour.story(Level.OPERATION).frames
    place = next(
        at for at, each in enumerate(frames) if each.node.name == "sqrtvar_1" and each.direction is direction
    )
    after = press_all(tour, State(place=place, level=Level.OPERATION), "z", "z")
    assert node_of(tour, after).name == "sqrtvar"


@pytest.mark.parametrize("order", [Order.RECURSIVE, Order.TWICE])
def test_the_verdict_stays_the_verdict(lesson_tour, press_all, order):
    tour = lesson_tour(order)
    state = press(tour, State(), "G")
    for keys in ("z", "zz", "zzz"):
        assert frame_of(tour, press_all(tour, state, *keys)).direction is Direction.VERDICT


@pytest.mark.parametrize(("place", "name"), [(0, "mu"), (1, "out")])
def test_a_walk_that_began_with_the_layer_zooms_to_the_first_node_of_its_way(tour, place, name):
    after = press(tour, State(place=place, level=Level.LAYER), "z")
    assert node_of(tour, after).name == name
    assert frame_of(tour, after).number == 1


@pytest.mark.parametrize(("keys", "place"), [("zzGz", 16), ("zzGbz", 1), ("zz<zn", 2)])
def test_the_layer_remembers_the_node_both_ways(tour, press_all, keys, place):
    assert press_all(tour, State(place=1), *keys).place == place
