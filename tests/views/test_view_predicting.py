"""While something is asked, its answer is nowhere on the screen, and the question is always on it."""

import numpy as np
import pytest

from bn_tutor.course.numbers import number
from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.walk.demonstrations import MOST_VISITS, Order
from bn_tutor.walk.keys import Key
from bn_tutor.walk.prediction import Ask
from bn_tutor.walk.state import State, press

FRAMES = {Level.NODE: range(9, 18), Level.OPERATION: range(10, 20), Level.LAYER: range(1, 2)}
BACKWARD = [(level, place) for level, places in FRAMES.items() for place in places]


def asked_states(tour, kind, **options):
    """Return a state for each backward frame in which a question of this kind is asked."""
    found = []
    for level, place in BACKWARD:
        state = State(place=place, level=level, **options)
        for _ in range(3):
            state = press(tour, state, "p")
            if state.question.ask is kind:
                found.append(state)
                break
            state = press(tour, state, Key.ENTER)
    return found


def answer_text(asked, precision=3):
    return number(float(asked.edge.contribution[asked.place]), precision).replace("-", "−")


def is_given(asked):
    """Whether the answer is a number that the frame has to show: the upstream, where it passes on."""
    shown = [asked.step.upstream, *(edge.contribution for edge in asked.step.edges if edge is not asked.edge)]
    return any(
        answer_text(asked) in {number(each, 3).replace("-", "−") for each in array.flat} for array in shown
    )


@pytest.mark.parametrize("options", [{}, {"element": (2, 1), "jacobian": True}, {"graph": True}])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_an_asked_number_is_nowhere_on_the_screen(tour, draw, width, options):
    asked = [state for state in asked_states(tour, Ask.NUMBER, **options) if not is_given(state.question)]
    assert len(asked) >= 10
    for state in asked:
        text = "\n".join(draw(tour, state, Look(width), 80))
        assert answer_text(state.question) not in text


@pytest.mark.parametrize("kind", Ask)
def test_the_whole_gradient_is_hidden(tour, draw_whole, kind):
    for state in asked_states(tour, kind):
        lines = draw_whole(tour, state)
        assert not any(line.startswith(f" numpy   d{state.question.edge.input}") for line in lines)
        assert any(line.rstrip().endswith("?") for line in lines[3:])
        assert not any(line.startswith((" why", " closed")) for line in lines)


def test_a_shape_is_hidden_with_its_words(tour, draw_whole):
    (state,) = [
        state for state in asked_states(tour, Ask.SHAPE) if (state.level, state.place) == (Level.NODE, 9)
    ]
    text = "\n".join(draw_whole(tour, state))
    assert "sum over axis 0" not in text
    assert "(3,)" not in text


@pytest.mark.parametrize("kind", Ask)
def test_an_answer_reveals_all_again(tour, draw_whole, press_all, kind):
    for state in asked_states(tour, kind):
        revealed = draw_whole(tour, press(tour, state, Key.ENTER))
        assert revealed == draw_whole(tour, State(place=state.place, level=state.level))


def test_the_other_road_does_not_tell(traced_tour, draw_whole):
    """Both edges of x * x lead to the same input and bring the same: showing one gives the other away."""
    tour = traced_tour(lambda x: (x * x) * 3.0, (2,))
    place = next(at for at, frame in enumerate(tour.story(Level.OPERATION).frames) if frame.step) + 1
    state = press(tour, State(place=place, level=Level.OPERATION), "p")
    assert [line for line in draw_whole(tour, state) if line.startswith(" numpy")] == []


# --- the question -----------------------------------------------------------------------------------------


def words(lines):
    return " ".join(" ".join(lines).split())


def on_screen(state, lines):
    return state.question.text in words(lines).replace(" predict ", " ")


@pytest.mark.parametrize("before", ["", "v", "J", "jjjjjjjj", "e2,1\n"])
@pytest.mark.parametrize("height", [14, 24])
def test_the_question_is_on_the_screen(tour, draw, press_all, before, height):
    keys = [Key.ENTER if key == "\n" else key for key in before]
    state = press_all(tour, State(place=10), *keys, "p")
    assert on_screen(state, draw(tour, state, Look(), height))


def test_a_question_that_is_not_there_would_be_seen(tour):
    state = press(tour, State(place=10), "p")
    assert not on_screen(state, [" predict What is the shape?"])
    assert on_screen(state, [f" predict {state.question.text}"])


def test_what_is_said_stands_under_the_question(tour, draw, press_all):
    state = press_all(tour, State(place=12), "p", "+", Key.ENTER)
    lines = draw(tour, state)
    assert lines[3].startswith(" predict What is the sign (+, - or 0) of dsqrtvar[0]")
    assert lines[5].startswith(" ✗ ")


def test_a_hint_is_not_marked_as_a_mistake(tour, draw, press_all):
    lines = draw(tour, press_all(tour, State(place=12), "p", "h", Key.ENTER))
    (hint,) = [line for line in lines if "Hint: " in line]
    assert "✗" not in hint


def test_what_was_typed_is_shown(tour, draw, press_all):
    assert draw(tour, press_all(tour, State(place=12), "p", *"-0.3"))[-2] == (
        " your answer (empty to reveal, h for a hint): -0.3 "
    )


# --- ledgers ----------------------------------------------------------------------------------------------


def ledger(lines):
    """Return what the ledger of a frame says, as one text."""
    first = next(at for at, line in enumerate(lines) if line.startswith(" ledger"))
    rest = lines[first:]
    last = next((at for at, line in enumerate(rest[1:], 1) if not line.startswith("   ")), len(rest))
    return words(rest[:last])


def backward_place(tour, number):
    frames = tour.story(Level.NODE).frames
    return next(at for at, frame in enumerate(frames) if frame.step and frame.number == number)


def test_the_ledger_says_what_has_arrived(tour, draw_whole):
    assert ledger(draw_whole(tour, State(place=backward_place(tour, 3)))) == (
        "ledger xmu feeds 2 nodes: dxmu1 has arrived, 1 more to come ivar feeds 1 node: divar is complete"
    )
    assert "dxmu = dxmu1 (from xhat) + dxmu2 (from sq), complete" in ledger(
        draw_whole(tour, State(place=backward_place(tour, 8)))
    )


def test_where_a_recursion_goes_wrong_the_ledger_does_not_say_complete(lesson_tour, draw_whole):
    """At backward frame 4 only dxmu1 has arrived at xmu."""
    tour = lesson_tour(Order.RECURSIVE)
    found = ledger(draw_whole(tour, State(place=backward_place(tour, 4))))
    assert "dxmu2" not in found


@pytest.mark.parametrize("number", [2, 12, 13, 18])
def test_a_second_pass_has_a_ledger_of_its_own(lesson_tour, draw_whole, number):
    tour = lesson_tour(Order.TWICE)
    names = {2: "gammax", 12: "gammax", 13: "xhat", 18: "xmu"}
    found = ledger(draw_whole(tour, State(place=backward_place(tour, number))))
    once = {"xmu": 1}.get(names[number], 0)
    assert found.count("(from ") == 2 * once


def test_a_recursion_that_was_cut_off_says_so(traced_tour, draw_whole, press_all):
    def joined(x):
        for _ in range(30):
            x = x + x
        return x

    tour = traced_tour(joined, (2,), order=Order.RECURSIVE)
    state = press_all(tour, State(level=Level.OPERATION), "G")
    assert str(MOST_VISITS) in "\n".join(draw_whole(tour, state))


@pytest.mark.parametrize("order", [Order.RECURSIVE, Order.TWICE])
def test_a_verdict_calls_only_wrong_numbers_wrong(lesson_tour, draw_whole, press_all, order):
    tour = lesson_tour(order)
    text = "\n".join(draw_whole(tour, press_all(tour, State(), "G")))
    found = tour.story(Level.NODE).verdict.gradients
    called = {name: f"d{name} here: wrong" in text for name, _, _ in found}
    assert called == {name: not np.allclose(wrong, right) for name, wrong, right in found}
