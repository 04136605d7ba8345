"""Which line of this backward pass is wrong? One real mistake is planted in the lesson's own lines."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Line, Mistake
from bn_tutor.course.mistakes import changed
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import relative_error
from bn_tutor.practice.asked import Asked, Draft, Verdict
from bn_tutor.practice.setting import Setting

# So many lines are shown, around the wrong one: a whole backward pass is too much to search.
MOST_LINES = 9


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
    return relative_error(value, setting.values[line.name], scale=1.0) > 1e-6


def _wrong_line(setting: Setting, mistake: Mistake, place: int, random: Random) -> Asked:
    lines = changed(setting.lesson.backward, mistake)
    first = _window(len(lines), place, random)
    shown = lines[first : first + MOST_LINES]
    right = place - first
    return Asked(
        f"line/{mistake.id}",
        "line",
        mistake.node or lines[place].name[1:],
        _text(first),
        str(right + 1),
        _judge(shown, right, mistake),
        lines=[f"{line.name} = {line.text}" for line in shown],
        hint="Check the shapes first, then each line against the node it comes from.",
        worked=f"{mistake.say} It should be: {lines[place].name} = {setting.lesson.backward[place].text}",
    )


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
