"""Where a learner stands, and what a key makes of it. Pure: a state and a key give the next state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bn_tutor.course.numbers import shape_text
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import did_you_mean
from bn_tutor.engine.graph import Node
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.keys import ACTIONS, Action, Key
from bn_tutor.walk.prediction import Judgement, Question, judge, question
from bn_tutor.walk.story import Direction, Frame, Story, Tour
from bn_tutor.walk.switching import flipped

LONGEST_INPUT = 60
_NEXT_LEVEL = {Level.NODE: Level.OPERATION, Level.OPERATION: Level.LAYER, Level.LAYER: Level.NODE}


class Prompt(StrEnum):
    """What is being typed; the text is what the prompt says."""

    GO_TO = "go to frame (number or name)"
    ELEMENT = "follow element (as 2,1; empty to stop)"
    SWITCH = "flip a switch (name, or name=choice)"
    PREDICT = "your answer (empty to reveal, h for a hint)"


@dataclass(frozen=True)
class State:
    """Everything that decides what is on the screen."""

    place: int = 0
    level: Level = Level.NODE
    around: str = ""  # the node that the layer was zoomed out from
    element: tuple[int, ...] | None = None
    jacobian: bool = False
    graph: bool = False  # the other way round than the width suggests
    keys: bool = False
    about: bool = False
    scroll: int = 0
    prompt: Prompt | None = None
    typed: str = ""
    question: Question | None = None
    judgement: Judgement | None = None
    message: str = ""
    # What is to be said of the lesson as a whole, as long as there is nothing else to say.
    note: str = ""
    predicting: bool = False
    asked: Mapping[tuple[Level, int], int] = field(default_factory=dict)
    # Where a switch was flipped, these are no longer the tour's: the next tour has to be theirs.
    choices: Mapping[str, str] = field(default_factory=dict)
    done: bool = False
    interrupted: bool = False


def start(tour: Tour, *, predicting: bool = False, place: int = 0, level: Level = Level.NODE) -> State:
    """Return the state that a walk begins in; ``place`` counts frames from 0."""
    state = State(level=level, predicting=predicting, choices=tour.choices)
    return _moved(tour, state, min(place, len(tour.story(level).frames) - 1))


def frame_of(tour: Tour, state: State) -> Frame:
    """Return the frame that the state shows."""
    return tour.story(state.level).frames[state.place]


def press(tour: Tour, state: State, key: str) -> State:
    """Return the state after a key: one character, or a name of ``Key``. Unknown keys do nothing."""
    if state.prompt is not None:
        return _typed(tour, state, key)
    if key == Key.ESCAPE:
        return replace(state, keys=False, about=False, jacobian=False, message="")
    if key == Key.INTERRUPT:
        return replace(state, done=True, interrupted=True)
    action = ACTIONS.get(key)
    if (state.keys or state.about) and action not in (Action.QUIT, Action.SCROLL_DOWN, Action.SCROLL_UP):
        # Any other key closes the list of keys, as in a pager.
        return replace(state, keys=False, about=False)
    return _ACT[action](tour, replace(state, message="")) if action is not None else state


# --- moving ---------------------------------------------------------------------------------------------


def _moved(tour: Tour, state: State, place: int) -> State:
    """Go to a frame; with ``predicting``, a backward frame asks before it shows."""
    last = len(tour.story(state.level).frames) - 1
    if place > last:
        return replace(state, message="This is the last frame. q quits, b goes back.")
    if place < 0:
        return replace(state, message="This is the first frame.")
    moved = replace(state, place=place, scroll=0, question=None, judgement=None, message="")
    return _asking(tour, moved) if moved.predicting and _key(moved) not in moved.asked else moved


def _key(state: State) -> tuple[Level, int]:
    return state.level, state.place


def _next(tour: Tour, state: State) -> State:
    return _moved(tour, state, state.place + 1)


def _back(tour: Tour, state: State) -> State:
    return _moved(tour, state, state.place - 1)


def _first(tour: Tour, state: State) -> State:
    return _moved(tour, state, 0)


def _last(tour: Tour, state: State) -> State:
    return _moved(tour, state, len(tour.story(state.level).frames) - 1)


def _zoom(tour: Tour, state: State) -> State:
    """Change the level and stay with the node that is shown."""
    shown = frame_of(tour, state)
    # The layer has one node for all: what it was zoomed out from is remembered.
    around = state.around if state.level is Level.LAYER else shown.node.group
    level = _NEXT_LEVEL[state.level]
    if state.level is Level.LAYER:
        wanted = _inside(tour, shown.node, around)
    elif level is Level.LAYER:
        wanted = (shown.node.name, *_needing(tour, around))
    else:
        wanted = (shown.node.name, around)
    place = _matching(tour.story(level), shown.direction, wanted)
    return _moved(tour, replace(state, level=level, around=around), place)


def _inside(tour: Tour, shown: Node, around: str) -> tuple[str, ...]:
    """Return the nodes to zoom into from a frame of the layer, best first."""
    needing = _needing(tour, around)
    is_elsewhere = shown.is_source or (needing and shown.name not in needing)
    return (shown.name, around) if is_elsewhere else (around,)


def _needing(tour: Tour, name: str) -> tuple[str, ...]:
    """Return the outputs that are computed from a node, in the order of the graph."""
    graph = tour.story(Level.NODE).recording.graph
    reached = {name}
    for node in graph.operations:
        if not reached.isdisjoint(node.inputs):
            reached.add(node.name)
    return tuple(node.name for node in graph.nodes if node.name in reached and node.name in graph.outputs)


def _matching(story: Story, direction: Direction, wanted: tuple[str, ...]) -> int:
    """Return the place of the first frame of this direction that shows a wanted node; else of the first."""
    same_way = [(at, frame) for at, frame in enumerate(story.frames) if frame.direction is direction]
    for name in wanted:
        for at, frame in same_way:
            if frame.node.name == name:
                return at
    return same_way[0][0]


def find_frame(story: Story, wanted: str, direction: Direction | None = None) -> int | None:
    """Return the place of the frame of a node, from 0; a direction may be asked for."""
    for at, frame in enumerate(story.frames):
        if frame.node.name == wanted and direction in (None, frame.direction):
            return at
    return None


# --- prompts --------------------------------------------------------------------------------------------


def _typed(tour: Tour, state: State, key: str) -> State:
    """Handle a key while something is being typed."""
    if key in (Key.INTERRUPT, Key.END_OF_INPUT):
        return replace(state, done=True, interrupted=key == Key.INTERRUPT)
    if key == Key.ESCAPE:
        return replace(state, prompt=None, typed="", question=None, judgement=None)
    if key == Key.BACKSPACE:
        return replace(state, typed=state.typed[:-1])
    if key == Key.ENTER:
        return _ENTERED[state.prompt or Prompt.GO_TO](
            tour, replace(state, prompt=None, typed=""), state.typed
        )
    if len(key) == 1 and key.isprintable() and len(state.typed) < LONGEST_INPUT:
        return replace(state, typed=state.typed + key)
    return state


def _prompting(prompt: Prompt) -> Callable[[Tour, State], State]:
    return lambda tour, state: replace(state, prompt=prompt, typed="")


def _go_to(tour: Tour, state: State, text: str) -> State:
    story = tour.story(state.level)
    text = text.strip()
    if not text:
        return state
    if text.isdecimal():
        return _moved(tour, state, max(int(text.lstrip("0")[:9] or 0), 1) - 1)
    name, way = text.removeprefix("d"), Direction.BACKWARD
    # dmu is the gradient's frame; mu the frame in the direction that is being walked.
    if _names(story, text):
        shown = frame_of(tour, state).direction
        way = Direction.FORWARD if shown is Direction.VERDICT else shown
    wanted = text if _names(story, text) else name
    place = find_frame(story, wanted, way)
    place = find_frame(story, wanted) if place is None else place
    if place is None:
        known = dict.fromkeys(frame.node.name for frame in story.frames)
        hint = did_you_mean(text, known) or f"there are: {', '.join(known)}"
        return replace(state, message=f"No frame {one_line(text, 30)} ({one_line(hint, 60)})")
    return _moved(tour, state, place)


def _names(story: Story, name: str) -> bool:
    return find_frame(story, name) is not None


def _element(tour: Tour, state: State, text: str) -> State:
    parts = text.replace("[", "").replace("]", "").replace("(", "").replace(")", "").split(",")
    parts = [part.strip() for part in parts if part.strip()]
    if not parts:
        return replace(state, element=None)
    shape = _element_shape(tour, state)
    if not shape:
        return replace(state, message="This is a single number: go to another node, and choose there.")
    if not all(part.isdecimal() and len(part) < 10 for part in parts) or len(parts) != len(shape):
        example = ",".join("0" for _ in shape)
        return replace(state, message=f"An element of shape {shape_text(shape)} is written as {example}")
    element = tuple(map(int, parts))
    if any(index >= size for index, size in zip(element, shape, strict=True)):
        return replace(state, message=f"{text.strip()} lies outside the shape {shape_text(shape)}")
    shown = replace(state, element=element)
    if frame_of(tour, state).direction is Direction.FORWARD:
        return replace(shown, message="Its arithmetic stands in the backward frames: G, or go to dx.")
    return shown


def _element_shape(tour: Tour, state: State) -> Shape:
    """Return the shape that an element is chosen from: that of the output, which most others fit into.

    Where there are several outputs, or the only one is a single number, as a loss is, it is that of the node
    that is shown.
    """
    recording = tour.story(state.level).recording
    if len(recording.graph.outputs) > 1 or not recording.output.shape:
        return frame_of(tour, state).node.shape or recording.output.shape
    return recording.output.shape


def _asking(tour: Tour, state: State) -> State:
    """Ask the next question about the frame."""
    step = frame_of(tour, state).step
    count = state.asked.get(_key(state), 0)
    graph = tour.story(state.level).recording.graph
    asked = question(step, count, graph) if step else None
    if asked is None:
        return state
    counted = {**state.asked, _key(state): count + 1}
    return replace(state, question=asked, judgement=None, prompt=Prompt.PREDICT, typed="", asked=counted)


def _switch(tour: Tour, state: State) -> State:
    """Flip the lesson's only switch, or ask which one."""
    lesson = tour.subject.lesson
    if lesson is None or not lesson.switches:
        return replace(state, message="This lesson has no switches.")
    if len(lesson.switches) > 1:
        return replace(state, prompt=Prompt.SWITCH, typed="")
    return _flip(tour, state, lesson.switches[0].name)


def _flip(tour: Tour, state: State, text: str) -> State:
    lesson = tour.subject.lesson
    if lesson is None or not text.strip():
        return state
    found = flipped(lesson, text)
    if isinstance(found, str):
        return replace(state, message=found)
    return replace(state, choices=found)


def _predict(tour: Tour, state: State) -> State:
    asking = _asking(tour, state)
    if asking is state:
        return replace(state, message=_nothing_to_predict(frame_of(tour, state)))
    return asking


def _nothing_to_predict(frame: Frame) -> str:
    if frame.direction is Direction.BACKWARD and not frame.node.is_source:
        return "There is nothing to predict here: no gradient flows on."
    if frame.direction is Direction.BACKWARD:
        return "There is nothing to predict here: gradients that met are added."
    return "There is nothing to predict here: go to a backward frame."


def _answer(tour: Tour, state: State, text: str) -> State:
    """Judge an answer: a right one reveals, a wrong one is explained and may be tried again."""
    asked = state.question
    if asked is None or not text.strip():
        return replace(state, question=None, judgement=None)
    if text.strip().lower() in ("h", "hint"):
        return replace(state, prompt=Prompt.PREDICT, judgement=Judgement(None, f"Hint: {asked.hint}"))
    judged = judge(asked, text)
    if judged.right:
        return replace(state, question=None, judgement=judged)
    return replace(state, prompt=Prompt.PREDICT, judgement=judged)


_ENTERED: Mapping[Prompt, Callable[[Tour, State, str], State]] = {
    Prompt.GO_TO: _go_to,
    Prompt.ELEMENT: _element,
    Prompt.SWITCH: _flip,
    Prompt.PREDICT: _answer,
}


# --- switches -------------------------------------------------------------------------------------------


def _jacobian(tour: Tour, state: State) -> State:
    return replace(state, jacobian=not state.jacobian)


def _graph(tour: Tour, state: State) -> State:
    return replace(state, graph=not state.graph)


def _about(tour: Tour, state: State) -> State:
    return replace(state, about=True, scroll=0)


def _keys(tour: Tour, state: State) -> State:
    return replace(state, keys=True)


def _scrolled(lines: int) -> Callable[[Tour, State], State]:
    return lambda tour, state: replace(state, scroll=max(0, state.scroll + lines))


def _quit(tour: Tour, state: State) -> State:
    return replace(state, done=True)


_ACT: Mapping[Action, Callable[[Tour, State], State]] = {
    Action.NEXT: _next,
    Action.BACK: _back,
    Action.GO_TO: _prompting(Prompt.GO_TO),
    Action.FIRST: _first,
    Action.LAST: _last,
    Action.ZOOM: _zoom,
    Action.ELEMENT: _prompting(Prompt.ELEMENT),
    Action.JACOBIAN: _jacobian,
    Action.PREDICT: _predict,
    Action.SWITCH: _switch,
    Action.GRAPH: _graph,
    Action.SCROLL_DOWN: _scrolled(3),
    Action.SCROLL_UP: _scrolled(-3),
    Action.ABOUT: _about,
    Action.KEYS: _keys,
    Action.QUIT: _quit,
}
