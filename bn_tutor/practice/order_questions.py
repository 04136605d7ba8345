"""Questions on the order of the backward pass: what comes next, where gradients meet, steps to be sorted."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from random import Random

from bn_tutor.course.lesson import Line
from bn_tutor.course.numbers import number
from bn_tutor.course.parsing import names_in
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, judge_choice
from bn_tutor.practice.numbers_asked import judge_number, telling_place
from bn_tutor.practice.setting import Setting

MOST_CHOICES = 4
MOST_SORTED = 4


def next_node(setting: Setting, random: Random) -> Iterator[Draft]:
    """After a node's gradient was handed on: whose gradient is complete, and comes next?

    A wrong choice is a node whose gradient is not complete at that moment, or was handed on before.
    """
    names = [step.node.name for step in setting.steps]
    for at, current in enumerate(names[:-1]):
        yield Draft(f"next/{current}", partial(_next, setting, names, at, random))


def _next(setting: Setting, names: Sequence[str], at: int, random: Random) -> Asked | None:
    graph, done = setting.recording.graph, set(names[: at + 1])
    waiting = {
        name: [user.name for user in graph.operations if name in user.inputs and user.name not in done]
        for name in names[at + 2 :]
    }
    reasons = {
        name: f"d{name} is not complete yet: {' and '.join(users)} still {_send(users)} to it."
        for name, users in waiting.items()
        if any(user in graph.arrivals for user in users)
    }
    reasons |= {name: f"{name} was handled before: the pass never returns." for name in names[:at]}
    if not reasons:
        return None
    wrong = random.sample(sorted(reasons), min(MOST_CHOICES - 1, len(reasons)))
    return _choice_of_node(names[at], names[at + 1], wrong, reasons, random)


def _send(users: Sequence[str]) -> str:
    return "sends" if len(users) == 1 else "send"


def _choice_of_node(
    current: str, right: str, wrong: list[str], reasons: Mapping[str, str], random: Random
) -> Asked:
    choices = random.sample([right, *wrong], len(wrong) + 1)
    text = f"The backward pass has just handled {current}. Which of these can it handle next?"
    judge = judge_choice(choices, choices.index(right), [reasons.get(name, "") for name in choices])
    return Asked(
        f"next/{current}",
        "next",
        right,
        text,
        LETTERS[choices.index(right)],
        judge,
        choices=choices,
        hint="A node can be handled when every node that uses it has sent its gradient back.",
        worked=f"{right}: every node that uses it has been handled, so d{right} is complete.",
    )


def joins(setting: Setting, random: Random) -> Iterator[Draft]:
    """Where do several gradients meet, and what do they come to?"""
    for step in setting.steps:
        name = step.node.name
        if setting.recording.graph.parts(name) > 1:
            yield Draft(f"join/{name}", partial(_join, setting, name, random))
            yield Draft(f"total/{name}", partial(_total, setting, name))


def _join(setting: Setting, name: str, random: Random) -> Asked | None:
    graph = setting.recording.graph
    names = [step.node.name for step in setting.steps]
    single = [each for each in names if graph.parts(each) == 1 and each not in graph.outputs]
    if not single:
        return None
    wrong = random.sample(single, min(MOST_CHOICES - 1, len(single)))
    choices = random.sample([name, *wrong], len(wrong) + 1)
    users = [node.name for node in graph.operations if name in node.inputs]
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
        hint="Look for what is used more than once on the way forward.",
        worked=f"{name}: it is used by {' and '.join(users)}, and each sends a gradient back.",
    )


def _total(setting: Setting, name: str) -> Asked | None:
    """What is the sum where two or three gradients meet?"""
    parts = [
        (key, value) for key, value in setting.values.items() if key[:-1] == f"d{name}" and key[-1].isdigit()
    ]
    total = setting.values[f"d{name}"]
    place = telling_place(total, [value for _, value in parts])
    if not 1 < len(parts) <= 3 or place is None or any(value.shape != total.shape for _, value in parts):
        return None
    index = f"[{', '.join(map(str, place))}]" if place else ""
    shown = ", ".join(f"{key}{index} = {number(float(value[place]), 3)}" for key, value in parts)
    wrong = [
        (float(value[place]), "road-dropped", f"That is {key} alone; all {len(parts)} are added.")
        for key, value in parts
    ]
    return Asked(
        f"total/{name}",
        "number",
        name,
        f"{len(parts)} gradients come back to {name}: {shown}. What is d{name}{index}?",
        number(float(total[place]), 3),
        judge_number(float(total[place]), wrong),
        hint="What becomes of gradients that meet?",
        worked=f"They are added: d{name} = {' + '.join(key for key, _ in parts)}.",
    )


def sorted_steps(setting: Setting, random: Random) -> Iterator[Draft]:
    """Some lines of the backward pass, mixed up; any order in which each line has what it needs is right."""
    lines = [line for line in setting.lesson.backward if line.name in setting.values]
    for start in range(0, len(lines) - MOST_SORTED + 1, 2):
        part = lines[start : start + MOST_SORTED]
        needs = _needs(part)
        if sum(map(len, needs)) >= MOST_SORTED - 1:  # else too little is fixed to be worth asking
            yield Draft(f"order/{part[0].name[1:]}", partial(_mixed, part, needs, random))


def _mixed(lines: Sequence[Line], needs: list[set[int]], random: Random) -> Asked:
    order = random.sample(range(len(lines)), len(lines))
    return _sorting(lines, order[::-1] if order == sorted(order) else order, needs)


def _needs(lines: Sequence[Line]) -> list[set[int]]:
    """Return for each line the places of the lines among these that must stand before it."""
    places = {line.name: at for at, line in enumerate(lines)}
    return [
        {places[name] for name in names_in(line.text) if name in places} - {at}
        for at, line in enumerate(lines)
    ]


def _sorting(lines: Sequence[Line], order: list[int], needs: list[set[int]]) -> Asked:
    shown = [f"{lines[at].name} = {lines[at].text}" for at in order]
    key = " ".join(LETTERS[order.index(at)] for at in range(len(lines)))

    def judge(answer: str) -> Verdict:
        letters = [sign for sign in answer.lower() if sign in LETTERS[: len(lines)]]
        if sorted(letters) != list(LETTERS[: len(lines)]) or len(answer) > 40:
            return Verdict(
                None, f"Write each letter once, first step first, such as {' '.join(LETTERS[: len(lines)])}."
            )
        places = [order[LETTERS.index(letter)] for letter in letters]
        for position, at in enumerate(places):
            missing = needs[at] - set(places[:position])
            if missing:
                needed = lines[min(missing)].name
                return Verdict(False, f"{lines[at].name} needs {needed}, which comes after it in your order.")
        return Verdict(True, "Right: every line finds what it needs.")

    return Asked(
        f"order/{lines[0].name[1:]}",
        "order",
        lines[0].name[1:],
        "Put these lines of the backward pass in order, first step first.",
        key,
        judge,
        choices=shown,
        hint="A line can stand only below the lines whose results it uses.",
        worked="; then ".join(f"{line.name} = {line.text}" for line in lines),
    )
