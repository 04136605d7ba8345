"""A frame as a whole: header, body, footer; cut to a terminal's size, or written out in full."""

from dataclasses import dataclass, replace

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.zoom import Level
from bn_tutor.views.backward_frame import backward_lines
from bn_tutor.views.formula import pretty
from bn_tutor.views.forward_frame import forward_lines
from bn_tutor.views.keys_help import footer, keys_lines
from bn_tutor.views.lanes import lane_lines
from bn_tutor.views.look import RIGHT, WRONG, Look
from bn_tutor.views.page import Page
from bn_tutor.views.verdict_frame import verdict_lines
from bn_tutor.walk.state import Prompt, State, frame_of
from bn_tutor.walk.story import Direction, Frame, Story, Tour

# From this width on the graph stands beside the frame.
WIDE = 116
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
    return [*_header(page), *_body(page), *graph]


def screen(tour: Tour, state: State, look: Look, height: int) -> Screen:
    """Return what a terminal of this size shows of the state."""
    page = _page(tour, state, look)
    panel = _graph_lines(page) if look.width >= WIDE and state.graph is not False else []
    if panel:
        panel_width = max(line.cell_len for line in panel) + 3
        page = replace(page, look=replace(look, width=look.width - panel_width))
    header, status = _header(page), _status(page)
    keys = footer(look, prompting=state.prompt is not None)
    room = max(height - len(header) - len(status) - len(keys), 1)
    body = _visible_body(page, shown_beside=bool(panel))
    if len(body) > room:
        body = _visible_body(replace(page, compact=True), shown_beside=bool(panel))
    most = max(0, len(body) - room)
    first = min(state.scroll, most)
    shown = body[first : first + room]
    if most > first and room > 1:
        shown[-1] = look.text(f" ▼ {most - first + 1} more lines: ↓", "dim")
    lines = [*header, *shown, *(Text() for _ in range(room - len(shown)))]
    if panel:
        lines = _beside(panel, lines, panel_width)
    return Screen((*lines, *status, *keys)[-height:] if height < 4 else (*lines, *status, *keys), most)


def _page(tour: Tour, state: State, look: Look) -> Page:
    return Page(tour.story(state.level), frame_of(tour, state), state, look)


def _visible_body(page: Page, *, shown_beside: bool) -> list[Text]:
    if page.state.keys:
        return keys_lines(page.look)
    if page.state.graph and not shown_beside:
        return _graph_lines(page)
    return _body(page)


def _body(page: Page) -> list[Text]:
    return [*_question(page), *_BODIES[page.frame.direction](page)]


def _header(page: Page) -> list[Text]:
    """Return the line that says where we are, and the line that says what the node is."""
    frame, look = page.frame, page.look
    name = page.story.subject.name if look.width >= 40 else ""
    where = (
        f" {name}   {_where(frame)}   " if name else f" {frame.direction.value} {frame.number}/{frame.count} "
    )
    line = look.text(where, f"bold {page.colour}")
    if page.story.level is not Level.NODE:
        line.append(look.shown(f"{page.story.level.value} level   "), style="dim")
    done = frame.number / frame.count
    room = max(min(look.width - line.cell_len - 1, 50), 0)
    if not look.plain:
        line.append(look.shown("━" * round(done * room)), style=page.colour)
        line.append(look.shown("─" * (room - round(done * room))), style="dim")
    line.truncate(look.width)
    return [line, *_title(page), Text()]


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
        return [look.text(f" {name}", "bold"), look.text(f" shape {shape_text(node.shape)}", "dim")]
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
        label, style = ("✓", RIGHT) if judged.right else ("✗", WRONG)
        lines += page.labelled(page.look.shown(label), page.sentence(judged.say, style))
    return [*lines, Text()] if lines else []


def _graph_lines(page: Page) -> list[Text]:
    return lane_lines(page.story.recording.graph, page.frame.node.name, page.look, page.colour)


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
        line = look.text(f" {words}: ", "bold")
        line.append(look.shown(state.typed))
        line.append(" ", style="reverse")
        return [line]
    return [look.text(f" {state.message}", "bold yellow")] if state.message else [Text()]
