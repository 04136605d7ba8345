"""One lesson file, several graphs: what the choices of its switches leave of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from itertools import islice, product
from typing import Any, Protocol, TypeVar

from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import InputRow, Lesson, Section, Switch, When, Written
from bn_tutor.course.problem import SlipError, did_you_mean

# Lint proves every combination of choices up to this number.
MOST_VARIANTS = 24


class _ForSome(Protocol):
    @property
    def when(self) -> When: ...


class _OfNode(Protocol):
    @property
    def when(self) -> When: ...

    @property
    def node(self) -> str: ...


_Part = TypeVar("_Part", bound=_ForSome)
_PartOfNode = TypeVar("_PartOfNode", bound=_OfNode)


def choose(lesson: Lesson, choices: Mapping[str, str] | None = None) -> Lesson:
    """Return the lesson's variant for these choices; a switch that is not named has its first choice.

    A switch of tuples also takes a list of sizes and numbers that is none of its choices, such as "C,D".
    Raises SlipError for a switch or a choice that the lesson does not have.
    """
    whole = lesson.everything or lesson
    wanted = dict(choices or {})
    values = {switch.name: _value(switch, wanted.pop(switch.name, None), whole) for switch in whole.switches}
    for name in wanted:
        hint = did_you_mean(name, values) or _listed(values)
        raise SlipError(Code.UNKNOWN_SWITCH, f"there is no switch {name}", hint=hint)
    chosen = {name: label for name, (label, _) in values.items()}
    constants = {name: value for name, (_, value) in values.items() if not isinstance(value, str)}
    graph = _for(whole.graph, chosen)
    nodes = {"", *(line.name for line in graph), *(row.name for row in whole.inputs)}
    written = _prose_for(whole.written, chosen, nodes)
    return replace(
        whole,
        everything=whole,
        choices=chosen,
        constants=constants,
        inputs=tuple(_settled(row, constants) for row in whole.inputs),
        graph=graph,
        backward=_for(whole.backward, chosen),
        closed=_for(whole.closed, chosen),
        derivations=_beside(whole.derivations, chosen, nodes),
        mistakes=_beside(whole.mistakes, chosen, nodes),
        questions=_beside(whole.questions, chosen, nodes),
        written=written,
        opening="\n\n".join(each.text for each in written if not each.node),
        sections=_sections(written),
    )


def variants(lesson: Lesson) -> Iterator[Lesson]:
    """Yield the lesson in every combination of its choices, the first ones first, MOST_VARIANTS at most."""
    whole = lesson.everything or lesson
    labels = [[(switch.name, label) for label in switch.choices] for switch in whole.switches]
    for combination in islice(product(*labels), MOST_VARIANTS):
        yield choose(whole, dict(combination))


def next_choice(lesson: Lesson, switch: Switch) -> str:
    """Return the label of the choice after the one that this variant has."""
    labels = list(switch.choices)
    current = lesson.choices[switch.name]
    return labels[(labels.index(current) + 1) % len(labels)] if current in labels else labels[0]


def changed_choices(lesson: Lesson | None) -> str:
    """Return the choices that are not the first of their switches, which tell this variant from the usual."""
    switches = lesson.switches if lesson else ()
    usual = {switch.name: next(iter(switch.choices)) for switch in switches}
    choices = lesson.choices if lesson else {}
    return ", ".join(f"{name} = {choice}" for name, choice in choices.items() if choice != usual[name])


def resolved(constants: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return sizes and constants as formulas name them: tuples with their size names replaced."""
    found: dict[str, Any] = dict(sizes)
    for name, value in constants.items():
        found[name] = _numbers(value, sizes) if isinstance(value, tuple) else value
    return found


def with_tuples(text: str, names: Mapping[str, Any]) -> str:
    """Return a formula as it is shown: with the tuples that switches stand for in the place of their names.

    A number keeps its name, which says more than the number.
    """
    for name, value in names.items():
        if isinstance(value, tuple):
            text = re.sub(rf"\b{re.escape(name)}\b(?!\s*=)", str(value), text)
    return text


def _numbers(entries: tuple[str | int, ...], sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sizes[entry] if isinstance(entry, str) else entry for entry in entries)


def _value(switch: Switch, label: str | None, lesson: Lesson) -> tuple[str, Any]:
    """Return the label and the value of a choice."""
    if label is None:
        label = next(iter(switch.choices))
    if label in switch.choices:
        return label, switch.choices[label]
    if all(isinstance(value, tuple) for value in switch.choices.values()):
        entries = tuple(_entry(part.strip(), switch, lesson) for part in label.split(","))
        return ",".join(map(str, entries)), entries
    raise _no_choice(switch, label)


def _entry(text: str, switch: Switch, lesson: Lesson) -> str | int:
    if text in lesson.sizes:
        return text
    if text.isdecimal() and text.isascii() and len(text) < 10:
        return int(text)
    raise _no_choice(switch, text)


def _no_choice(switch: Switch, label: str) -> SlipError:
    hint = did_you_mean(label, switch.choices) or _listed(switch.choices)
    return SlipError(Code.UNKNOWN_SWITCH, f"{switch.name} has no choice {label}", hint=hint)


def _listed(names: Iterable[str]) -> str:
    return f"there are: {', '.join(names)}" if names else "it has no switches"


def _is_for(when: When, chosen: Mapping[str, str]) -> bool:
    return all(chosen.get(name) == label for name, label in when)


def _for(parts: tuple[_Part, ...], chosen: Mapping[str, str]) -> tuple[_Part, ...]:
    return tuple(part for part in parts if _is_for(part.when, chosen))


def _beside(
    parts: tuple[_PartOfNode, ...], chosen: Mapping[str, str], nodes: Set[str]
) -> tuple[_PartOfNode, ...]:
    """Return what is for these choices, in sections of nodes that there are with them."""
    return tuple(part for part in _for(parts, chosen) if part.node in nodes)


def _prose_for(
    written: tuple[Written, ...], chosen: Mapping[str, str], nodes: Set[str]
) -> tuple[Written, ...]:
    """Return the prose to show: of what is for these choices, that with the most conditions."""
    fitting = _beside(written, chosen, nodes)
    conditions: dict[tuple[str, str], int] = {}
    for each in fitting:
        if each.text:
            key = (each.node, each.direction)
            conditions[key] = max(conditions.get(key, 0), len(each.when))
    return tuple(each for each in fitting if len(each.when) == conditions.get((each.node, each.direction), 0))


def _sections(written: tuple[Written, ...]) -> dict[str, Section]:
    texts: dict[str, dict[str, list[str]]] = {}
    lines: dict[str, int] = {}
    for each in written:
        if each.node:
            lines.setdefault(each.node, each.line)
            texts.setdefault(each.node, {}).setdefault(each.direction, []).append(each.text)
    return {
        node: Section(_joined(parts, "forward"), _joined(parts, "backward"), lines[node])
        for node, parts in texts.items()
    }


def _joined(parts: Mapping[str, list[str]], direction: str) -> str:
    return "\n\n".join(text for text in parts.get(direction, ()) if text)


def _settled(row: InputRow, constants: Mapping[str, Any]) -> InputRow:
    """Put the choices in the place of the switches that an input's shape and parameters name."""
    shape: list[str | int] = []
    for entry in row.shape:
        chosen = constants.get(entry, entry) if isinstance(entry, str) else entry
        shape += chosen if isinstance(chosen, tuple) else [chosen]
    parameters = {
        key: constants.get(value, value) if isinstance(value, str) else value
        for key, value in row.parameters.items()
    }
    return replace(row, shape=tuple(shape), parameters=parameters)
