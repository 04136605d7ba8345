"""Whatever is pressed: nothing is raised, and the place stays within the frames."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.keys import ACTIONS, Key
from bn_tutor.walk.state import LONGEST_INPUT, Prompt, State, frame_of, press, start

KEYS = st.one_of(
    st.sampled_from(sorted({*ACTIONS, *Key})),
    st.sampled_from(sorted({*ACTIONS, *Key} - {"q", "Q", Key.INTERRUPT, Key.END_OF_INPUT})),
    st.sampled_from([*"0123456789,()-+h/. "]),
    st.characters(),
    st.text(max_size=3),
)
WORDS = st.sampled_from(["gdmu", "g12", "g0", "e2,1", "e9,9", "p0.5", "p(4, 3)", "p-", "ph", "p", "zz", "J"])
TYPED = st.lists(
    st.one_of(KEYS.map(lambda key: [key]), WORDS.map(lambda word: [*word, Key.ENTER])), max_size=25
)


def within_range(tour, state):
    frames = tour.story(state.level).frames
    shape = tour.story(state.level).recording.output.shape
    element = state.element is None or all(
        0 <= at < size for at, size in zip(state.element, shape, strict=True)
    )
    asked = state.question is None or state.question.step is frame_of(tour, state).step
    # What is asked is asked at a prompt: an answer is never taken for anything else.
    prompted = (state.prompt is Prompt.PREDICT) == (state.question is not None)
    typed = len(state.typed) <= LONGEST_INPUT and (not state.typed or state.prompt is not None)
    return 0 <= state.place < len(frames) and element and asked and prompted and typed and state.scroll >= 0


def wrong_states(tour, state, keys):
    """Return the states out of range that the keys lead to."""
    found = []
    for key in keys:
        state = press(tour, state, key)
        if not within_range(tour, state):
            found.append(state)
    return found


@settings(max_examples=150, deadline=None)
@given(TYPED, st.booleans(), st.sampled_from(Level))
def test_no_keys_lead_out_of_the_walk(tour, words, predicting, level):
    state = start(tour, predicting=predicting, level=level)
    assert wrong_states(tour, state, [key for word in words for key in word]) == []


@pytest.mark.parametrize("order", [Order.TWICE, Order.RECURSIVE])
@settings(max_examples=40, deadline=None)
@given(words=TYPED)
def test_no_keys_lead_out_of_a_demonstration(lesson_tour, order, words):
    state = start(lesson_tour(order), predicting=True)
    assert wrong_states(lesson_tour(order), state, [key for word in words for key in word]) == []


@settings(max_examples=40, deadline=None)
@given(words=TYPED)
def test_no_keys_lead_out_of_a_walk_over_one_number(scalar_tour, words):
    assert wrong_states(scalar_tour, start(scalar_tour), [key for word in words for key in word]) == []


@settings(max_examples=40, deadline=None)
@given(TYPED)
def test_the_same_keys_give_the_same_state(tour, press_all, words):
    keys = [key for word in words for key in word]
    first, second = press_all(tour, State(), *keys), press_all(tour, State(), *keys)
    assert (first.place, first.level, first.message) == (second.place, second.level, second.message)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("nbzJv<G"), max_size=20), st.integers(1, 8))
def test_forwards_and_back_is_where_it_was(tour, press_all, keys, count):
    state = press_all(tour, State(), *keys)
    room = len(tour.story(state.level).frames) - 1 - state.place
    steps = min(count, room)
    assert press_all(tour, state, *"n" * steps, *"b" * steps).place == state.place


@pytest.mark.parametrize("state", [State(place=19), State(place=-1), State(element=(4, 0)), State(typed="x")])
def test_a_state_out_of_range_would_be_seen(tour, state):
    assert not within_range(tour, state)


@pytest.fixture(scope="module")
def scalar_tour(traced_tour, random_arrays):
    """A loss: the output is a single number, so that no element of it can be chosen."""
    return traced_tour(lambda x: (x * x).sum(), *random_arrays((4, 3)))
