"""Where do several gradients meet, and what do they come to?"""

from collections.abc import Iterator
from functools import partial
from random import Random

from bn_tutor.course.numbers import number
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import LETTERS, Asked, Draft, judge_choice
from bn_tutor.practice.edges import lines_using, users
from bn_tutor.practice.numbers_asked import index_text, judge_number, telling_place
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
    shown = ", ".join(f"{key}{index} = {number(float(value[place]), 3)}" for key, value in parts.items())
    wrong = [
        (float(value[place]), "road-dropped", f"That is {key} alone; the others count as well.")
        for key, value in parts.items()
    ]
    return Asked(
        f"total/{name}",
        "number",
        name,
        f"{_COUNTS[len(parts)]} gradients come back to {name}: {shown}. "
        f"What is d{name}{index}, to three decimals?",
        number(float(total[place]), 3),
        judge_number(f"d{name}{index}", float(total[place]), wrong),
        hint="What becomes of gradients that meet?",
        worked=f"They are added: d{name} = {' + '.join(parts)}.",
    )


def _parts(setting: Setting, name: str) -> dict[str, Array]:
    """Return the gradients that meet, by name; none where not all of them have a name."""
    count, shape = setting.recording.graph.parts(name), setting.values[f"d{name}"].shape
    names = [f"d{name}{at}" for at in range(count + 1)]
    found = {each: setting.values[each] for each in names if each in setting.values}
    is_whole = len(found) == count and all(value.shape == shape for value in found.values())
    return found if is_whole else {}
