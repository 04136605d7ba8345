"""The loop of the stepper: draw, wait for a key, let the state machine answer, draw again."""

import io
import sys
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from bn_tutor.cli.keyboard import RESIZE, Keyboard, WindowsKeyboard, keyboard
from bn_tutor.cli.output import show, terminal_size
from bn_tutor.views.keys_help import keys_lines
from bn_tutor.views.look import Look
from bn_tutor.views.screen import frame_lines, screen
from bn_tutor.walk.state import State, press
from bn_tutor.walk.story import Tour

# The other screen, no cursor, paste marked as such; and back.
ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h"
LEAVE = "\x1b[?2004l\x1b[?25h\x1b[?1049l"
PLAIN_HELP = "space: next, b: back, g: go to, z: zoom, p: predict, ?: keys, q: quit"


def step_through(tour: Tour, state: State, look: Look, *, width: int | None, no_color: bool) -> State:
    """Let a person step through the walk; return the state in which it was left."""
    if look.plain:
        return _plainly(tour, state, look, no_color)
    painter = Painter(no_color)
    with keyboard(ENTER, LEAVE) as keys:
        while not state.done:
            size = terminal_size()
            columns = min(width or size.columns, size.columns)
            drawn = screen(tour, state, replace(look, width=columns), size.lines)
            state = replace(state, scroll=min(state.scroll, drawn.most_scroll))
            painter.paint(drawn.lines)
            state = _pressed(tour, state, keys)
    return state


def _pressed(tour: Tour, state: State, keys: Keyboard | WindowsKeyboard) -> State:
    """Take one key and all that were typed ahead, so that a key held down draws no frame in vain."""
    state = _after(tour, state, keys)
    while keys.waiting and not state.done:
        state = _after(tour, state, keys)
    return state


def _after(tour: Tour, state: State, keys: Keyboard | WindowsKeyboard) -> State:
    try:
        key = keys.read()
    except KeyboardInterrupt:
        return replace(state, done=True, interrupted=True)
    if key.startswith("paste:"):
        # Pasted text is for prompts; in front of a frame every letter of it would be a command.
        return press(tour, state, key.removeprefix("paste:")) if state.prompt is not None else state
    return state if key == RESIZE else press(tour, state, key)


class Painter:
    """Writes a screen over the one before, line by line: nothing flickers, nothing scrolls."""

    def __init__(self, no_color: bool) -> None:
        self.no_color = no_color

    def paint(self, lines: Sequence[Text]) -> None:
        """Draw the lines from the top left corner on."""
        written = ansi_lines(lines, self.no_color)
        text = "\x1b[H" + "\r\n".join(f"{line}\x1b[K" for line in written) + "\x1b[J"
        _write(text)


def ansi_lines(lines: Sequence[Text], no_color: bool) -> list[str]:
    """Return lines with their styles as escape sequences, fit for this terminal's colours."""
    console = Console(
        file=io.StringIO(), force_terminal=True, no_color=no_color or None, width=10_000, legacy_windows=False
    )
    joined = Text("\n").join(lines)
    with console.capture() as captured:
        console.print(joined, soft_wrap=True, markup=False, highlight=False, end="")
    return captured.get().split("\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _plainly(tour: Tour, state: State, look: Look, no_color: bool) -> State:
    """Append one frame after the other, for screen readers and terminals that cannot repaint."""
    _write_lines([look.text(PLAIN_HELP)], no_color)
    shown: State | None = None
    with keyboard("", "") as keys:
        while not state.done:
            now = replace(state, typed="", scroll=0)
            if now != shown:
                _write_lines(_plain_lines(tour, state, look), no_color)
                shown = now
            typed = state.typed
            state = _after(tour, state, keys)
            if state.typed.startswith(typed):
                _write(look.shown(state.typed[len(typed) :]))
    return state


def _plain_lines(tour: Tour, state: State, look: Look) -> list[Text]:
    """Return what to append: the keys, a message, or the frame with what is asked under it."""
    if state.keys:
        return keys_lines(look)
    if state.message:
        return [look.text(state.message)]
    if state.judgement is not None and state.prompt is not None:
        return [look.text(state.judgement.say), look.text(f"{state.prompt.value}:")]
    asked = [look.text(f"{state.prompt.value}:")] if state.prompt is not None else []
    return [*frame_lines(tour, state, look), *asked]


def _write_lines(lines: Sequence[Text], no_color: bool) -> None:
    _write("\n".join(ansi_lines(lines, no_color)) + "\n")


def print_every_frame(tour: Tour, state: State, look: Look, console: Console) -> None:
    """Print all frames, from the one where the walk would begin, for a pipe."""
    frames = tour.story(state.level).frames
    for place in range(state.place, len(frames)):
        show([*frame_lines(tour, replace(state, place=place), look), Text()], console)
