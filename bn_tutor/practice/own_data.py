"""What a lesson's own number question needs on the screen, and what its wrong answers may come from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Question
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import equal
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.edges import ancestors, forward_lines, on_the_way, shape_list, sizes_text, users
from bn_tutor.practice.formula_questions import is_gradient
from bn_tutor.practice.naming import wrong_numbers, wrong_values
from bn_tutor.practice.number_questions import can_be_shown
from bn_tutor.practice.numbers_asked import WrongNumber
from bn_tutor.practice.setting import Setting

# A longer way is not read for one choice.
MOST_GIVEN = 12
_QUOTE = re.compile(r"\{ ?(value|grad) ?:([^{}\n]+)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")
# One element of one array: what is asked for, and no data.
_ELEMENT = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\[\]]*\])?")


@dataclass(frozen=True)
class Needed:
    """What is shown with a question, and the numbers that a wrong answer may be.

    ``is_count`` says that the answer follows from sizes alone.
    """

    given: Sequence[str]
    data: Sequence[tuple[str, Array]] = ()
    is_count: bool = False
    wrong: Sequence[WrongNumber] = ()
    others: Mapping[str, float] = field(default_factory=dict)


def needed_for(setting: Setting, question: Question) -> Needed | None:
    """Return what a number question needs; None where that is too much to be shown."""
    key = question.key.text
    is_count = _is_of_sizes(setting, key)
    quoted = _quoted(question.ask)
    names = [] if is_count or quoted else _operands(setting, key)
    data = [(name, setting.values[name]) for name in names if setting.values[name].ndim]
    if not all(can_be_shown(value) for _, value in data):
        return None
    return Needed(
        _given(setting, question, [name for name, _ in data], bool(quoted)),
        data,
        is_count,
        _wrong(setting, question, list(_known(setting, key, quoted))),
        _numbers(setting, quoted),
    )


def _is_of_sizes(setting: Setting, key: str) -> bool:
    """Whether a key comes to the same whatever the data are."""
    moved = {
        name: value + np.sin(np.arange(1.0, value.size + 1)).reshape(value.shape)
        for name, value in setting.values.items()
        if name in names_in(key)
    }
    here, there = (evaluate(key, known, setting.names) for known in (setting.values, moved))
    return equal(here, there) and not _is_element(setting, key)


def _is_element(setting: Setting, key: str) -> bool:
    found = _ELEMENT.fullmatch(key)
    return bool(found and found[1] in setting.values)


def _quoted(ask: str) -> list[str]:
    """Return the formulas whose values stand in the question."""
    return [
        f"d{found[2].strip()}" if found[1] == "grad" else found[2].strip() for found in _QUOTE.finditer(ask)
    ]


def _operands(setting: Setting, key: str) -> list[str]:
    """Return the arrays that a key is computed from; of a single element those in the line of its array."""
    texts = [key]
    if _is_element(setting, key):
        name = _ELEMENT.fullmatch(key)[1]  # type: ignore[index]
        texts = [line.text for line in (*setting.lesson.graph, *setting.lesson.backward) if line.name == name]
    words = dict.fromkeys(word for text in texts for word in sorted(names_in(text)))
    return [word for word in words if word in setting.values and word not in setting.names]


def _given(setting: Setting, question: Question, shown: Sequence[str], is_told: bool) -> list[str]:
    """Return the forward lines that a question is about, the shapes of what they start from, and sizes."""
    words = names_in(question.key.text) | names_in(question.ask) | {question.node}
    needed = {node.name for node in setting.recording.graph.operations if node.name in words}
    for name in words:
        if is_gradient(setting, name):
            needed |= set(users(setting, name[1:])) if is_told else on_the_way(setting, name[1:], shown)
    lines = forward_lines(setting, needed)
    used = [name for name in setting.values if name in set().union(words, *map(names_in, lines))]
    shapes = shape_list(
        setting, [name for name in used if name not in needed and not is_gradient(setting, name)]
    )
    return [*lines, *filter(None, [", where ".join(filter(None, (shapes, sizes_text(setting))))])]


def given_for_choice(setting: Setting, question: Question) -> list[str]:
    """Return the forward lines and shapes that a choice is about: how every value that it names came about.

    Where it names a gradient they are all the lines that this one comes through. None where they would say
    the answer.
    """
    texts = [question.ask, question.key.text, *(line.text for line in question.wrong), question.node]
    if question.equals:
        texts.append(question.equals.text)
    words = {word for text in texts for word in _WORD.findall(text) if word in setting.values}
    gradients = {word for word in words if is_gradient(setting, word)}
    graph = setting.recording.graph
    needed = set[str]().union(*(on_the_way(setting, word[1:]) for word in gradients))
    needed = needed.union(*(ancestors(graph, word) for word in needed | (words - gradients)))
    lines = forward_lines(setting, needed)
    if not lines or len(lines) > MOST_GIVEN or any(question.key.text in line for line in lines):
        return []
    told = [name for name in setting.recording.values if name in needed.union(*map(names_in, lines))]
    sources = [name for name in told if graph[name].is_source]
    about = ", where ".join(filter(None, (shape_list(setting, sources), sizes_text(setting))))
    return [*lines, *([about] if about else [])]


# --- wrong answers --------------------------------------------------------------------------------------


def _wrong(setting: Setting, question: Question, known: Sequence[WrongNumber]) -> list[WrongNumber]:
    """Return what known mistakes come to, and the question's own wrong values where none of these does.

    Those that have a short name are told by it; what a formula stands for, nobody can read off it.
    """
    found = list(known)
    for line in (line for line in question.wrong if _is_element(setting, line.text)):
        try:
            value = evaluate(line.text, setting.values, setting.names)
        except SlipError:
            continue
        is_new = value.shape == () and not any(equal(value, np.asarray(row[0])) for row in known)
        if is_new and np.isfinite(value):
            found.append((float(value), "", f"That is {line.text}, which is something else."))
    return found


def _known(setting: Setting, key: str, quoted: Sequence[str]) -> Iterable[WrongNumber]:
    """Return what known mistakes make of a gradient, one element of which is asked for."""
    found = _ELEMENT.fullmatch(key)
    if not found or not is_gradient(setting, found[1]):
        return []
    right = setting.values[found[1]]
    places = np.arange(right.size, dtype=float).reshape(right.shape)
    place = evaluate(key, {**setting.values, found[1]: places}, setting.names)
    if place.shape != ():
        return []
    given = {name for text in quoted for name in names_in(text) if is_gradient(setting, name)}
    where = tuple(int(at) for at in np.unravel_index(int(place), right.shape))
    return wrong_numbers(wrong_values(setting, found[1], given), right, where)


def _numbers(setting: Setting, formulas: Sequence[str]) -> dict[str, float]:
    """Return the single numbers among what the question tells, which somebody may give back."""
    named = [text for text in formulas if _is_element(setting, text)]
    values = {text: evaluate(text, setting.values, setting.names) for text in named}
    return {text: float(value) for text, value in values.items() if value.shape == ()}
