"""A whole gradient at once: from the output's upstream to an input, through every road that there is."""

from collections.abc import Iterator
from functools import partial
from random import Random

from bn_tutor.course.lesson import Line
from bn_tutor.course.numbers import number
from bn_tutor.course.parsing import names_in
from bn_tutor.engine.closeness import largest
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import Asked, Draft, Wants
from bn_tutor.practice.edges import edges, forward_lines, on_the_way, one_line, sizes_text, users, words_of
from bn_tutor.practice.formula_questions import about_names, judge_formula, usable
from bn_tutor.practice.naming import wrong_numbers, wrong_values
from bn_tutor.practice.number_questions import can_be_shown, comes_close, recomputed, taken_for
from bn_tutor.practice.numbers_asked import DECIMALS, index_text, judge_number, telling_place, told_exactly
from bn_tutor.practice.setting import Setting

# A road of so few nodes is written as one formula; a longer one is computed.
MOST_IN_FORMULA = 3
MOST_NODES = 10
MOST_ARRAYS = 6
UNKNOWN = "Not that, and this number does not tell which mistake it comes from."
HINT = "Count the roads from the output back to {0}. Go each of them, and add up what arrives."


def wholes(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask for the gradient of each input that lies behind at least two nodes."""
    graph = setting.recording.graph
    if len(graph.outputs) > 1:
        return
    for name in (node.name for node in graph.inputs):
        between = on_the_way(setting, name) if f"d{name}" in setting.values else set[str]()
        if 2 <= len(between) <= MOST_NODES:
            make = _formula if len(between) <= MOST_IN_FORMULA else _number
            yield Draft(f"whole/d{name}", partial(make, setting, name, between, random))


def _explained_by(setting: Setting, name: str) -> str:
    """Return the node whose frame shows how a gradient is completed."""
    meets = any(step.node.name == name for step in setting.steps)
    return name if meets else users(setting, name)[0]


# --- as one formula -------------------------------------------------------------------------------------


def _formula(setting: Setting, name: str, between: set[str], random: Random) -> Asked | None:
    graph = setting.recording.graph
    output, inputs = graph.output, [node.name for node in graph.inputs]
    allowed = usable(setting, f"d{name}", [f"d{output}"])
    judge = judge_formula(setting, f"d{name}", allowed)
    key = one_line(setting.lesson.backward, f"d{name}", allowed)
    if judge(key).right is not True:
        return None
    return Asked(
        f"whole/d{name}",
        "whole",
        Wants.NUMPY,
        _explained_by(setting, name),
        f"Write d{name} as one line of NumPy, from d{output}, the gradient of the output.",
        key,
        judge,
        given=[*forward_lines(setting, between), *about_names(setting, [f"d{output}", *inputs], allowed)],
        hint=HINT.format(name),
        worked=f"d{name} = {key}",
    )


# --- as a number ----------------------------------------------------------------------------------------


def _number(setting: Setting, name: str, between: set[str], random: Random) -> Asked | None:
    gradient, output = f"d{name}", setting.recording.graph.output
    data = {f"d{output}": setting.values[f"d{output}"], **_factors(setting, name, between)}
    arrays = [value for value in data.values() if value.ndim]
    if len(arrays) > MOST_ARRAYS or not all(map(can_be_shown, arrays)):
        return None
    right = setting.values[gradient]
    found = recomputed(setting, {name, *between}, data)[gradient]
    wrong = wrong_values(setting, gradient)
    values = [each.value for each in wrong]
    blur = largest(found - right)
    place = telling_place(right, values, random, comes_close(found, right), partial(told_exactly, blur))
    if place is None:
        return None
    value, index = float(right[place]), index_text(place)
    judge = judge_number(
        f"{gradient}{index}",
        value,
        wrong_numbers(wrong, right, place),
        taken_for(setting, gradient, place),
        blur=blur,
        unknown=UNKNOWN,
    )
    return Asked(
        f"whole/{gradient}",
        "whole",
        Wants.NUMBER,
        _explained_by(setting, name),
        f"What is {gradient}{index}, to three decimals? Take every road from {output} back to {name}.",
        number(value, DECIMALS),
        judge,
        data=list(data.items()),
        given=[*forward_lines(setting, between), sizes_text(setting)],
        hint=HINT.format(name),
        worked=_worked(setting, name),
    )


def _factors(setting: Setting, name: str, between: set[str]) -> dict[str, Array]:
    """Return the forward values that the local gradients on the way speak of."""
    words = dict.fromkeys(
        word
        for _, edge in edges(setting)
        if edge.input == name or edge.input in between
        for word in words_of(edge.named_local, setting)
    )
    return {word: setting.recording[word] for word in words}


def _worked(setting: Setting, name: str) -> str:
    """Return the lesson's lines on the way, in order, one below the other."""
    needed = {f"d{name}"}
    lines = list[Line]()
    for line in reversed(setting.lesson.backward):
        if line.name in needed:
            needed |= names_in(line.text)
            lines.insert(0, line)
    return "\n".join(f"{line.name} = {line.text}" for line in lines)
