"""Which line of this backward pass is wrong? One real mistake is planted in the lesson's own lines."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Line, Mistake
from bn_tutor.course.mistakes import changed
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import equal
from bn_tutor.practice.asked import Asked, Draft, Verdict, Wants
from bn_tutor.practice.edges import edges, forward_lines, name_of, shape_list, sizes_text
from bn_tutor.practice.setting import Setting

# So many lines are shown, around the wrong one: a whole backward pass is too much to search.
MOST_LINES = 6
# A wrong line differs by more than this, so that nobody doubts it.
SHOWS = 1e-6
# A first factor 1 or term 0, or a last one.
_IDLE = re.compile(r"^\s*(?:1\s*\*(?!\*)|0\s*\+)\s*|\s*(?:(?<!\*)\*\s*1|/\s*1|[+-]\s*0)\s*$")


def wrong_lines(setting: Setting, random: Random) -> Iterator[Draft]:
    """Yield a question for each of the lesson's mistakes that changes one line of its backward block."""
    names = [line.name for line in setting.lesson.backward]
    for mistake in setting.lesson.mistakes:
        if len(mistake.changes) == 1 and mistake.changes[0].name in names:
            place = names.index(mistake.changes[0].name)
            yield Draft(f"line/{mistake.id}", partial(_decided, setting, mistake, place, random))


def _decided(setting: Setting, mistake: Mistake, place: int, random: Random) -> Asked | None:
    is_wrong = all(_is_wrong(run, mistake.changes[0]) for run in (setting, *setting.others))
    return _wrong_line(setting, mistake, place, random) if is_wrong else None


def _is_wrong(setting: Setting, line: Line) -> bool:
    """Whether the line alone, all before it being right, has another value than it should."""
    try:
        value = evaluate(line.text, setting.values, setting.names)
    except SlipError:
        return True  # it cannot even be computed
    return not equal(value, setting.values[line.name], SHOWS)


def _wrong_line(setting: Setting, mistake: Mistake, place: int, random: Random) -> Asked:
    lines = [replace(line, text=plainly(line.text)) for line in changed(setting.lesson.backward, mistake)]
    first = _window(len(lines), place, random)
    shown = lines[first : first + MOST_LINES]
    right = place - first
    return Asked(
        f"line/{mistake.id}",
        "line",
        Wants.LINE,
        mistake.node or lines[place].name[1:],
        _text(first),
        str(right + 1),
        _judge(shown, right, mistake),
        lines=[f"{line.name} = {line.text}" for line in shown],
        given=_given(setting, shown),
        hint="Check the shapes first, then each line against the node it comes from.",
        worked=f"{mistake.say} It should be: {lines[place].name} = {setting.lesson.backward[place].text}",
    )


def plainly(text: str) -> str:
    """Return a formula without a 1 or 0 that changes nothing: no right line has one, so it gives all away."""
    return _IDLE.sub("", text)


def _given(setting: Setting, shown: Sequence[Line]) -> list[str]:
    """Return the forward lines that the shown lines speak of, with shapes and sizes to judge them by."""
    names = {line.name for line in shown}
    words = set[str]().union(*(names_in(line.text) for line in shown))
    graph = setting.recording.graph
    needed = {node.name for node in graph.operations if node.name in words}
    for _, edge in edges(setting):
        if names & {name_of(setting, edge), f"d{edge.input}"}:
            needed.add(edge.node.name)
    told = [name for node in graph.operations if node.name in needed for name in node.inputs]
    lines = [*forward_lines(setting, needed), *_helpers(setting, words)]
    shapes = shape_list(setting, [name for name in told if name not in needed])
    sizes = sizes_text(setting, words.union(*(names_in(graph[name].formula) for name in needed)))
    about = ", where ".join(filter(None, (shapes, sizes)))
    return [*lines, *([about] if about else [])]


def _helpers(setting: Setting, words: Collection[str]) -> list[str]:
    """Return lines of the backward pass that count something and are no gradients."""
    return [
        f"{line.name} = {line.text}"
        for line in setting.lesson.backward
        if line.name in words and line.name not in setting.values
    ]


def _text(first: int) -> str:
    above = " Everything above them is right." if first else ""
    return f"One of these lines of the backward pass is wrong. Which?{above}"


def _window(count: int, place: int, random: Random) -> int:
    """Return where the lines that are shown begin, so that the wrong one may stand anywhere among them."""
    lowest, highest = max(0, place - MOST_LINES + 1), max(0, min(place, count - MOST_LINES))
    return random.randint(min(lowest, highest), max(lowest, highest))


def _judge(shown: Sequence[Line], right: int, mistake: Mistake) -> Callable[[str], Verdict]:
    def judge(answer: str) -> Verdict:
        text = answer.strip().lower().removeprefix("line").strip(" .:)") if len(answer) < 100 else ""
        at = next((at for at, line in enumerate(shown) if line.name.lower() == text), None)
        if at is None and not (text.isdecimal() and text.isascii() and len(text) < 4):
            return Verdict(None, f"Write the number of a line, 1 to {len(shown)}.")
        at = int(text) - 1 if at is None else at
        if not 0 <= at < len(shown):
            return Verdict(None, f"Write the number of a line, 1 to {len(shown)}.")
        if at == right:
            return Verdict(True, "Right.")
        return Verdict(False, f"{shown[at].name} = {shown[at].text} is right, given what stands above it.")

    return judge
