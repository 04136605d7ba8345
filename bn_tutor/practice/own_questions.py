"""The questions that a lesson brings itself; keys and judges come from ``course.question_kinds``."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Question
from bn_tutor.course.numbers import number, shape_text
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.course.quotes import fill
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, judge_choice
from bn_tutor.practice.edges import ancestors, edges, equal, sizes_text
from bn_tutor.practice.formula_questions import about_names, by_shape, judge_formula, told, usable, value_of
from bn_tutor.practice.numbers_asked import judge_number
from bn_tutor.practice.setting import Setting
from bn_tutor.practice.shape_questions import HOW_TO, read_shape

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
    name = question.key.text if question.key.text.isidentifier() else "it"
    return _asked(setting, question, number(value, PRECISION), judge_number(name, value, []))


def _shape(setting: Setting, question: Question, random: Random) -> Asked:
    right = evaluate(question.key.text, setting.values, setting.names).shape

    def judge(answer: str) -> Verdict:
        given = read_shape(answer)
        if given is None:
            return Verdict(None, HOW_TO)
        if given == right:
            return Verdict(True, "Right.")
        return Verdict(False, "Not that shape: a gradient has the shape of what it belongs to.")

    given = [sizes_text(setting)] if setting.names else []
    return _asked(setting, question, shape_text(right), judge, given=given)


def _formula(setting: Setting, question: Question, random: Random) -> Asked:
    wanted = question.equals or question.key
    key, name = question.key.text, wanted.text
    is_gradient = name in setting.values and name not in setting.recording.values
    if is_gradient:
        allowed = usable(setting, name, _before(setting, name[1:]))
        judge = judge_formula(setting, name, allowed)
    else:
        allowed = [each for each in setting.values if each in names_in(key)]
        judge = partial(_by_value, setting, question, allowed)
    near = [each for each in allowed if each in names_in(key)]
    return _asked(setting, question, key, judge, given=about_names(setting, near, near))


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
        values = [value_of(answer, run, "it", allowed) for run in runs]
    except SlipError as slip:
        return Verdict(None, told(slip, answer, setting))
    right = [evaluate(wanted, run.values, run.names) for run in runs]
    if all(map(equal, values, right)):
        return Verdict(True, "Right, also with other numbers.")
    return Verdict(False, by_shape(values[0], right[0], "it"))
