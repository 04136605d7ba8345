"""The stepper in a real pseudo-terminal: every key by its bytes, and all that a terminal does to it."""

import sys

import pytest

from bn_tutor.walk.keys import BINDINGS, Action, Key

BYTES = {
    Key.LEFT: b"\x1b[D",
    Key.RIGHT: b"\x1b[C",
    Key.UP: b"\x1b[A",
    Key.DOWN: b"\x1b[B",
    Key.HOME: b"\x1b[H",
    Key.END: b"\x1b[F",
    Key.PAGE_UP: b"\x1b[5~",
    Key.PAGE_DOWN: b"\x1b[6~",
    Key.ENTER: b"\r",
    Key.BACKSPACE: b"\x7f",
    Key.INTERRUPT: b"\x03",
    Key.END_OF_INPUT: b"\x04",
}
# What is on the screen after a key that was pressed at backward frame 2 of 24 lines.
SHOWN = {
    Action.NEXT: "backward 3 of 10",
    Action.BACK: "backward 1 of 10",
    Action.GO_TO: "go to frame",
    Action.FIRST: "forward 1 of 9",
    Action.LAST: "backward 10 of 10",
    Action.ZOOM: "operation level",
    Action.ELEMENT: "follow element",
    Action.JACOBIAN: "rows: elements of gammax",
    Action.PREDICT: "your answer",
    Action.SWITCH: "This lesson has no switches.",
    Action.GRAPH: "◉",
    Action.ABOUT: "The question is always the same",
    Action.SCROLL_DOWN: "Usual slip",
    Action.SCROLL_UP: "upstream ∂L/∂gammax",
    Action.KEYS: "any other key goes back",
}
QUITTING = next(binding.keys for binding in BINDINGS if binding.action is Action.QUIT)
LEFT_AS_IT_WAS = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l")


def sent(key):
    return BYTES.get(key, key)


def test_every_key_does_what_its_row_says(stepper):
    opened = stepper("--backward", "--from", "gammax", rows=24)
    for binding in BINDINGS:
        if binding.action is Action.QUIT:
            continue
        for key in binding.keys:
            opened.send("\x1b[200~\x1b[201~")  # an empty paste is no key
            opened.send(*[sent(key)] * (4 if binding.action is Action.SCROLL_DOWN else 1))
            opened.shows(SHOWN[binding.action])
            opened.send(b"\x1b")
            opened.settle()
            back = {Action.ZOOM: "zz", Action.GRAPH: "v", Action.ABOUT: "i"}.get(binding.action, "")
            opened.send(back, "g", "dgammax", "\r")
            opened.shows("backward 2 of 10")


@pytest.mark.parametrize("key", QUITTING)
def test_quitting_gives_the_terminal_back(stepper, key):
    opened = stepper()
    assert not opened.echoes
    opened.send(sent(key))
    assert opened.end() == (130 if key == Key.INTERRUPT else 0)
    assert all(code in opened.received for code in LEFT_AS_IT_WAS)


def test_keys_typed_ahead_are_all_taken(stepper):
    opened = stepper()
    opened.send("n" * 9 + "bb" + "n" * 4)
    opened.shows("backward 3 of 10")


def test_a_key_held_down_ends_at_the_last_frame(stepper):
    opened = stepper()
    opened.send(" " * 500)
    opened.shows("backward 10 of 10", "This is the last frame")


def test_a_paste_in_front_of_a_frame_is_dropped(stepper):
    opened = stepper()
    opened.send("\x1b[200~qqq\rnnn\x1b[201~", "n")
    opened.shows("forward 2 of 9")


def test_a_paste_into_a_prompt_is_typed_and_not_entered(stepper):
    opened = stepper()
    opened.send("g", "\x1b[200~mu\r\x1b[201~")
    opened.shows("go to frame (number or name): mu")
    opened.send("\r")
    opened.shows("forward 1 of 9")


def test_a_bare_escape_leaves_a_prompt(stepper):
    opened = stepper()
    opened.send("g", "12")
    opened.shows(": 12")
    opened.send(b"\x1b")
    opened.drops("go to frame")
    opened.send("n")
    opened.shows("forward 2 of 9")


@pytest.mark.parametrize("before", ["", "nnnnnnnnnn", "g12", "?"])
def test_ctrl_c_anywhere_keeps_the_place(stepper, before):
    opened = stepper()
    opened.send("n", before)
    opened.settle()
    opened.send(b"\x03")
    assert opened.end() == 130
    assert b"Traceback" not in opened.received
    again = stepper()
    again.shows("back where you left off")


def test_the_place_is_kept_until_the_end_is_reached(stepper):
    opened = stepper()
    opened.send("G", "q")
    assert opened.end() == 0
    assert "forward 1 of 9" in stepper().settle()[0]


def test_other_numbers_begin_anew(stepper):
    opened = stepper()
    opened.send("nnn", "q")
    opened.end()
    assert "forward 1 of 9" in stepper("--seed", "5").settle()[0]


def test_ctrl_z_and_back(terminal):
    opened = terminal(command=("bash", "--norc", "-i"), PS1="$ ")
    opened.send(f"{sys.executable} -m bn_tutor walk\n")
    opened.shows("forward 1 of 9", "q quit")
    opened.send("n")
    opened.shows("forward 2 of 9")  # Ctrl-Z makes a terminal drop what was typed before it
    opened.send(b"\x1a")
    opened.shows("Stopped")
    opened.send("fg\n")
    opened.shows("forward 2 of 9", "q quit")
    opened.send("n")
    opened.shows("forward 3 of 9")
    opened.send("q")
    opened.says("\x1b[?1049l", times=2)  # the screen was given back twice


def test_a_resize_draws_the_frame_anew(stepper):
    opened = stepper(columns=130, rows=30)
    opened.shows("◉")
    opened.resize(60, 20)
    opened.shows("space next")
    opened.settle()
    assert "◉" not in opened.text
    assert max(map(len, opened.lines)) <= 60
    opened.resize(130, 30)
    opened.shows("◉")


@pytest.mark.parametrize(("columns", "rows"), [(20, 24), (10, 3), (200, 60)])
def test_any_size_can_be_stepped_through(terminal, columns, rows):
    opened = terminal(columns=columns, rows=rows)
    opened.says("quit" if columns > 10 else "?")
    opened.send("n" * 30)
    opened.settle()
    assert opened.scrolled == 0
    opened.send("q")
    assert opened.end() == 0


def test_a_prediction_is_asked_judged_and_revealed(terminal):
    opened = terminal("--predict", "--backward")
    opened.shows("What is the shape of the gradient that out sends to beta?")
    opened.send("(4, 3)\r")
    opened.shows("That is the upstream's own shape")
    opened.send("3\r")
    opened.shows("Right: (3,), the shape of beta.", "dbeta = np.sum(dout, axis=0)")


def test_an_element_is_followed(stepper):
    opened = stepper("--backward", "--from", "xhat")
    opened.send("e", "2,1\r")
    opened.shows("element dxmu1[2, 1] = ")


def test_plain_appends_and_never_repaints(terminal):
    opened = terminal("--plain")
    opened.shows("space: next, b: back")
    opened.send("n")
    opened.says("forward 2 of 9")
    opened.send("q")
    assert opened.end() == 0
    assert b"\x1b[?1049h" not in opened.received
    assert b"\x1b[H" not in opened.received


@pytest.mark.parametrize("changes", [{"TERM": "dumb"}, {"ACCESSIBLE": "1"}])
def test_the_environment_asks_for_plain(terminal, changes):
    opened = terminal(**changes)
    opened.shows("space: next, b: back")
    opened.send("q")
    assert opened.end() == 0
    assert b"\x1b[?1049h" not in opened.received


def test_no_colour_is_honoured(stepper):
    assert len(stepper().colours) > 1
    assert stepper("--no-color").colours == {"default"}
    assert stepper(NO_COLOR="1").colours == {"default"}


def test_a_place_that_cannot_be_kept_is_told(stepper):
    opened = stepper(BN_TUTOR_STATE="/proc/nothing")
    opened.send("n", "q")
    assert opened.end() == 0
    assert b"your place could not be kept" in opened.received
