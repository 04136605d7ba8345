"""What is typed at a prompt: frames to go to, elements to follow, and nonsense."""

from dataclasses import replace

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.keys import Key
from bn_tutor.walk.state import LONGEST_INPUT, Prompt, State, frame_of, press
from bn_tutor.walk.story import Direction

FORWARD_MIDDLE, BACKWARD_MIDDLE = State(place=3), State(place=12)
OPENERS = ["g", "e", "p"]
MARKUP = "[bold]x[/bold]"


def shown(tour, state):
    frame = frame_of(tour, state)
    return frame.direction, frame.node.name


# --- go to ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "place"), [("1", 0), ("10", 9), ("19", 18), (" 7 ", 6), ("0", 0), ("٣", 2)])
def test_a_number_goes_to_that_frame(tour, enter, text, place):
    assert enter(tour, BACKWARD_MIDDLE, "g", text) == State(place=place)


def test_leading_zeros_do_not_matter(tour, enter):
    assert enter(tour, BACKWARD_MIDDLE, "g", "00000000007").place == 6


@pytest.mark.parametrize("text", ["20", "999", "1000000000000", "9" * 60])
def test_a_number_beyond_the_end_stays_and_says_so(tour, enter, text):
    after = enter(tour, BACKWARD_MIDDLE, "g", text)
    assert after.place == BACKWARD_MIDDLE.place
    assert after.message.startswith("This is the last frame.")


@pytest.mark.parametrize("start", [FORWARD_MIDDLE, BACKWARD_MIDDLE])
@pytest.mark.parametrize("name", ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out"])
def test_a_name_goes_to_the_node_in_the_direction_that_is_walked(tour, enter, start, name):
    after = enter(tour, start, "g", name)
    assert shown(tour, after) == (frame_of(tour, start).direction, name)


@pytest.mark.parametrize("start", [FORWARD_MIDDLE, BACKWARD_MIDDLE])
@pytest.mark.parametrize("name", ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out", "x"])
def test_the_name_of_a_gradient_goes_to_its_backward_frame(tour, enter, start, name):
    after = enter(tour, start, "g", f"d{name}")
    assert shown(tour, after) == (Direction.BACKWARD, name)


@pytest.mark.parametrize("start", [FORWARD_MIDDLE, BACKWARD_MIDDLE])
def test_an_input_where_gradients_meet_has_one_frame_only(tour, enter, start):
    assert shown(tour, enter(tour, start, "g", "x")) == (Direction.BACKWARD, "x")


def test_a_node_whose_name_begins_with_d_is_no_gradient(traced_tour, random_arrays, enter):
    def function(x):
        mu = x * 2.0
        dmu = mu * x
        return dmu + mu

    tour = traced_tour(function, *random_arrays(3))
    assert shown(tour, enter(tour, State(), "g", "dmu")) == (Direction.FORWARD, "dmu")


def test_an_unknown_name_is_answered_with_the_closest(tour, enter):
    after = enter(tour, BACKWARD_MIDDLE, "g", "xhta")
    assert after.place == BACKWARD_MIDDLE.place
    assert after.message == "No frame xhta (did you mean xhat?)"


def test_a_name_like_no_other_is_answered_with_the_list(tour, enter):
    after = enter(tour, BACKWARD_MIDDLE, "g", "QQQ")
    assert after.message.startswith("No frame QQQ (there are: mu, xmu, sq, var")


@pytest.mark.parametrize("text", ["-3", "1.5", "²", "1e3", "mu var", "d", "ddmu", MARKUP, "x" * 60, "'\"\\"])
def test_nonsense_stays_and_says_so(tour, enter, text):
    after = enter(tour, BACKWARD_MIDDLE, "g", text)
    assert after.place == BACKWARD_MIDDLE.place
    assert after.message.startswith("No frame ")
    assert len(after.message) < 105


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_typed_changes_nothing(tour, enter, text):
    assert enter(tour, BACKWARD_MIDDLE, "g", text) == BACKWARD_MIDDLE


def test_a_colon_opens_the_same_prompt(tour, enter):
    assert enter(tour, State(), ":", "5").place == 4


def test_at_the_verdict_a_name_leads_back_to_its_node(lesson_tour, enter):
    tour = lesson_tour(Order.TWICE)
    verdict = press(tour, State(), "G")
    assert shown(tour, enter(tour, verdict, "g", "out")) == (Direction.FORWARD, "out")


# --- elements ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2,1", " 2 , 1 ", "(2, 1)", "[2,1]", "2,1,"])
def test_an_element_can_be_written_in_many_ways(tour, enter, text):
    assert enter(tour, BACKWARD_MIDDLE, "e", text) == replace(BACKWARD_MIDDLE, element=(2, 1))


def test_on_the_way_forward_it_is_said_where_the_element_is_followed(tour, enter):
    after = enter(tour, State(), "e", "2,1")
    assert after.element == (2, 1)
    assert after.message == "Its arithmetic stands in the backward frames: G, or go to dx."


@pytest.mark.parametrize("text", ["4,0", "0,3", "3,999999999", "100,100"])
def test_an_element_outside_the_shape_is_refused(tour, enter, text):
    after = enter(tour, State(element=(0, 0)), "e", text)
    assert after == State(element=(0, 0), message=f"{text} lies outside the shape (4, 3)")


@pytest.mark.parametrize("text", ["2", "1,2,3", "x,y", "-1,0", "1.0,2", "1;2", "2 1", MARKUP, "9" * 60])
def test_garbage_is_answered_with_an_example(tour, enter, text):
    after = enter(tour, State(), "e", text)
    assert after == State(message="An element of shape (4, 3) is written as 0,0")


@pytest.mark.parametrize("text", ["", " ", "()", ","])
def test_an_empty_element_stops_following(tour, enter, text):
    assert enter(tour, State(element=(2, 1)), "e", text) == State()


@pytest.mark.parametrize("level", Level)
def test_an_element_can_be_chosen_at_every_level(tour, enter, level):
    assert enter(tour, State(level=level), "e", "3,2").element == (3, 2)


# --- typing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opener", OPENERS)
def test_letters_are_typed_and_not_obeyed(tour, press_all, opener):
    after = press_all(tour, BACKWARD_MIDDLE, opener, *"qzbn J?gG ")
    assert after.typed == "qzbn J?gG "
    assert after.place == BACKWARD_MIDDLE.place
    assert not after.done


@pytest.mark.parametrize("opener", OPENERS)
def test_escape_leaves_the_prompt_and_forgets_what_was_typed(tour, press_all, opener):
    after = press_all(tour, BACKWARD_MIDDLE, opener, *"12", Key.ESCAPE)
    assert (after.prompt, after.typed, after.question) == (None, "", None)
    assert after.place == BACKWARD_MIDDLE.place


def test_backspace_takes_away_one_sign_and_stays_in_an_empty_prompt(tour, press_all):
    assert press_all(tour, State(), "g", *"12", Key.BACKSPACE).typed == "1"
    after = press_all(tour, State(), "g", "1", *[Key.BACKSPACE] * 5)
    assert (after.typed, after.prompt) == ("", Prompt.GO_TO)


@pytest.mark.parametrize(
    "key", [Key.LEFT, Key.UP, Key.HOME, Key.DELETE, Key.PAGE_DOWN, "", "\t", "\x00", "\x1b"]
)
def test_keys_that_are_no_text_are_not_typed(tour, press_all, key):
    assert press_all(tour, State(), "g", "1", key) == press_all(tour, State(), "g", "1")


@pytest.mark.parametrize("opener", OPENERS)
def test_ten_thousand_pasted_characters_are_cut(tour, press_all, opener):
    after = press_all(tour, BACKWARD_MIDDLE, opener, *"x1[" * 3334)
    assert len(after.typed) == LONGEST_INPUT
    assert press(tour, after, Key.ENTER).place == BACKWARD_MIDDLE.place


def test_an_escape_sequence_leaves_only_its_letters(tour, press_all):
    after = press_all(tour, State(), "g", *"\x1b[31mred\x1b]0;title\x07")
    assert after.typed == "[31mred]0;title"


def test_markup_is_typed_as_it_stands(tour, press_all):
    assert press_all(tour, State(), "g", *MARKUP).typed == MARKUP


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(("key", "interrupted"), [(Key.INTERRUPT, True), (Key.END_OF_INPUT, False)])
def test_a_prompt_can_be_quit(tour, press_all, opener, key, interrupted):
    after = press_all(tour, BACKWARD_MIDDLE, opener, "1", key)
    assert (after.done, after.interrupted) == (True, interrupted)
