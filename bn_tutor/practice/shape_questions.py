"""Which shape has the gradient that a node sends back?"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random

import numpy as np

from bn_tutor.course.numbers import read_shape, shape_text
from bn_tutor.engine.gradients import Spread, SumOver, links
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.asked import Asked, Draft, Verdict, Wants
from bn_tutor.practice.edges import came_about, edges, name_of
from bn_tutor.practice.setting import Setting

HOW_TO = "Write a shape as Python does: (7, 5), or (7,), or () for one number."


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
        Wants.SHAPE,
        step.node.name,
        f"d{step.node.name} has the shape {upstream}. Which shape has {name}, "
        f"which {step.node.name} sends back to {edge.input}?",
        shape_text(shape),
        _judge_shape(edge, step, setting.sizes),
        given=came_about(setting, edge.input, edge.node.name),
        hint=f"A gradient has the shape of what it belongs to. {_push(setting, edge)}",
        worked=f"{upstream} → {edge.named_local.words} → {shape_text(shape)}, the shape of {edge.input}.",
    )


def _push(setting: Setting, edge: Edge) -> str:
    if setting.recording.graph[edge.input].is_source:
        return f"Which shape must {edge.input} have for {edge.node.name} to come out as it does?"
    return f"How did {edge.input} come about?"


def _judge_shape(edge: Edge, step: BackwardStep, sizes: Mapping[str, int]) -> Callable[[str], Verdict]:
    right, upstream = edge.contribution.shape, step.upstream.shape

    def judge(answer: str) -> Verdict:
        given = read_shape(answer, sizes)
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
