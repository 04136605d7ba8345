"""The keys: one line at the foot of every frame, and the whole list on ?."""

from rich.console import Console
from rich.text import Text

from bn_tutor.views.look import Look
from bn_tutor.walk.keys import BINDINGS, Binding
from bn_tutor.walk.state import Prompt

_FOOT = (
    ("space", "next"),
    ("←", "back"),
    ("g", "go to"),
    ("z", "zoom"),
    ("e", "element"),
    ("p", "predict"),
    ("J", "Jacobian"),
    ("v", "graph"),
    ("i", "about"),
    ("?", "keys"),
    ("q", "quit"),
)


def footer(look: Look, *, prompt: Prompt | None = None, switches: bool = False) -> list[Text]:
    """Return as many of the common keys as the width has room for; ? and q always.

    The key for switches is among the first where the lesson has any, and else left out.
    """
    if prompt is not None:
        pairs = [("enter", "answer" if prompt is Prompt.PREDICT else "go"), ("esc", "leave")]
    else:
        pairs = list(_FOOT)
        pairs[3:3] = [("s", "switch")] if switches else []
    while len(pairs) > 2 and _width(pairs, look) > look.width:
        pairs.pop(-3)
    line = Text(" ", no_wrap=True)
    for key, what in pairs:
        line.append(look.shown(key), style="bold")
        line.append(look.shown(f" {what}  "), style="dim")
    line.rstrip()
    line.truncate(look.width)
    return [line]


def _width(pairs: list[tuple[str, str]], look: Look) -> int:
    return sum(len(look.shown(key)) + len(what) + 3 for key, what in pairs) - 1  # a space before, none after


def keys_lines(look: Look) -> list[Text]:
    """Return the list of all keys; each above what it does where the width is small."""
    width = max(len(look.shown(binding.shown)) for binding in BINDINGS)
    lines = []
    for binding in BINDINGS:
        line = look.text(f" {look.shown(binding.shown):<{width}}  ", "bold")
        line.append(look.shown(binding.action.value))
        lines += [line] if line.cell_len <= look.width else _two_lines(binding, look)
    return [*lines, *look.text(" any other key goes back", "dim").wrap(_console(look), look.width)]


def _two_lines(binding: Binding, look: Look) -> list[Text]:
    console = _console(look)
    keys = look.text(f" {binding.shown}", "bold").wrap(console, look.width)
    words = look.text(binding.action.value).wrap(console, max(look.width - 3, 4))
    return [*keys, *(Text("   ").append_text(line) for line in words)]


def _console(look: Look) -> Console:
    return Console(width=look.width, color_system=None, legacy_windows=False)
