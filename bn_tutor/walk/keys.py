"""The keys of a walk and what each is for: the one table that the stepper and its help read."""

from dataclasses import dataclass
from enum import StrEnum


class Key(StrEnum):
    """Keys that send more than one character, by name."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    HOME = "home"
    END = "end"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    DELETE = "delete"
    ESCAPE = "escape"
    ENTER = "enter"
    BACKSPACE = "backspace"
    INTERRUPT = "interrupt"
    END_OF_INPUT = "end of input"


class Action(StrEnum):
    """What a key asks for; the text is what the help says."""

    NEXT = "next frame"
    BACK = "the frame before"
    GO_TO = "go to a frame: a number, or a node's name"
    FIRST = "the first frame"
    LAST = "the last frame"
    ZOOM = "zoom: the nodes, single operations, the whole layer"
    ELEMENT = "follow one element as plain arithmetic"
    JACOBIAN = "show the local gradient as a Jacobian"
    PREDICT = "predict before you see: a shape, a sign or a number"
    SWITCH = "flip a switch of the lesson, where it has any"
    GRAPH = "show or hide the graph"
    ABOUT = "what the lesson and its inputs are about"
    SCROLL_DOWN = "scroll down in a long frame"
    SCROLL_UP = "scroll up"
    KEYS = "show or hide these keys"
    QUIT = "quit; your place is kept"


@dataclass(frozen=True)
class Binding:
    """The keys for one action; ``shown`` is how the help writes them."""

    action: Action
    keys: tuple[str, ...]
    shown: str


BINDINGS: tuple[Binding, ...] = (
    Binding(Action.NEXT, (" ", "n", Key.ENTER, Key.RIGHT), "space enter → n"),
    Binding(Action.BACK, ("b", Key.LEFT, Key.BACKSPACE), "← b backspace"),
    Binding(Action.GO_TO, ("g", ":"), "g"),
    Binding(Action.FIRST, (Key.HOME, "<"), "home <"),
    Binding(Action.LAST, ("G", Key.END, ">"), "G end"),
    Binding(Action.ZOOM, ("z",), "z"),
    Binding(Action.ELEMENT, ("e",), "e"),
    Binding(Action.JACOBIAN, ("J",), "J"),
    Binding(Action.PREDICT, ("p",), "p"),
    Binding(Action.SWITCH, ("s",), "s"),
    Binding(Action.GRAPH, ("v",), "v"),
    Binding(Action.ABOUT, ("i",), "i"),
    Binding(Action.SCROLL_DOWN, ("j", Key.DOWN, Key.PAGE_DOWN), "↓ j"),
    Binding(Action.SCROLL_UP, ("k", Key.UP, Key.PAGE_UP), "↑ k"),
    Binding(Action.KEYS, ("?",), "?"),
    Binding(Action.QUIT, ("q", "Q", Key.INTERRUPT, Key.END_OF_INPUT), "q"),
)

ACTIONS: dict[str, Action] = {key: binding.action for binding in BINDINGS for key in binding.keys}
