"""Questions on one gradient: its shape, the local gradient's formula, a number of it, the whole as NumPy."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from random import Random

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.known_mistakes import Known
from bn_tutor.course.numbers import number, shape_text
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import relative_error
from bn_tutor.engine.gradients import Array, Scale, links
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, judge_choice
from bn_tutor.practice.naming import wrong_numbers, wrong_values
from bn_tutor.practice.numbers_asked import judge_number, telling_place
from bn_tutor.practice.setting import Setting

TOLERANCE = 1e-9
MOST_WRONG = 3
LARGEST_SHOWN = 24


def edges(setting: Setting) -> Iterator[tuple[BackwardStep, Edge]]:
    """Yield every edge of the backward pass with its step."""
    for step in setting.steps:
        for edge in step.edges:
            yield step, edge


def name_of(setting: Setting, edge: Edge) -> str:
    """Return what an edge brings: dx where it is all, dx1 where several gradients meet."""
    several = setting.recording.graph.parts(edge.input) > 1
    return f"d{edge.input}{edge.way.arrival if several else ''}"


# --- shapes ---------------------------------------------------------------------------------------------


def shapes(setting: Setting, random: Random) -> Iterator[Draft]:
    """Which shape has the gradient that a node hands to an input, where it is not the upstream's own?"""
    for step, edge in edges(setting):
        if edge.contribution.shape != step.upstream.shape:
            yield Draft(f"shape/{name_of(setting, edge)}", partial(_shape, setting, step, edge))


def _shape(setting: Setting, step: BackwardStep, edge: Edge) -> Asked:
    name, shape = name_of(setting, edge), edge.contribution.shape
    upstream = shape_text(step.upstream.shape)
    given = f"{step.node.name} = {step.node.formula}; d{step.node.name} has the shape {upstream}"
    return Asked(
        f"shape/{name}",
        "shape",
        step.node.name,
        f"{given}. Which shape has {name}, which {edge.input} gets from it?",
        shape_text(shape),
        _judge_shape(edge, step),
        hint=f"A gradient has the shape of what it belongs to: {edge.input}.",
        worked=f"{upstream} → {edge.named_local.words} → {shape_text(shape)}, the shape of {edge.input}.",
    )


def _judge_shape(edge: Edge, step: BackwardStep) -> Callable[[str], Verdict]:
    right, upstream = edge.contribution.shape, step.upstream.shape

    def judge(answer: str) -> Verdict:
        given = read_shape(answer)
        if given is None:
            return Verdict(None, "Write a shape as Python does: (7, 5), or (7,), or () for one number.")
        if given == right:
            return Verdict(True, f"Right: {shape_text(right)}, the shape of {edge.input}.")
        if given == upstream:
            say = f"That is the upstream's shape. On the way: {edge.named_local.words}."
            return Verdict(False, say, "sum-missing" if len(upstream) > len(right) else "")
        if np.prod(given, initial=1) == np.prod(right, initial=1):
            return Verdict(False, f"As many numbers, in another shape. {edge.input} has a shape of its own.")
        return Verdict(False, f"A gradient has exactly the shape of what it belongs to: {edge.input}.")

    return judge


def read_shape(answer: str) -> tuple[int, ...] | None:
    """Read a shape as people write it: (4, 3), 4x3, 4 3, (3,), (); None for anything else."""
    text = answer.strip()[:100]
    if not re.fullmatch(r"[\s\d(),x×\[\]]*", text) or not re.search(r"\d|[(\[]\s*[)\]]", text):
        return None
    return tuple(int(size) for size in re.findall(r"\d{1,9}", text))


# --- formulas of local gradients ------------------------------------------------------------------------


def local_formulas(setting: Setting, random: Random) -> Iterator[Draft]:
    """What is the upstream multiplied by? The wrong choices are proven wrong, and different."""
    for step, edge in edges(setting):
        factors = [link for link in links(edge.named_local) if isinstance(link, Scale)]
        if len(factors) == 1 and factors[0].formula != "-1":
            make = partial(_decided, setting, step, edge, factors[0].formula, random)
            yield Draft(f"local/{step.node.name}-{edge.input}", make)


def _decided(setting: Setting, step: BackwardStep, edge: Edge, formula: str, random: Random) -> Asked | None:
    wrong = _distinct_wrong(setting, step, edge, formula)
    if len(wrong) < 2:
        return None
    return _local(step, edge, formula, random.sample(wrong, min(MOST_WRONG, len(wrong))), random)


def _local(step: BackwardStep, edge: Edge, formula: str, wrong: Sequence[str], random: Random) -> Asked:
    choices = random.sample([formula, *wrong], len(wrong) + 1)
    node = step.node
    return Asked(
        f"local/{node.name}-{edge.input}",
        "local",
        node.name,
        f"{node.name} = {node.formula}. What is the local gradient ∂{node.name}/∂{edge.input}?",
        LETTERS[choices.index(formula)],
        judge_choice(choices, choices.index(formula)),
        choices=choices,
        hint=f"Take all but {edge.input} as fixed numbers, and differentiate.",
        worked=f"∂{node.name}/∂{edge.input} = {formula}.",
    )


def _distinct_wrong(setting: Setting, step: BackwardStep, edge: Edge, formula: str) -> list[str]:
    """Return wrong formulas whose values differ from the right one's, and from each other's, on all runs."""
    runs = (setting, *setting.others)
    found: list[str] = []
    values = [_on(runs, formula)]
    for text in dict.fromkeys(_wrong_formulas(step, edge, formula)):
        value = _on(runs, text)
        if value is not None and all(other is not None and _differ(value, other) for other in values):
            values.append(value)
            found.append(text)
    return found if values[0] is not None else []


def _on(runs: Sequence[Setting], formula: str) -> list[Array] | None:
    try:
        return [evaluate(formula, run.values, run.names) for run in runs]
    except SlipError:
        return None


def _differ(one: Sequence[Array], another: Sequence[Array]) -> bool:
    """Whether two formulas have other values on every run; a shape that broadcasts makes no difference."""
    return all(_is_other(a, b) for a, b in zip(one, another, strict=True))


def _is_other(one: Array, another: Array) -> bool:
    a, b = np.broadcast_arrays(one, another)
    return relative_error(a, b, scale=1.0) > 1e-6


def _wrong_formulas(step: BackwardStep, edge: Edge, formula: str) -> Iterator[str]:
    """Yield what people write in place of a slope: a turned sign, a power or factor off, another operand."""
    node, own = step.node, edge.input
    yield formula.removeprefix("-") if formula.startswith("-") else f"-{_grouped(formula)}"
    yield from (other for other in node.inputs if other != formula and not other[0].isdigit())
    yield node.name
    yield "1"
    for text, instead in (("**2", ""), ("**2", "**3"), ("2 * ", ""), ("(2 * ", "("), ("1 / ", "")):
        if text in formula:
            yield formula.replace(text, instead, 1)
    yield f"1 / {_grouped(formula)}"
    yield f"2 * {_grouped(formula)}"
    yield f"{own} * {_grouped(formula)}"


def _grouped(formula: str) -> str:
    return formula if re.fullmatch(r"\w+", formula) else f"({formula})"


# --- numbers --------------------------------------------------------------------------------------------


def numbers(setting: Setting, random: Random) -> Iterator[Draft]:
    """What is one entry of a gradient? The element is one at which the mistakes can be told apart."""
    for step, edge in edges(setting):
        if links(edge.local) and step.upstream.size <= LARGEST_SHOWN:
            yield Draft(f"number/{name_of(setting, edge)}", partial(_telling, setting, step, edge))


def _telling(setting: Setting, step: BackwardStep, edge: Edge) -> Asked | None:
    wrong = wrong_values(setting, name_of(setting, edge), {f"d{step.node.name}"})
    place = telling_place(edge.contribution, [each.value for each in wrong])
    return None if place is None else _number(setting, step, edge, place, wrong)


def _number(
    setting: Setting, step: BackwardStep, edge: Edge, place: tuple[int, ...], wrong: Sequence[Known]
) -> Asked:
    name, node = name_of(setting, edge), step.node
    index = f"[{', '.join(map(str, place))}]" if place else ""
    value = float(edge.contribution[place])
    shown = [(f"d{node.name}", step.upstream)]
    shown += [(each, setting.recording[each]) for each in _needed(setting, step, edge)]
    return Asked(
        f"number/{name}",
        "number",
        node.name,
        f"{node.name} = {node.formula}. What is {name}{index}, to three decimals?",
        number(value, 3),
        judge_number(value, wrong_numbers(wrong, edge.contribution, place)),
        data=shown,
        hint=_hint(edge),
        worked=f"{name} = {edge.named_local.numpy(f'd{node.name}')}",
    )


def _needed(setting: Setting, step: BackwardStep, edge: Edge) -> list[str]:
    """Return the values that the local gradient's formula speaks of, small enough to be shown."""
    text = edge.named_local.numpy("")
    known = setting.recording.values
    words = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", text))
    return [word for word in words if word in known and known[word].size <= LARGEST_SHOWN]


def _hint(edge: Edge) -> str:
    words = edge.named_local.words or "passed on unchanged"
    spoken = re.sub(r"(^|, )[*] ", r"\1times ", words)
    return f"Take the upstream, then: {spoken}."


# --- formulas -------------------------------------------------------------------------------------------


def formulas(setting: Setting, random: Random) -> Iterator[Draft]:
    """Write a gradient as NumPy; any formula of the right value and shape on several runs is right."""
    for step, edge in edges(setting):
        if links(edge.local):
            yield Draft(f"formula/{name_of(setting, edge)}", partial(_formula, setting, step, edge))


def _formula(setting: Setting, step: BackwardStep, edge: Edge) -> Asked:
    name, node = name_of(setting, edge), step.node
    graph = setting.recording.graph
    allowed = [f"d{node.name}", *(each.name for each in graph.nodes if not each.name[0].isdigit())]
    allowed += list(setting.names)
    return Asked(
        f"formula/{name}",
        "formula",
        node.name,
        f"{node.name} = {node.formula}. Write {name}, which {edge.input} gets from it, as NumPy. "
        f"You may use d{node.name}, every value of the forward pass, and {', '.join(setting.names)}.",
        _written(setting, name, edge),
        judge_formula(setting, name, allowed, {f"d{node.name}"}),
        hint=f"{_hint(edge)} And {name} has the shape of {edge.input}.",
        worked=f"{name} = {edge.named_local.numpy(f'd{node.name}')}",
    )


def _written(setting: Setting, name: str, edge: Edge) -> str:
    """Return the lesson's own line for a gradient, which lint has proven, else the engine's."""
    own = next((line.text for line in setting.lesson.backward if line.name == name), "")
    return own or edge.named_local.numpy(f"d{edge.node.name}")


def judge_formula(
    setting: Setting, name: str, allowed: Collection[str], given: Collection[str] = ()
) -> Callable[[str], Verdict]:
    """Return the judge of a typed formula: by value, on this run and others, strictly in shape.

    Only names that are ``allowed`` may be used; what is ``given`` is right, so mistakes come after it.
    """

    def judge(answer: str) -> Verdict:
        text = answer.strip()
        text = (
            text.removeprefix(name).lstrip().removeprefix("=").strip()
            if re.match(rf"{name}\s*=(?!=)", text)
            else text
        )
        try:
            values = [_evaluated(text, run, allowed) for run in (setting, *setting.others)]
        except SlipError as slip:
            hint = f" ({slip.hint})" if slip.hint else ""
            return Verdict(None, f"{slip.message}{hint}, at column {slip.column + 1}.")
        return _judged(setting, name, values, given)

    return judge


def _evaluated(text: str, run: Setting, allowed: Collection[str]) -> Array:
    known = {each: run.values[each] for each in allowed if each in run.values}
    return evaluate(text.replace("np.", ""), known, run.names)


def _judged(setting: Setting, name: str, values: Sequence[Array], given: Collection[str]) -> Verdict:
    right = [run.values[name] for run in (setting, *setting.others)]
    if all(_same(value, wanted) for value, wanted in zip(values, right, strict=True)):
        return Verdict(True, "Right, also with other numbers and other sizes.")
    value, wanted = values[0], right[0]
    if value.shape == wanted.shape and _same(value, wanted):
        return Verdict(False, "Right for these sizes only: is there a number in it that should be a size?")
    for known in wrong_values(setting, name, given):
        if _same(value, known.value):
            return Verdict(False, known.say, known.kind)
    return Verdict(False, _by_shape(value, wanted, name))


def _by_shape(value: Array, right: Array, name: str) -> str:
    if value.shape == right.shape:
        return "The shape is right, the value is not, and none of the known mistakes gives it."
    shapes_said = f"your formula has the shape {shape_text(value.shape)}, {name} {shape_text(right.shape)}"
    if value.size == right.size and _same(value.reshape(right.shape), right):
        return f"The numbers are right, the shape is not: {shapes_said}."
    try:
        if _same(np.broadcast_to(value, right.shape), right):
            return f"By broadcasting it would be right, but {shapes_said}: a gradient has the very shape."
    except ValueError:
        pass
    return f"The shape is wrong: {shapes_said}."


def _same(one: Array, another: Array) -> bool:
    return relative_error(np.asarray(one), np.asarray(another), scale=1.0) <= TOLERANCE
