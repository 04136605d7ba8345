"""Which shape has the gradient that a node sends back?"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

import numpy as np

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.gradients import Spread, SumOver, links
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.asked import Asked, Draft, Verdict
from bn_tutor.practice.edges import edges, forward_lines, name_of, shape_list
from bn_tutor.practice.setting import Setting

HOW_TO = "Write a shape as Python does: (7, 5), or (7,), or () for one number."
# So many lines of the forward pass are shown at most.
MOST_LINES = 8


def shapes(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask where the gradient's shape is not the upstream's own."""
    for step, edge in edges(setting):
        if edge.contribution.shape != step.upstream.shape:
            yield Draft(f"shape/{name_of(setting, edge)}", partial(_shape, setting, step, edge))


def _shape(setting: Setting, step: BackwardStep, edge: Edge) -> Asked:
    name, shape = name_of(setting, edge), edge.contribution.shape
    upstream = shape_text(step.upstream.shape)
    return Asked(
        f"shape/{name}",
        "shape",
        step.node.name,
        f"d{step.node.name} has the shape {upstream}. Which shape has {name}, "
        f"which {step.node.name} sends back to {edge.input}?",
        shape_text(shape),
        _judge_shape(edge, step),
        given=_given(setting, edge),
        hint=f"A gradient has the shape of what it belongs to. How did {edge.input} come about?",
        worked=f"{upstream} → {edge.named_local.words} → {shape_text(shape)}, the shape of {edge.input}.",
    )


def _given(setting: Setting, edge: Edge) -> list[str]:
    """Return how the input came about, from values whose shape is told: its own shape can be worked out."""
    graph = setting.recording.graph
    computed, told = [edge.node.name], list[str]()
    left = [edge.input]
    while left:
        name = left.pop(0)
        if graph[name].is_source or len(computed) >= MOST_LINES:
            told.append(name)
        elif name not in computed:
            computed.append(name)
            left += graph[name].inputs
    told = told or list(edge.node.inputs)
    return [shape_list(setting, [*told, *_other_sources(setting, edge)]), *forward_lines(setting, computed)]


def _other_sources(setting: Setting, edge: Edge) -> list[str]:
    """Return what stands beside the input in its node: a shape that is easily taken for the right one."""
    return [
        name for name in edge.node.inputs if setting.recording.graph[name].is_source or name != edge.input
    ]


def _judge_shape(edge: Edge, step: BackwardStep) -> Callable[[str], Verdict]:
    right, upstream = edge.contribution.shape, step.upstream.shape

    def judge(answer: str) -> Verdict:
        given = read_shape(answer)
        if given is None:
            return Verdict(None, HOW_TO)
        if given == right:
            return Verdict(True, f"Right: {shape_text(right)}, the shape of {edge.input}.")
        if given == upstream:
            return Verdict(False, f"That is the upstream's shape. {_changed(edge)}", _mistake(edge))
        if np.prod(given, initial=1.0) == np.prod(right, initial=1.0):
            return Verdict(False, f"As many numbers, in another shape. {edge.input} has a shape of its own.")
        return Verdict(
            False, f"A gradient has exactly the shape of what it belongs to, here of {edge.input}."
        )

    return judge


def _changed(edge: Edge) -> str:
    """Return what changes the shape, without the new one."""
    kinds = [type(link) for link in links(edge.local)]
    if SumOver in kinds:
        return f"{edge.input} was broadcast on the way forward, so its gradients are summed on the way back."
    if Spread in kinds:
        return f"{edge.input} was summed or averaged on the way forward, so each entry gets its share back."
    return f"{edge.input} has another shape than {edge.node.name}."


def _mistake(edge: Edge) -> str:
    return "sum-missing" if any(isinstance(link, SumOver) for link in links(edge.local)) else ""


def read_shape(answer: str) -> tuple[int, ...] | None:
    """Read a shape as people write it: (4, 3), 4x3, 4 3, (3,), (); None for anything else."""
    text = answer.strip()[:100].removeprefix("shape").strip(" =")
    if not re.fullmatch(r"[\s\d(),x×*\[\]]*", text) or not re.search(r"\d|[(\[]\s*[)\]]", text):
        return None
    sizes = re.findall(r"\d+", text)
    return tuple(map(int, sizes)) if all(len(size) < 10 for size in sizes) else None
