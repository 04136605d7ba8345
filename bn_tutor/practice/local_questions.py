"""What is the local gradient? A choice, whose wrong formulas are proven wrong, and different."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from random import Random

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import equal
from bn_tutor.engine.gradients import Array, Scale, links
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Wants, judge_choice
from bn_tutor.practice.edges import divides_by_size, edges, sizes_text
from bn_tutor.practice.setting import Setting

MOST_WRONG = 3
FEWEST_WRONG = 2
# Formulas differ by more than this, so that nobody doubts it.
SHOWS = 1e-6
# (a wrong formula, what is wrong with it)
Wrong = tuple[str, str]


def local_formulas(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask what the upstream is multiplied by, at each edge that multiplies it by one factor."""
    for step, edge in edges(setting):
        factors = [link for link in links(edge.named_local) if isinstance(link, Scale)]
        if len(factors) == 1 and factors[0].formula != "-1":
            make = partial(_decided, setting, step, edge, _tidy(factors[0].formula), random)
            yield Draft(f"local/{step.node.name}-{edge.input}", make)


def _decided(setting: Setting, step: BackwardStep, edge: Edge, formula: str, random: Random) -> Asked | None:
    wrong = _distinct_wrong(setting, step, edge, formula)
    if len(wrong) < FEWEST_WRONG:
        return None
    return _local(setting, edge, formula, random.sample(wrong, min(MOST_WRONG, len(wrong))), random)


def _local(setting: Setting, edge: Edge, formula: str, wrong: Sequence[Wrong], random: Random) -> Asked:
    rows = random.sample([(formula, ""), *wrong], len(wrong) + 1)
    choices, node = [text for text, _ in rows], edge.node
    asked_for = f"∂{node.name}/∂{edge.input}"
    return Asked(
        f"local/{node.name}-{edge.input}",
        "local",
        Wants.LETTER,
        node.name,
        f"{node.name} = {node.formula}. What is the local gradient {asked_for}?",
        LETTERS[choices.index(formula)],
        judge_choice(choices, choices.index(formula), [say for _, say in rows]),
        choices=choices,
        given=[sizes_text(setting)] if divides_by_size(edge.named_local) else [],
        hint=f"Take all but {edge.input} as fixed numbers, and differentiate.",
        worked=f"{asked_for} = {formula}.",
    )


def _distinct_wrong(setting: Setting, step: BackwardStep, edge: Edge, formula: str) -> list[Wrong]:
    """Return wrong formulas whose values differ from the right one's, and from each other's, on all runs."""
    runs = (setting, *setting.others)
    right = _on(runs, formula)
    if right is None:
        return []
    found, values = list[Wrong](), [right]
    for text, say in _wrong_formulas(step, edge, formula):
        value = _on(runs, text)
        if value is not None and all(_differ(value, other) for other in values):
            values.append(value)
            found.append((text, say))
    return found


def _on(runs: Sequence[Setting], formula: str) -> list[Array] | None:
    try:
        return [evaluate(formula, run.values, run.names) for run in runs]
    except SlipError:
        return None


def _differ(one: Sequence[Array], another: Sequence[Array]) -> bool:
    """Whether two formulas have other values on every run; a mere difference in shape makes none."""
    return all(_is_other(a, b) for a, b in zip(one, another, strict=True))


def _is_other(one: Array, another: Array) -> bool:
    if one.size == another.size:
        return not equal(one.ravel(), another.ravel(), SHOWS)
    try:
        a, b = np.broadcast_arrays(one, another)
    except ValueError:
        return True
    return not equal(a, b, SHOWS)


def _wrong_formulas(step: BackwardStep, edge: Edge, formula: str) -> Iterator[Wrong]:
    """Yield what people write in place of a slope: a turned sign, a power or factor off, another operand."""
    node, own, grouped = step.node, edge.input, _grouped(formula)
    turned = formula.removeprefix("-") if formula.startswith("-") else f"-{grouped}"
    yield turned, f"The size is right, the sign is not: does {node.name} grow or shrink when {own} grows?"
    if own != formula:
        yield own, f"That is {own} itself; how fast {node.name} changes with it is another thing."
    for other in node.inputs:
        if other not in (formula, own) and other.isidentifier():
            yield (
                other,
                f"That would be so if {own} were multiplied by {other}. Hold {other} fixed, and move {own}.",
            )
    yield node.name, f"That is the value of {node.name}, and not its slope."
    yield "1", f"That would be so if {own} were only passed on, or something were added to it."
    for text, instead, say in _EDITS:
        if text in formula:
            yield _tidy(formula.replace(text, instead, 1)), say
    if not formula.startswith("1 / ") and formula != "1":
        yield f"1 / {grouped}", f"That is upside down: is {own} divided here, or multiplied?"
    if not re.search(r"[A-Za-z_]", formula):
        return  # nobody doubles a plain number, or multiplies by one
    yield (
        f"2 * {grouped}",
        f"There is a 2 too many: nothing is squared here that would bring it. Move {own} only.",
    )
    yield f"{own} * {grouped}", f"There is one {own} too many: a slope is what {own} is multiplied by."


_EDITS = (
    ("**2", "", "The power is off by one."),
    ("**2", "**3", "The power is off by one."),
    ("2 * ", "", "The factor 2 is missing: it comes down from the power."),
    ("1 / ", "", "That is upside down."),
)


def _tidy(formula: str) -> str:
    """Take away brackets around a single word, and those around everything."""
    formula = re.sub(r"(?<![\w.])\((\w+)\)", r"\1", formula)
    whole = re.fullmatch(r"\(([^()]*)\)", formula)
    return whole[1] if whole else formula


def _grouped(formula: str) -> str:
    return formula if re.fullmatch(r"\w+|\w+\([^()]*\)", formula) else f"({formula})"
