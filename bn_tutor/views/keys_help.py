"""The keys: one line at the foot of every frame, and the whole list on ?."""

from rich.text import Text

from bn_tutor.views.look import Look
from bn_tutor.walk.keys import BINDINGS

_FOOT = (
    ("space", "next"),
    ("←", "back"),
    ("g", "go to"),
    ("z", "zoom"),
    ("e", "element"),
    ("p", "predict"),
    ("J", "Jacobian"),
    ("v", "graph"),
    ("?", "keys"),
    ("q", "quit"),
)


_PROMPT_FOOT = (("enter", "answer"), ("esc", "leave"))


def footer(look: Look, *, prompting: bool = False) -> list[Text]:
    """Return as many of the common keys as the width has room for; ? and q always."""
    pairs = list(_PROMPT_FOOT if prompting else _FOOT)
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
    """Return the list of all keys."""
    lines = []
    width = max(len(look.shown(binding.shown)) for binding in BINDINGS)
    for binding in BINDINGS:
        line = look.text(f" {look.shown(binding.shown):<{width}}  ", "bold")
        line.append(look.shown(binding.action.value))
        lines.append(line)
    return [*lines, look.text(" any key goes back", "dim")]
