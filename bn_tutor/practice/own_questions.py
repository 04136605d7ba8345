"""The questions that a lesson brings itself, with all that is needed to answer them on this run's data."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Question
from bn_tutor.course.numbers import number, read_shape, shape_text
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.course.question_kinds import NUMBER_TOLERANCE
from bn_tutor.course.quotes import fill
from bn_tutor.engine.closeness import equal
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, Wants, judge_choice
from bn_tutor.practice.edges import ancestors, came_about, edges, forward_lines, on_the_way, shape_list
from bn_tutor.practice.formula_questions import (
    about_names,
    by_shape,
    is_gradient,
    judge_formula,
    judged,
    told,
    usable,
    value_of,
)
from bn_tutor.practice.numbers_asked import DECIMALS, judge_number
from bn_tutor.practice.own_data import Needed, given_for_choice, needed_for
from bn_tutor.practice.own_hints import hint_of
from bn_tutor.practice.setting import Setting
from bn_tutor.practice.shape_questions import HOW_TO

HOW_EXACTLY = f"To three decimals; what is within {NUMBER_TOLERANCE:.0%} is right."
UNKNOWN = "Not that, and no known mistake gives it."
WRONG_COUNT = "Not that many. Which axes are counted, and how long is each?"
# A count is not rounded.
EXACT = 1e-6
_WANTS = {"choice": Wants.LETTER, "number": Wants.NUMBER, "shape": Wants.SHAPE, "formula": Wants.NUMPY}


def own_questions(setting: Setting, random: Random) -> Iterator[Draft]:
    """Yield the lesson's own questions on this run's data."""
    makers: dict[str, Callable[[Setting, Question, Random], Asked | None]] = {
        "choice": _choice,
        "number": _number,
        "shape": _shape,
        "formula": _formula,
    }
    for question in setting.lesson.questions:
        make = partial(makers[question.kind], setting, question, random)
        yield Draft(f"own/{question.id}", make)


def _filled(setting: Setting, text: str) -> str:
    return fill(text, setting.values, setting.names, DECIMALS)


def _asked(
    setting: Setting, question: Question, key: str, judge: Callable[[str], Verdict], **more: object
) -> Asked:
    return Asked(
        f"own/{question.id}",
        "own",
        _WANTS[question.kind],
        question.node,
        key=key,
        judge=judge,
        hint=_hint(setting, question),
        worked=_filled(setting, question.why),
        **{"text": _filled(setting, question.ask), **more},  # type: ignore[arg-type]
    )


def _hint(setting: Setting, question: Question) -> str:
    return _filled(setting, question.hint) or hint_of(setting, question)


# --- choices --------------------------------------------------------------------------------------------


def _choice(setting: Setting, question: Question, random: Random) -> Asked:
    texts = [question.key.text, *(line.text for line in question.wrong)]
    order = random.sample(range(len(texts)), len(texts))
    choices = [texts[at] for at in order]
    right = order.index(0)
    reasons = [_reason(setting, question, text) for text in choices]
    return _asked(
        setting,
        question,
        LETTERS[right],
        judge_choice(choices, right, reasons),
        choices=choices,
        given=given_for_choice(setting, question),
    )


def _reason(setting: Setting, question: Question, text: str) -> str:
    """Return what is known of a wrong choice: of a formula what its value tells, else the hint."""
    hint = f"Not that one. {_hint(setting, question)}".strip()
    wanted = question.equals.text if question.equals else ""
    if not wanted:
        return hint
    try:
        values = [evaluate(text, run.values, run.names) for run in (setting, *setting.others)]
        right = evaluate(wanted, setting.values, setting.names)
    except SlipError as slip:
        return f"That cannot be computed: {slip.message}."
    if is_gradient(setting, wanted):
        return judged(setting, wanted, values, ()).say
    return by_shape(values[0], right, wanted) if values[0].shape != right.shape else hint


# --- numbers --------------------------------------------------------------------------------------------


def _number(setting: Setting, question: Question, random: Random) -> Asked | None:
    needed = needed_for(setting, question)
    value = float(evaluate(question.key.text, setting.values, setting.names))
    if needed is None or not np.isfinite(value):
        return None
    is_count = needed.is_count and value == int(value)
    allowed = EXACT if is_count else 0.0
    key = str(int(value)) if is_count else number(value, DECIMALS)
    unknown = WRONG_COUNT if is_count else UNKNOWN
    judge = judge_number(
        "what is asked for", value, needed.wrong, needed.others, allowed=allowed, unknown=unknown, key=key
    )
    return _asked(
        setting,
        question,
        key,
        judge,
        text=f"{_filled(setting, question.ask)}{_how_exactly(needed, question.ask)}",
        given=needed.given,
        data=needed.data,
    )


def _how_exactly(needed: Needed, ask: str) -> str:
    """Return how exactly a number is wanted; of one that follows from sizes, not whether it is whole."""
    if needed.is_count:
        return "" if ask.startswith("How many") else " To three decimals, if it is no whole number."
    return f" {HOW_EXACTLY}"


# --- shapes ---------------------------------------------------------------------------------------------


def _shape(setting: Setting, question: Question, random: Random) -> Asked:
    right = evaluate(question.key.text, setting.values, setting.names).shape

    def judge(answer: str) -> Verdict:
        given = read_shape(answer, setting.sizes)
        if given is None:
            return Verdict(None, HOW_TO)
        if given == right:
            return Verdict(True, "Right.")
        return Verdict(False, f"Not that shape. {_hint(setting, question)}")

    return _asked(setting, question, shape_text(right), judge, given=_about_shape(setting, question))


def _about_shape(setting: Setting, question: Question) -> list[str]:
    """Return the lines by which the asked value, or what its gradient belongs to, came about."""
    name = question.key.text
    if is_gradient(setting, name):
        through = [step.node.name for step, edge in edges(setting) if edge.input == name[1:]]
        return came_about(setting, name[1:], *through[:1])
    if name in setting.recording.values:
        return came_about(setting, name)
    return [shape_list(setting, [each for each in setting.values if each in names_in(name)])]


# --- formulas -------------------------------------------------------------------------------------------


def _formula(setting: Setting, question: Question, random: Random) -> Asked:
    wanted = question.equals or question.key
    key, name = question.key.text, wanted.text
    if is_gradient(setting, name):
        allowed = usable(setting, name, _before(setting, name[1:]))
        judge = judge_formula(setting, name, allowed)
    else:
        allowed = [each for each in setting.values if each in names_in(key)]
        judge = partial(_by_value, setting, question, allowed)
    near = [each for each in allowed if each in names_in(key)]
    given = [*_about_formula(setting, question, near), *about_names(setting, near, near)]
    return _asked(setting, question, key, judge, given=given)


def _about_formula(setting: Setting, question: Question, near: Sequence[str]) -> list[str]:
    """Return the forward lines on the way of a gradient, or those of the values that a formula speaks of."""
    wanted = question.equals or question.key
    if is_gradient(setting, wanted.text):
        return forward_lines(setting, on_the_way(setting, wanted.text[1:], near))
    return forward_lines(setting, names_in(wanted.text) | names_in(question.key.text))


def _before(setting: Setting, name: str) -> list[str]:
    """Return the gradients that do not depend on the gradient of ``name``: none of what it was made from."""
    after = ancestors(setting.recording.graph, name)
    found = dict.fromkeys(step.node.name for step in setting.steps)
    found |= dict.fromkeys(edge.input for _, edge in edges(setting))
    return [f"d{each}" for each in found if each not in after and f"d{each}" in setting.values]


def _by_value(setting: Setting, question: Question, allowed: Sequence[str], answer: str) -> Verdict:
    runs = (setting, *setting.others)
    wanted = (question.equals or question.key).text
    try:
        values = [value_of(answer, run, allowed) for run in runs]
    except SlipError as slip:
        return Verdict(None, told(slip, answer, setting))
    right = [evaluate(wanted, run.values, run.names) for run in runs]
    if all(map(equal, values, right)):
        return Verdict(True, "Right, also with other numbers.")
    return Verdict(False, by_shape(values[0], right[0], "it"))
