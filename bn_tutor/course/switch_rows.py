"""The [switches] of a lesson's front matter, and the conditions ``when name = choice`` that use them."""

import re
from collections.abc import Mapping
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import Switch, When
from bn_tutor.course.problem import SlipError, did_you_mean
from bn_tutor.course.shaping import MOST_AXES
from bn_tutor.course.values import is_number

MOST_SWITCHES = 8
MOST_CHOICES = 12
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")
_FORMS = 'ddof = [0, 1], or mode = ["train", "inference"], or axis = { batch = [0], layer = [1] }'


def read_switches(source: Source, table: Any, sizes: Mapping[str, int]) -> tuple[Switch, ...]:
    """Check the table of switches and return them; what is wrong goes to the source's findings."""
    if not isinstance(table, dict) or len(table) > MOST_SWITCHES:
        message = f"switches must be a table of at most {MOST_SWITCHES}"
        source.add(Code.WRONG_VALUE, message, "switches", hint=_FORMS)
        return ()
    found = []
    for name, value in table.items():
        if name in sizes:
            message, hint = f"the name {name} is that of a size", "each name is defined once"
            source.add(Code.NAME_TAKEN, message, "switches", name, hint=hint)
        elif source.is_name("switches", name):
            found.append(_switch(source, name, value, sizes))
    return tuple(switch for switch in found if switch is not None)


def _switch(source: Source, name: str, value: Any, sizes: Mapping[str, int]) -> Switch | None:
    choices = _listed(value) if isinstance(value, list) else _named(value, sizes)
    if not choices or len(choices) > MOST_CHOICES:
        message = f"the choices of the switch {name} cannot be read"
        source.add(Code.WRONG_VALUE, message, "switches", name, hint=_FORMS)
        return None
    return Switch(name, choices)


def _listed(value: list[Any]) -> dict[str, Any]:
    """Read a list of numbers, or of words; each choice is its own label."""
    if all(isinstance(choice, str) and _WORD.fullmatch(choice) for choice in value):
        return {choice: choice for choice in value}
    numbers = all(map(is_number, value))
    return {str(choice): choice for choice in value} if numbers else {}


def _named(value: Any, sizes: Mapping[str, int]) -> dict[str, Any]:
    """Read a table of tuples: whole numbers and size names under the label of each choice."""
    if not isinstance(value, dict):
        return {}
    fits = all(_WORD.fullmatch(label) and _is_tuple(choice, sizes) for label, choice in value.items())
    return {label: tuple(choice) for label, choice in value.items()} if fits else {}


def _is_tuple(choice: Any, sizes: Mapping[str, int]) -> bool:
    if not isinstance(choice, list) or len(choice) > MOST_AXES:
        return False
    return all(entry in sizes if isinstance(entry, str) else type(entry) is int for entry in choice)


def read_when(text: str) -> When:
    """Read ``name = choice and name = choice``. Raises SlipError where it is of another form."""
    pairs = []
    for part in re.split(r",|\sand\b(?!-)", text):
        name, equals, label = (piece.strip() for piece in part.partition("="))
        if not name or not equals or not label:
            raise SlipError(Code.UNKNOWN_SWITCH, "after when stands name = choice", hint="when mode = train")
        pairs.append((name, label))
    return tuple(pairs)


def unknown_when(when: When, switches: tuple[Switch, ...]) -> SlipError | None:
    """Return what is wrong with a condition: a switch or a choice that there is not."""
    known = {switch.name: switch.choices for switch in switches}
    if len({name for name, _ in when}) < len(when):
        return SlipError(Code.UNKNOWN_SWITCH, "a switch cannot have two choices at once")
    for name, label in when:
        if name not in known:
            message = f"there is no switch {name}"
            return SlipError(Code.UNKNOWN_SWITCH, message, hint=did_you_mean(name, known))
        if label not in known[name]:
            hint = did_you_mean(label, known[name]) or f"there are: {', '.join(known[name])}"
            return SlipError(Code.UNKNOWN_SWITCH, f"{name} has no choice {label}", hint=hint)
    return None
