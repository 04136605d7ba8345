"""The loop of the stepper: draw, wait for a key, let the state machine answer, draw again."""

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.text import Text

from bn_tutor.cli.keyboard import RESIZE, TICK, Keyboard, WindowsKeyboard, keyboard
from bn_tutor.cli.output import show, terminal_size
from bn_tutor.cli.stage import Stage
from bn_tutor.course.loading import LessonError
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem
from bn_tutor.engine.zoom import Level
from bn_tutor.views.keys_help import keys_lines
from bn_tutor.views.look import Look
from bn_tutor.views.screen import frame_lines, screen
from bn_tutor.views.trouble import trouble_lines
from bn_tutor.walk.carrying import arrived
from bn_tutor.walk.keys import ACTIONS, Action, Key
from bn_tutor.walk.state import Prompt, State, press
from bn_tutor.walk.story import Tour
from bn_tutor.walk.switching import Choices, switches_text

# The other screen, no cursor, paste marked as such; and back.
ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h"
LEAVE = "\x1b[?2004l\x1b[?25h\x1b[?1049l"
PLAIN_HELP = "space: next, b: back, g: go to, z: zoom, p: predict, s: switch, ?: keys, q: quit"


@dataclass(frozen=True)
class Act:
    """What is on the screen: a tour and the state in it, or the problems for which there is no tour."""

    tour: Tour | None
    state: State
    problems: tuple[Problem, ...] = ()
    # Whether the terminal may have lost what was drawn, as after a resize.
    is_lost: bool = False


def step_through(
    stage: Stage, tour: Tour | None, state: State, look: Look, *, width: int | None, no_color: bool
) -> Act:
    """Let a person step through the walk; return what was on the screen when it was left.

    ``tour`` is the one that ``state`` belongs to, if there is one yet.
    """
    act = Act(tour, state)
    if look.plain:
        return _plainly(stage, act, look, no_color)
    painter = Painter(no_color)
    with keyboard(ENTER, LEAVE) as keys:
        while not act.state.done:
            act = _current(stage, act)
            size = terminal_size()
            columns = min(width or size.columns, size.columns)
            lines, act = _drawn(act, replace(look, width=columns), size.lines)
            painter.paint(lines, anew=act.is_lost)
            act = _pressed(stage, act, keys)
    return act


def _current(stage: Stage, act: Act) -> Act:
    """Return what is to be shown now: the file may have changed, or a switch been flipped."""
    try:
        tour = stage.tour(act.state.choices)
    except LessonError as error:
        return _without_tour(act, error)
    if tour is act.tour:
        return replace(act, problems=())
    state = arrived(act.tour, act.state, tour)
    return replace(act, tour=tour, state=replace(state, note=stage.note()), problems=())


def _without_tour(act: Act, error: LessonError) -> Act:
    """A flip that leads to no graph is taken back, and said; else the problems stand in place of a frame."""
    if act.tour is not None and act.state.choices != act.tour.choices:
        message = _taken_back(act.tour.choices, act.state.choices, error.problems[0])
        return replace(act, state=replace(act.state, choices=act.tour.choices, message=message))
    return replace(act, problems=error.problems)


def _taken_back(before: Choices, after: Choices, problem: Problem) -> str:
    flipped = ", ".join(f"{name} = {choice}" for name, choice in after.items() if before.get(name) != choice)
    line = f" line {problem.line}:" if problem.line else ""
    return one_line(f"{flipped} cannot be walked:{line} {problem.message}")


def _drawn(act: Act, look: Look, height: int) -> tuple[Sequence[Text], Act]:
    if act.problems or act.tour is None:
        return trouble_lines(act.problems, look, height), act
    drawn = screen(act.tour, act.state, look, height)
    return drawn.lines, replace(
        act, state=replace(act.state, scroll=min(act.state.scroll, drawn.most_scroll))
    )


def _pressed(stage: Stage, act: Act, keys: Keyboard | WindowsKeyboard) -> Act:
    """Take one key and all that were typed ahead, so that a key held down draws no frame in vain."""
    act = _after(stage, act, keys)
    while keys.waiting and not act.state.done:
        act = _after(stage, _current(stage, act), keys)
    return act


def _after(stage: Stage, act: Act, keys: Keyboard | WindowsKeyboard) -> Act:
    try:
        key = keys.read(stage.wait)
    except KeyboardInterrupt:
        return replace(act, state=replace(act.state, done=True, interrupted=True))
    act = replace(act, is_lost=key == RESIZE)
    if key in (RESIZE, TICK):
        return act
    if act.problems or act.tour is None:
        # Without a frame there is nothing to do but to leave.
        leaves = ACTIONS.get(key) is Action.QUIT
        return replace(act, state=replace(act.state, done=leaves, interrupted=key == Key.INTERRUPT))
    if key.startswith("paste:"):
        # Pasted text is for prompts; in front of a frame every letter of it would be a command.
        key = key.removeprefix("paste:") if act.state.prompt is not None else ""
    return replace(act, state=press(act.tour, act.state, key))


class Painter:
    """Writes a screen over the one before, line by line: nothing flickers, nothing scrolls."""

    def __init__(self, no_color: bool) -> None:
        self.no_color = no_color
        self._painted = ""

    def paint(self, lines: Sequence[Text], *, anew: bool = False) -> None:
        """Draw the lines from the top left corner on; what stands there already only if ``anew``."""
        written = ansi_lines(lines, self.no_color)
        text = "\x1b[H" + "\r\n".join(f"{line}\x1b[K" for line in written) + "\x1b[J"
        if anew or text != self._painted:
            _write(text)
        self._painted = text


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


def _plainly(stage: Stage, act: Act, look: Look, no_color: bool) -> Act:
    """Append one frame after the other, for screen readers and terminals that cannot repaint."""
    _write_lines([look.text(PLAIN_HELP)], no_color)
    shown: Act | None = None
    with keyboard("", "") as keys:
        while not act.state.done:
            act = _current(stage, act)
            now = replace(act, state=replace(act.state, typed="", scroll=0), is_lost=False)
            if now != shown:
                _write_lines(_plain_lines(act, shown, look), no_color)
                shown = now
            typed = act.state.typed
            act = _after(stage, act, keys)
            if act.state.typed.startswith(typed):
                _write(look.shown(act.state.typed[len(typed) :]))
            elif not act.state.typed:
                _write("\n")  # what was entered has a line of its own
    return act


def _plain_lines(act: Act, shown: Act | None, look: Look) -> list[Text]:
    """Return what to append: the problems, the keys, a message, or the frame with what is asked under it."""
    if act.problems or act.tour is None:
        return trouble_lines(act.problems, look)
    tour, state = act.tour, act.state
    if state.keys:
        return keys_lines(look)
    if state.message and shown is not None and _frame_of(shown) == _frame_of(act):
        return [look.text(state.message)]
    is_new = shown is None or shown.tour is not tour or shown.problems
    said = [look.text(each) for each in (state.note if is_new else "", state.message) if each]
    asked = [look.text(f"{state.prompt.value}:")] if state.prompt is not None else []
    if state.prompt is Prompt.SWITCH and tour.subject.lesson:
        asked = [look.text(switches_text(tour.subject.lesson)), *asked]
    if state.judgement is not None and state.prompt is not None:
        return [look.text(state.judgement.say), *asked]
    return [*said, *frame_lines(tour, state, look), *asked]


def _frame_of(act: Act) -> tuple[Tour | None, Level, int]:
    """Return what tells the frame that is shown from all others; problems stand in place of any."""
    return None if act.problems else act.tour, act.state.level, act.state.place


def _write_lines(lines: Sequence[Text], no_color: bool) -> None:
    _write("\n".join(ansi_lines(lines, no_color)) + "\n")


def print_every_frame(tour: Tour, state: State, look: Look, console: Console) -> None:
    """Print all frames, from the one where the walk would begin, for a pipe."""
    frames = tour.story(state.level).frames
    for place in range(state.place, len(frames)):
        show([*frame_lines(tour, replace(state, place=place), look), Text()], console)
