"""A number of a gradient, to be computed from what is shown; proven to be computable from just that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from random import Random

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.numbers import number
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.gradients import Array, LinearMap, MatMul, Scale, links
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.asked import Asked, Draft, Wants
from bn_tutor.practice.edges import divides_by_size, edges, hint_for, name_of, sizes_text, words_of, written
from bn_tutor.practice.naming import wrong_numbers, wrong_values
from bn_tutor.practice.numbers_asked import DECIMALS, index_text, judge_number, slack, telling_place
from bn_tutor.practice.setting import Setting
from bn_tutor.practice.sizes import shape_can_be_shown


def numbers(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask for one entry of what an edge sends back, where it is not just passed on."""
    for step, edge in edges(setting):
        if links(edge.local):
            yield Draft(f"number/{name_of(setting, edge)}", partial(_number, setting, step, edge, random))


def _number(setting: Setting, step: BackwardStep, edge: Edge, random: Random) -> Asked | None:
    name, node = name_of(setting, edge), step.node
    data = {f"d{node.name}": step.upstream} | _shown(setting, words_of(edge.named_local, setting))
    if not all(map(can_be_shown, data.values())):
        return None
    wrong = wrong_values(setting, name, {f"d{node.name}"})
    found = through(setting, edge, rounded(step.upstream), data)
    place = telling_place(
        edge.contribution, [each.value for each in wrong], random, comes_close(found, edge.contribution)
    )
    if place is None:
        return None
    right, index = float(edge.contribution[place]), index_text(place)
    return Asked(
        f"number/{name}",
        "number",
        Wants.NUMBER,
        node.name,
        f"{node.name} = {node.formula}. What is {name}{index}, to three decimals?",
        number(right, DECIMALS),
        judge_number(
            f"{name}{index}",
            right,
            wrong_numbers(wrong, edge.contribution, place),
            taken_for(setting, name, place),
        ),
        data=list(data.items()),
        given=[sizes_text(setting)] if divides_by_size(edge.named_local) else [],
        hint=hint_for(edge),
        worked=f"{name} = {written(setting, name, edge)}",
    )


def _shown(setting: Setting, names: Iterable[str]) -> dict[str, Array]:
    return {name: setting.recording[name] for name in names}


def can_be_shown(value: Array) -> bool:
    """Whether every entry of an array is on the screen, in a narrow terminal, too."""
    return shape_can_be_shown(value.shape)


def rounded(value: Array) -> Array:
    """Return the numbers as they are shown."""
    return np.array([float(number(float(each), DECIMALS)) for each in value.ravel()]).reshape(value.shape)


def comes_close(found: Array, right: Array) -> Array:
    """Return where a result from rounded numbers is well within what is accepted."""
    allowed = np.array([slack(float(each)) for each in right.ravel()]).reshape(right.shape)
    return np.abs(found - right) <= 0.8 * allowed


def taken_for(setting: Setting, name: str, place: tuple[int, ...]) -> dict[str, float]:
    """Return the same entry of other arrays of this shape: a learner may have computed another one."""
    right = setting.values[name]
    return {
        other: float(value[place])
        for other, value in setting.values.items()
        if other.isidentifier() and other != name and value.shape == right.shape
    }


# --- computing from what is shown -----------------------------------------------------------------------


def through(setting: Setting, edge: Edge, upstream: Array, shown: Mapping[str, Array]) -> Array:
    """Return what an edge makes of an upstream, with its factors computed from what is shown, rounded."""
    known = {name: rounded(value) for name, value in shown.items()}
    for link in links(edge.named_local):
        upstream = _applied(setting, link, upstream, known)
    return upstream


def _applied(setting: Setting, link: LinearMap, upstream: Array, known: Mapping[str, Array]) -> Array:
    if isinstance(link, MatMul) and link.formula in known:
        return replace(link, other=known[link.formula]).backward(upstream)
    if isinstance(link, Scale):
        try:
            return upstream * evaluate(link.formula, known, setting.names)
        except (SlipError, ValueError):
            pass  # a mask, such as (x > 0), which is read off what is shown
    return link.backward(upstream)


def recomputed(setting: Setting, wanted: set[str], shown: Mapping[str, Array]) -> dict[str, Array]:
    """Return the gradients of all ``wanted`` nodes, computed from what is shown alone."""
    found = {f"d{name}": rounded(value) for name, value in setting.upstreams.items()}
    for step, edge in edges(setting):
        if edge.input in wanted:
            sent = through(setting, edge, found[f"d{step.node.name}"], shown)
            before = found.get(f"d{edge.input}")
            found[f"d{edge.input}"] = sent if before is None else before + sent
    return found
