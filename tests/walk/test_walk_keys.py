"""Every key of the table does what the table says, from the middle of a walk."""

from collections import Counter
from dataclasses import replace

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.keys import ACTIONS, BINDINGS, Action, Key
from bn_tutor.walk.state import Prompt, State, press, start

MIDDLE = State(place=10, scroll=6)
LAST = 18
CHANGES = {
    Action.NEXT: {"place": 11, "scroll": 0},
    Action.BACK: {"place": 9, "scroll": 0},
    Action.GO_TO: {"prompt": Prompt.GO_TO},
    Action.FIRST: {"place": 0, "scroll": 0},
    Action.LAST: {"place": LAST, "scroll": 0},
    Action.ZOOM: {"level": Level.OPERATION, "place": 11, "scroll": 0},
    Action.ELEMENT: {"prompt": Prompt.ELEMENT},
    Action.JACOBIAN: {"jacobian": True},
    Action.PREDICT: {"prompt": Prompt.PREDICT},
    Action.SWITCH: {"message": "This lesson has no switches."},
    Action.GRAPH: {"graph": True},
    Action.ABOUT: {"about": True, "scroll": 0},
    Action.SCROLL_DOWN: {"scroll": 9},
    Action.SCROLL_UP: {"scroll": 3},
    Action.KEYS: {"keys": True},
    Action.QUIT: {"done": True},
}
WATCHED = (
    *("place", "level", "prompt", "jacobian", "graph", "scroll", "keys", "about", "done", "element"),
    *("choices", "message"),
)
PAIRS = [(binding.action, key) for binding in BINDINGS for key in binding.keys]
UNKNOWN = ["x", "1", "é", "∂", "", "\x00", "\x1b", "space", Key.DELETE, "next frame", "ab", "\ud800"]


def changed(before, after, names):
    return {name: getattr(after, name) for name in names if getattr(before, name) != getattr(after, name)}


def test_every_action_is_in_the_table_of_keys_and_in_this_one():
    assert [binding.action for binding in BINDINGS] == list(Action) == list(CHANGES)


def test_no_key_is_bound_twice():
    counts = Counter(key for _, key in PAIRS)
    assert max(counts.values()) == 1
    assert {key: action for action, key in PAIRS} == ACTIONS


@pytest.mark.parametrize(("action", "key"), PAIRS)
def test_a_key_does_what_its_row_says(tour, action, key):
    after = press(tour, MIDDLE, key)
    assert changed(MIDDLE, after, WATCHED) == CHANGES[action]


def test_a_change_too_many_would_be_seen():
    assert changed(MIDDLE, replace(MIDDLE, place=3, done=True), ("place", "done")) == {
        "place": 3,
        "done": True,
    }


@pytest.mark.parametrize("key", UNKNOWN)
def test_unknown_keys_do_nothing(tour, key):
    assert press(tour, MIDDLE, key) is MIDDLE


@pytest.mark.parametrize("key", [Key.UP, "k", Key.PAGE_UP])
def test_scrolling_up_stops_at_the_top(tour, key):
    assert press(tour, State(scroll=1), key).scroll == 0


@pytest.mark.parametrize("key", ["n", "b"])
def test_moving_leaves_the_switches_as_they_are(tour, key):
    state = State(place=10, element=(2, 1), jacobian=True, graph=True)
    after = press(tour, state, key)
    assert changed(state, after, ("element", "jacobian", "graph", "level")) == {}


@pytest.mark.parametrize("switch", ["J", "v"])
def test_a_switch_pressed_twice_is_off(tour, press_all, switch):
    after = press_all(tour, MIDDLE, switch, switch)
    assert not after.jacobian
    assert not after.graph


# --- the ends ---------------------------------------------------------------------------------------------


def test_the_last_frame_says_so_and_stays(tour):
    after = press(tour, State(place=LAST), "n")
    assert after == State(place=LAST, message="This is the last frame. q quits, b goes back.")


def test_the_first_frame_says_so_and_stays(tour):
    assert press(tour, State(), "b") == State(message="This is the first frame.")


def test_a_message_is_gone_with_the_next_key(tour, press_all):
    assert press_all(tour, State(), "b", "J").message == ""
    assert press_all(tour, State(), "b", "n") == State(place=1)
    assert press_all(tour, State(), "b", Key.ESCAPE).message == ""


def test_next_walks_through_every_frame(tour, press_all):
    frames = tour.story(Level.NODE).frames
    places = [press_all(tour, State(), *"n" * count).place for count in range(len(frames))]
    assert places == list(range(len(frames)))


def test_back_returns_through_the_same_states(tour, press_all):
    there = [State()]
    for _ in range(LAST):
        there.append(press(tour, there[-1], "n"))
    back = [there[-1]]
    for _ in range(LAST):
        back.append(press(tour, back[-1], "b"))
    assert back == there[::-1]


@pytest.mark.parametrize(("given", "place"), [(0, 0), (7, 7), (LAST, LAST), (LAST + 1, LAST), (10**9, LAST)])
def test_a_start_beyond_the_end_is_the_last_frame(tour, given, place):
    assert start(tour, place=given).place == place


def test_a_start_before_the_first_frame_is_the_first(tour):
    assert start(tour, place=-5).place == 0


# --- the list of keys, escape, quitting -------------------------------------------------------------------


@pytest.mark.parametrize("key", ["n", "?", "J", "z", "g", Key.ESCAPE, Key.LEFT])
def test_a_bound_key_closes_the_list_of_keys_and_does_nothing_else(tour, key):
    assert press(tour, replace(MIDDLE, keys=True), key) == MIDDLE


def test_any_other_key_closes_the_list_of_keys_too(tour):
    listed = replace(MIDDLE, keys=True)
    assert [key for key in ("x", "1", "é", Key.DELETE) if press(tour, listed, key).keys] == []


@pytest.mark.parametrize("key", ["q", "Q", Key.END_OF_INPUT, Key.INTERRUPT])
def test_quitting_works_from_the_list_of_keys(tour, key):
    assert press(tour, replace(MIDDLE, keys=True), key).done


def test_escape_takes_away_what_was_laid_over_the_frame(tour):
    after = press(tour, State(place=10, jacobian=True, keys=True, message="x"), Key.ESCAPE)
    assert after == State(place=10)


@pytest.mark.parametrize(
    ("key", "interrupted"), [("q", False), (Key.END_OF_INPUT, False), (Key.INTERRUPT, True)]
)
def test_only_an_interrupt_counts_as_one(tour, key, interrupted):
    assert press(tour, MIDDLE, key).interrupted is interrupted
