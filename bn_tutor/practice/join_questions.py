"""Where do several gradients meet, and what do they come to?"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from math import prod
from random import Random

from bn_tutor.course.numbers import number
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, Wants, judge_choice
from bn_tutor.practice.edges import lines_using, users
from bn_tutor.practice.numbers_asked import (
    DECIMALS,
    WrongNumber,
    index_text,
    judge_number,
    slack,
    telling_place,
)
from bn_tutor.practice.setting import Setting

MOST_CHOICES = 4
MOST_PARTS = 3
_COUNTS = {2: "Two", 3: "Three"}


def joins(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask of each node to which several gradients come which it is, and what their sum is."""
    for step in setting.steps:
        name = step.node.name
        if setting.recording.graph.parts(name) > 1:
            yield Draft(f"join/{name}", partial(_join, setting, name, random))
            yield Draft(f"total/{name}", partial(_total, setting, name, random))


def _join(setting: Setting, name: str, random: Random) -> Asked | None:
    graph = setting.recording.graph
    names = [step.node.name for step in setting.steps]
    single = [each for each in names if graph.parts(each) == 1 and each not in graph.outputs]
    if not single or name in graph.outputs:
        return None
    wrong = random.sample(single, min(MOST_CHOICES - 1, len(single)))
    choices = random.sample([name, *wrong], len(wrong) + 1)
    return Asked(
        f"join/{name}",
        "join",
        Wants.LETTER,
        name,
        "To which of these do several gradients come back, to be added up?",
        LETTERS[choices.index(name)],
        judge_choice(
            choices,
            choices.index(name),
            [f"{each} is used once, and so one gradient comes back to it." for each in choices],
        ),
        choices=choices,
        given=lines_using(setting, choices),
        hint="Look for what is used more than once on the way forward.",
        worked=_worked(name, users(setting, name)),
    )


def _worked(name: str, using: list[str]) -> str:
    if len(using) == 1:
        return f"{name} stands twice in {using[0]}, and a gradient comes back from each place."
    return f"{name}: it is used by {' and '.join(using)}, and each sends a gradient back."


def _total(setting: Setting, name: str, random: Random) -> Asked | None:
    """What is the sum where two or three gradients meet?"""
    parts = _parts(setting, name)
    total = setting.values[f"d{name}"]
    place = telling_place(total, list(parts.values()), random)
    if not 1 < len(parts) <= MOST_PARTS or place is None:
        return None
    index = index_text(place)
    rows = {key: float(value[place]) for key, value in parts.items()}
    shown = ", ".join(f"{key}{index} = {number(value, DECIMALS)}" for key, value in rows.items())
    return Asked(
        f"total/{name}",
        "join",
        Wants.NUMBER,
        name,
        f"{_COUNTS[len(parts)]} gradients come back to {name}: {shown}. "
        f"What is d{name}{index}, to three decimals?",
        number(float(total[place]), DECIMALS),
        _judge_total(name, index, rows),
        hint="What becomes of gradients that meet?",
        worked=f"They are added: d{name} = {' + '.join(parts)}.",
    )


def _judge_total(name: str, index: str, parts: Mapping[str, float]) -> Callable[[str], Verdict]:
    """Return the judge of a sum; what is shown is rounded, and so may be the sum, by half a unit for each."""
    right = sum(parts.values())
    return judge_number(
        f"d{name}{index}",
        right,
        list(_wrong_sums(parts)),
        allowed=max(slack(right), 0.501 * 10.0**-DECIMALS * (len(parts) + 1)),
        unknown=f"Not that. Every gradient that comes back to {name} counts, with its own sign.",
    )


def _wrong_sums(parts: Mapping[str, float]) -> Iterator[WrongNumber]:
    for key, value in parts.items():
        yield value, "road-dropped", f"That is {key} alone; the others count as well."
    values = list(parts.values())
    for key in parts if len(parts) > 2 else ():
        rest = sum(value for other, value in parts.items() if other != key)
        yield rest, "road-dropped", f"{key} is missing in this sum; all of them count."
    for signs in product((1, -1), repeat=len(values)):
        if -1 in signs:
            signed = sum(sign * value for sign, value in zip(signs, values, strict=True))
            yield signed, "", "Gradients that meet are added, each with its own sign; nothing is subtracted."
    yield prod(values), "", "Gradients that meet are added, not multiplied."
    yield sum(values) / len(values), "", "Gradients that meet are added; no mean is taken."


def _parts(setting: Setting, name: str) -> dict[str, Array]:
    """Return the gradients that meet, by name; none where not all of them have a name."""
    count, shape = setting.recording.graph.parts(name), setting.values[f"d{name}"].shape
    names = [f"d{name}{at}" for at in range(count + 1)]
    found = {each: setting.values[each] for each in names if each in setting.values}
    is_whole = len(found) == count and all(value.shape == shape for value in found.values())
    return found if is_whole else {}
