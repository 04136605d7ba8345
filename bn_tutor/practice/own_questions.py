"""The questions that a lesson brings itself; keys and judges come from ``course.question_kinds``."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Question
from bn_tutor.course.numbers import number, shape_text
from bn_tutor.course.problem import SlipError
from bn_tutor.course.question_kinds import accepts
from bn_tutor.course.quotes import fill
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, judge_choice
from bn_tutor.practice.gradient_questions import judge_formula, read_shape
from bn_tutor.practice.numbers_asked import judge_number
from bn_tutor.practice.setting import Setting

PRECISION = 3


def own_questions(setting: Setting, random: Random) -> Iterator[Draft]:
    """Yield the lesson's own questions on this run's data."""
    makers: dict[str, Callable[[Setting, Question, Random], Asked]] = {
        "choice": _choice,
        "number": _number,
        "shape": _shape,
        "formula": _formula,
    }
    for question in setting.lesson.questions:
        make = partial(makers[question.kind], setting, question, random)
        yield Draft(f"own/{question.id}", make)


def _filled(setting: Setting, text: str) -> str:
    return fill(text, setting.values, setting.names, PRECISION)


def _asked(
    setting: Setting, question: Question, key: str, judge: Callable[[str], Verdict], **more: object
) -> Asked:
    return Asked(
        f"own/{question.id}",
        question.kind,
        question.node,
        _filled(setting, question.ask),
        key,
        judge,
        hint=_filled(setting, question.hint),
        worked=_filled(setting, question.why),
        **more,  # type: ignore[arg-type]
    )


def _choice(setting: Setting, question: Question, random: Random) -> Asked:
    texts = [question.key.text, *(line.text for line in question.wrong)]
    order = random.sample(range(len(texts)), len(texts))
    choices = [texts[at] for at in order]
    right = order.index(0)
    return _asked(setting, question, LETTERS[right], judge_choice(choices, right), choices=choices)


def _number(setting: Setting, question: Question, random: Random) -> Asked:
    value = float(evaluate(question.key.text, setting.values, setting.names))
    return _asked(setting, question, number(value, PRECISION), judge_number(value, []))


def _shape(setting: Setting, question: Question, random: Random) -> Asked:
    right = evaluate(question.key.text, setting.values, setting.names).shape

    def judge(answer: str) -> Verdict:
        given = read_shape(answer)
        if given is None:
            return Verdict(None, "Write a shape as Python does: (7, 5), or (7,), or () for one number.")
        return Verdict(given == right, "Right." if given == right else "Not that shape.")

    return _asked(setting, question, shape_text(right), judge)


def _formula(setting: Setting, question: Question, random: Random) -> Asked:
    wanted = question.equals or question.key
    if wanted.text in setting.values and wanted.text.startswith("d"):
        name = wanted.text
        allowed = [each for each in setting.values if not each.startswith(name)]
        judge = judge_formula(setting, name, allowed)
        return _asked(setting, question, question.key.text, judge)

    def by_value(answer: str) -> Verdict:
        try:
            right = all(
                accepts(question, answer, run.values, run.names) for run in (setting, *setting.others)
            )
        except SlipError as slip:
            return Verdict(None, f"{slip.message}, at column {slip.column + 1}.")
        return Verdict(right, "Right, also with other numbers." if right else "That has another value.")

    return _asked(setting, question, question.key.text, by_value)
