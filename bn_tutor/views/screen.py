"""A frame as a whole: header, body, footer; cut to a terminal's size, or written out in full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.course.variants import changed_choices
from bn_tutor.engine.zoom import Level
from bn_tutor.views.about import about_lines
from bn_tutor.views.backward_frame import backward_lines
from bn_tutor.views.formula import pretty
from bn_tutor.views.forward_frame import forward_lines
from bn_tutor.views.keys_help import footer, keys_lines
from bn_tutor.views.lanes import lane_lines
from bn_tutor.views.look import RIGHT, WRONG, Look
from bn_tutor.views.page import Page
from bn_tutor.views.verdict_frame import verdict_lines
from bn_tutor.views.wrapping import beginning, wrapped
from bn_tutor.walk.state import Prompt, State, frame_of
from bn_tutor.walk.story import Direction, Frame, Story, Tour
from bn_tutor.walk.switching import switches_text

# From this width on the graph stands beside the frame.
WIDE = 116
# What a frame must keep; a graph with very many lanes stands beside none.
NARROWEST_BESIDE = 78
# Of a formula that is longer only the beginning is its title.
MOST_TITLE_LINES = 3
_BODIES = {
    Direction.FORWARD: forward_lines,
    Direction.BACKWARD: backward_lines,
    Direction.VERDICT: verdict_lines,
}


@dataclass(frozen=True)
class Screen:
    """The lines of a screen, and how far its body can be scrolled."""

    lines: tuple[Text, ...]
    most_scroll: int


def frame_lines(tour: Tour, state: State, look: Look) -> list[Text]:
    """Return a frame in full: for a pipe, for --plain, for the README."""
    page = _page(tour, state, look)
    graph = _graph_lines(page) if state.graph else []
    return _cropped([*_header(page), *_body(page), *graph], look.width)


def screen(tour: Tour, state: State, look: Look, height: int) -> Screen:
    """Return what a terminal of this size shows of the state."""
    page = _page(tour, state, look)
    # v turns the graph the other way round: hidden where it would stand beside, shown where it would not.
    panel = _graph_lines(page, max(height - 3, 1)) if look.width >= WIDE and not state.graph else []
    panel_width = max((line.cell_len for line in panel), default=-3) + 3
    if look.width - panel_width < NARROWEST_BESIDE:
        panel, panel_width = [], 0
    page = replace(page, look=replace(look, width=look.width - panel_width))
    status, keys = _status(page), footer(look, prompt=state.prompt, switches=bool(tour.choices))
    header = _header(page)[: max(height - len(status) - len(keys) - 1, 0)]
    room = max(height - len(header) - len(status) - len(keys), 1)
    shown, most = _scrolled(page, room, shown_beside=look.width >= WIDE)
    lines = [*header, *shown, *(Text() for _ in range(room - len(shown)))]
    if panel:
        lines = _beside(panel, lines, panel_width)
    return Screen(tuple(_cropped([*lines, *status, *keys][-height:], look.width)), most)


def _scrolled(page: Page, room: int, *, shown_beside: bool) -> tuple[list[Text], int]:
    """Return the part of the body that there is room for, and how far the body can be scrolled."""
    if page.state.graph and not shown_beside and not (page.state.keys or page.state.about):
        return _graph_lines(page, room), 0
    body = _visible_body(page)
    if len(body) > room:
        body = _visible_body(replace(page, compact=True))
    most = max(0, len(body) - room)
    first = min(page.state.scroll, most)
    shown = body[first : first + room]
    if most > first and room > 1:
        shown[-1] = page.look.text(f" ▼ {most - first + 1} more lines: ↓", "dim")
    return shown, most


def _cropped(lines: Sequence[Text], width: int) -> list[Text]:
    """Return the lines cut at the width: the last guard, for what could not be wrapped."""
    for line in lines:
        line.truncate(width)
    return list(lines)


def _page(tour: Tour, state: State, look: Look) -> Page:
    return Page(tour.story(state.level), frame_of(tour, state), state, look)


def _visible_body(page: Page) -> list[Text]:
    if page.state.keys:
        return keys_lines(page.look)
    return about_lines(page) if page.state.about else _body(page)


def _body(page: Page) -> list[Text]:
    return _BODIES[page.frame.direction](page)


def _header(page: Page) -> list[Text]:
    """Return the line that says where we are, and the line that says what the node is."""
    frame, look = page.frame, page.look
    name = page.story.subject.name if look.width >= 40 else ""
    where = (
        f" {name}   {_where(frame)}   " if name else f" {frame.direction.value} {frame.number}/{frame.count} "
    )
    line = look.text(where, f"bold {page.colour}")
    if changed := changed_choices(page.story.subject.lesson):
        line.append(look.shown(f"{changed}   "), style="yellow")
    if page.story.level is not Level.NODE:
        line.append(look.shown(f"{page.story.level.value} level   "), style="dim")
    done = frame.number / frame.count
    room = max(min(look.width - line.cell_len - 1, 50), 0)
    if not look.plain:
        line.append(look.shown("━" * round(done * room)), style=page.colour)
        line.append(look.shown("─" * (room - round(done * room))), style="dim")
    return [*beginning(line, look.width, 1, look.shown("…")), *_title(page), Text(), *_question(page)]


def _where(frame: Frame) -> str:
    if frame.direction is Direction.VERDICT:
        return "verdict"
    return f"{frame.direction.value} {frame.number} of {frame.count}"


def _title(page: Page) -> list[Text]:
    """Return the node's number, formula and shape; the caption where there is room."""
    frame, look = page.frame, page.look
    if frame.direction is Direction.VERDICT:
        return [look.text(f" {_DEMONSTRATIONS[page.story.order.value]}", "bold")]
    node = frame.node
    name = f"{node.name} = {pretty(node.formula)}" if not node.is_source else f"{node.name}, an input"
    line = look.text(f" node {_number(page.story, frame)}   ", "dim")
    line.append(look.shown(name), style="bold")
    line.append(look.shown(f"   shape {shape_text(node.shape)}"), style="dim")
    if node.caption and line.cell_len + len(node.caption) + 4 <= look.width:
        line.append(look.shown(f"   {node.caption}"), style="italic dim")
    if line.cell_len > look.width:
        title = look.text(name, "bold")
        lines = beginning(title, look.width, MOST_TITLE_LINES, look.shown("…"), hanging=2, indent=1)
        return [*lines, look.text(f" shape {shape_text(node.shape)}", "dim")]
    return [line]


_DEMONSTRATIONS = {
    "recursive": "What a recursion without topological order ends with",
    "twice": "What a second pass without a reset ends with",
}


def _number(story: Story, frame: Frame) -> int:
    names = [node.name for node in story.recording.graph.nodes if not node.is_source]
    return names.index(frame.node.name) + 1 if frame.node.name in names else 0


def _question(page: Page) -> list[Text]:
    """Return the question that is asked, and what was said to the last answer."""
    asked, judged = page.state.question, page.state.judgement
    lines: list[Text] = []
    if asked is not None:
        lines += page.labelled("predict", page.sentence(asked.text, "bold"))
    if judged is not None:
        label, style = {True: ("✓", RIGHT), False: ("✗", WRONG), None: ("hint", "")}[judged.right]
        lines += page.labelled(page.look.shown(label), page.sentence(judged.say, style))
    return [*lines, Text()] if lines else []


def _graph_lines(page: Page, room: int | None = None) -> list[Text]:
    return lane_lines(page.story.recording.graph, page.frame.node.name, page.look, page.colour, room)


def _beside(panel: list[Text], lines: list[Text], width: int) -> list[Text]:
    """Put the graph to the left of the frame, from the third line on."""
    joined = []
    for at, line in enumerate(lines):
        graph = panel[at - 1] if 1 <= at <= len(panel) else Text()
        left = Text(" ", no_wrap=True).append_text(graph)
        left.append(" " * (width - left.cell_len))
        joined.append(left.append_text(line))
    return joined


def _status(page: Page) -> list[Text]:
    """Return the line for what is typed, or for a message; empty most of the time."""
    state, look = page.state, page.look
    if state.prompt is not None:
        words = state.prompt.value if state.prompt is not Prompt.PREDICT or look.width > 50 else "answer"
        if state.prompt is Prompt.SWITCH and page.story.subject.lesson:
            words = f"flip {switches_text(page.story.subject.lesson)}; which (or name=choice)"
        line, typed = look.text(f" {words}: ", "bold"), look.text(state.typed)
        if line.cell_len + typed.cell_len < look.width:
            return [line.append_text(typed).append(" ", style="reverse")]
        # What was typed last is seen in any case.
        tail = Text(" ").append_text(typed[-max(look.width // 2 - 2, 1) :]).append(" ", style="reverse")
        return [*wrapped(line, look.width), tail]
    if not state.message:
        return _note(page) or [Text()]
    return wrapped(look.text(f" {state.message}", "bold yellow"), look.width)


def _note(page: Page) -> list[Text]:
    lines = wrapped(page.look.text(page.state.note, "dim"), page.look.width - 1)
    return [Text(" ").append_text(line) for line in lines if line]
