"""Every frame fits into every terminal: its width, its height, its encoding; nothing in it steers one."""

import io
from itertools import product

import pytest
from rich.console import Console

from bn_tutor.engine.zoom import Level
from bn_tutor.views.keys_help import keys_lines
from bn_tutor.views.look import Look
from bn_tutor.views.screen import screen
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.keys import Key
from bn_tutor.walk.state import State

WIDTHS = (10, 20, 40, 60, 80, 100, 116, 120, 200)
HEIGHTS = (3, 10, 24, 50)
SWITCHES = [{}, {"element": (2, 1), "jacobian": True}]


def states_and_sizes(states):
    """Give each state every width, each time with another height."""
    pairs = enumerate(product(states, WIDTHS))
    return [(state, width, HEIGHTS[at % len(HEIGHTS)]) for at, (state, width) in pairs]


@pytest.fixture(scope="module")
def misfit(draw, too_wide, control_characters):
    """Return what does not fit a screen: wide or strange lines, the number of lines, or an exception."""

    def found(tour, state, width, height):
        try:
            lines = draw(tour, state, Look(width), height)
        except Exception as error:
            return [repr(error)]
        wrong = too_wide(lines, width) + control_characters(lines)
        return [*wrong, len(lines)] if len(lines) > height else wrong

    return found


@pytest.fixture(scope="module")
def misfits(misfit):
    """Return what does not fit, each with the size of the screen and the frame."""

    def found(tour, states):
        return [
            (width, height, state.level.value, state.place, wrong)
            for state, width, height in states_and_sizes(states)
            for wrong in misfit(tour, state, width, height)
        ]

    return found


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_every_frame_fits(tour, every_state, misfits, switches):
    assert misfits(tour, every_state(tour, **switches)) == []


@pytest.mark.parametrize("order", [Order.RECURSIVE, Order.TWICE])
def test_every_frame_of_a_demonstration_fits(lesson_tour, every_state, misfits, order):
    tour = lesson_tour(order)
    states = [state for state in every_state(tour) if state.level is Level.NODE and state.place > 8]
    assert misfits(tour, states) == []


def test_the_list_of_keys_fits(tour, misfits):
    assert misfits(tour, [State(place=12, keys=True), State(place=3, keys=True, graph=True)]) == []


def test_the_graph_fits(tour, misfits):
    assert misfits(tour, [State(place=place, graph=True) for place in range(0, 19, 3)]) == []


def test_a_question_and_what_is_said_to_it_fit(tour, press_all, misfits):
    asked = [press_all(tour, State(place=place), "p") for place in range(9, 18)]
    judged = [press_all(tour, state, "1", Key.ENTER) for state in asked]
    assert misfits(tour, asked + judged) == []


@pytest.mark.parametrize("opener", ["g", "e", "p"])
def test_what_is_typed_fits(tour, press_all, misfits, opener):
    texts = ["", "12", "x" * 60, "∂" * 60, "漢" * 60, "[bold]" * 10]
    assert misfits(tour, [press_all(tour, State(place=12), opener, *text) for text in texts]) == []


@pytest.mark.parametrize("opener", ["g", "e", "p"])
@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("text", ["2,1", "0123456789" * 6], ids=["short", "long"])
def test_what_was_typed_last_can_be_seen(tour, draw, press_all, opener, width, text):
    state = press_all(tour, State(place=12), opener, *text)
    assert text[-3:] in draw(tour, state, Look(width))[-2]


@pytest.mark.parametrize(
    "keys",
    [
        ("g", *"nowhere", Key.ENTER),
        ("g", *("x" * 60), Key.ENTER),
        ("e", *"7,7", Key.ENTER),
        ("e", "?", Key.ENTER),
        ("G", "n"),
        ("p",),
    ],
    ids=lambda keys: "".join(keys)[:12],
)
def test_a_message_fits(tour, press_all, misfits, keys):
    state = press_all(tour, State(), *keys)
    assert state.message
    assert misfits(tour, [state]) == []


@pytest.mark.parametrize("width", [20, 80, 120])
def test_a_low_terminal_is_not_overrun(tour, draw, width):
    counts = {height: len(draw(tour, State(place=9), Look(width), height)) for height in range(3, 12)}
    assert counts == {height: height for height in range(3, 12)}


def test_a_misfit_would_be_seen(too_wide, control_characters):
    assert too_wide(["12345", "漢漢", "漢漢漢"], 5) == ["漢漢漢"]
    assert control_characters(["a", "a\tb", "\x1b[1m", "a\nb", "∂", "\u202e"]) == [
        "a\tb",
        "\x1b[1m",
        "a\nb",
        "\u202e",
    ]


def test_every_height_meets_every_width_and_every_frame():
    pairs = {(width, height) for _, width, height in states_and_sizes(range(41))}
    assert pairs == set(product(WIDTHS, HEIGHTS))


# --- scrolling --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", [10, 16, 24])
def test_scrolling_shows_every_line_of_a_frame(tour, draw, draw_whole, height):
    seen = set()
    for scroll in range(40):
        seen.update(draw(tour, State(place=10, scroll=scroll), Look(), height))
    assert [line for line in draw_whole(tour, State(place=10)) if line.strip() and line not in seen] == []


@pytest.mark.parametrize("place", [0, 10, 16])
def test_scrolling_ends_where_the_frame_ends(tour, place):
    most = screen(tour, State(place=place), Look(), 12).most_scroll
    last = screen(tour, State(place=place, scroll=most), Look(), 12).lines
    assert most > 0
    assert screen(tour, State(place=place, scroll=10**6), Look(), 12).lines == last
    assert not any("more lines" in line.plain for line in last)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_every_key_in_the_list_of_keys_can_be_read(tour, draw, press_all, width):
    """Where the list is longer than the screen, the keys that scroll do not close it."""
    seen = set()
    for presses in range(20):
        lines = draw(tour, press_all(tour, State(), "?", *["j"] * presses), Look(width))
        seen.update(line.strip() for line in lines)
    wanted = {line.plain.strip() for line in keys_lines(Look(width))}
    assert wanted - seen == set()


def test_a_frame_that_fits_does_not_scroll(tour):
    assert screen(tour, State(place=12), Look(), 50).most_scroll == 0


# --- encodings --------------------------------------------------------------------------------------------


def not_ascii(lines):
    return [line for line in lines if not line.isascii()]


@pytest.mark.parametrize("width", [20, 80, 120])
@pytest.mark.parametrize(
    "switches", [{}, {"element": (2, 1), "jacobian": True}, {"keys": True}, {"graph": True}]
)
def test_the_ascii_look_is_ascii(tour, every_state, draw, width, switches):
    for state in every_state(tour, **switches):
        assert not_ascii(draw(tour, state, Look(width, ascii=True), 50)) == []


@pytest.mark.parametrize("order", [Order.RECURSIVE, Order.TWICE])
def test_a_verdict_in_ascii_is_ascii(lesson_tour, draw_whole, press_all, order):
    tour = lesson_tour(order)
    assert not_ascii(draw_whole(tour, press_all(tour, State(), "G"), Look(ascii=True))) == []


def test_a_question_in_ascii_is_ascii(tour, press_all, draw):
    for place in range(9, 18):
        for answer in ("h", "1", "+", "-", "(4, 3)"):
            state = press_all(tour, State(place=place), "p", *answer, Key.ENTER)
            assert not_ascii(draw(tour, state, Look(ascii=True))) == []


def test_a_sign_that_is_not_ascii_would_be_seen():
    assert not_ascii(["d", "∂"]) == ["∂"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "latin-1"])
@pytest.mark.parametrize("ascii_signs", [True, False])
def test_any_encoding_can_be_written_to(tour, every_state, encoding, ascii_signs):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    console = Console(file=stream, width=120, legacy_windows=False)
    for state in every_state(tour)[:25]:
        for line in screen(tour, state, Look(120, ascii=ascii_signs), 24).lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    stream.flush()
    assert b"batchnorm" in stream.buffer.getvalue()
