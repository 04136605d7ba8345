"""A whole gradient at once: from the output's upstream to an input, through every road that there is."""

from collections.abc import Iterator
from functools import partial
from random import Random

from bn_tutor.course.numbers import number
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import Asked, Draft
from bn_tutor.practice.edges import ancestors, forward_lines, shape_list, sizes_text, users, words_of
from bn_tutor.practice.formula_questions import about_names, judge_formula, usable
from bn_tutor.practice.naming import wrong_numbers, wrong_values
from bn_tutor.practice.number_questions import PRECISION, can_be_shown, comes_close, recomputed, taken_for
from bn_tutor.practice.numbers_asked import index_text, judge_number, telling_place
from bn_tutor.practice.setting import Setting

# A road of so few nodes is written as one formula; a longer one is computed.
MOST_IN_FORMULA = 3
MOST_NODES = 10
MOST_ARRAYS = 5
HINT = "Count the roads from the output back to {0}. Go each of them, and add up what arrives."


def wholes(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask for the gradient of each input that lies behind at least two nodes."""
    graph = setting.recording.graph
    if len(graph.outputs) > 1:
        return
    for name in graph.inputs:
        on_the_way = _between(setting, name) if f"d{name}" in setting.values else set[str]()
        if 2 <= len(on_the_way) <= MOST_NODES:
            make = _formula if len(on_the_way) <= MOST_IN_FORMULA else _number
            yield Draft(f"whole/d{name}", partial(make, setting, name, on_the_way, random))


def _between(setting: Setting, name: str) -> set[str]:
    """Return the nodes that an input's gradient comes through, the output included."""
    graph = setting.recording.graph
    return {step.node.name for step in setting.steps if name in ancestors(graph, step.node.name)} - {name}


def _text(setting: Setting, on_the_way: set[str]) -> str:
    output = setting.recording.graph.output
    return f"{output} comes from {len(on_the_way)} nodes."


def _formula(setting: Setting, name: str, on_the_way: set[str], random: Random) -> Asked | None:
    output = setting.recording.graph.output
    key = _one_line(setting, f"d{name}")
    if not key:
        return None
    allowed = usable(setting, f"d{name}", [f"d{output}"])
    shapes = [f"d{output}", *setting.recording.graph.inputs]
    return Asked(
        f"whole/d{name}",
        "formula",
        users(setting.recording.graph, name)[0],
        f"Write d{name} as one line of NumPy, from d{output}, the gradient of the output.",
        key,
        judge_formula(setting, f"d{name}", allowed),
        given=[*forward_lines(setting, on_the_way), *about_names(setting, shapes, allowed)],
        hint=HINT.format(name),
        worked=f"d{name} = {key}",
    )
