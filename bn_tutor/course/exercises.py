"""Proves a lesson's mistakes and questions: each mistake shows, each question takes its key and no other."""

from collections.abc import Iterator, Mapping
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Lesson, Line, Mistake, Question
from bn_tutor.course.mistakes import Outcome, outcome
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Findings, SlipError, did_you_mean
from bn_tutor.course.question_kinds import accepts
from bn_tutor.course.quotes import quote_problems
from bn_tutor.engine.gradients import Array

Values = Mapping[str, Array]
Names = Mapping[str, Any]


def check_mistakes(lesson: Lesson, given: Values, names: Names, findings: Findings) -> None:
    """Find mistakes that change nothing, and pairs of which nobody could tell which one was made.

    ``given`` holds the inputs and the outputs' upstream gradients, as ``mistakes.outcome`` takes them. From
    these alone the lesson's own lines must come to something: none may use what no line above it makes.
    """
    right = outcome(lesson, given, names)
    if right.slip is not None and right.line is not None:
        # All else that cannot be computed comes of a line that is wrong, and is reported there.
        known = any(problem.line == right.line.line for problem in findings.problems)
        if right.slip.code is Code.UNKNOWN_NAME and not known:
            findings.add_slip(right.line.line, right.line.column, right.slip)
        return
    seen: list[tuple[Mistake, Outcome]] = []
    for mistake in lesson.mistakes:
        if findings.full or not _is_of_lines(mistake, lesson, findings):
            continue
        wrong = outcome(lesson, given, names, mistake)
        if slip := _slip_of_change(wrong, mistake):
            findings.add_slip(*slip)
        elif wrong.equals(right):
            message = f"the mistake {mistake.id} changes no output and no gradient on this data"
            findings.add(*_place(mistake), Code.HIDDEN_MISTAKE, message)
        elif twin := next((other for other, each in seen if each.equals(wrong)), None):
            message = f"the mistake {mistake.id} has the same outcome as {twin.id}"
            findings.add(*_place(mistake), Code.SAME_MISTAKE, message)
        seen.append((mistake, wrong))


def _place(mistake: Mistake) -> tuple[int, int]:
    return mistake.changes[0].line, mistake.changes[0].name_column


def _is_of_lines(mistake: Mistake, lesson: Lesson, findings: Findings) -> bool:
    """Whether there is a line for each change; what is not there is reported."""
    known = [line.name for line in (*lesson.graph, *lesson.backward)]
    unknown = [line for line in mistake.changes if line.name not in known]
    for line in unknown:
        message = f"no line of graph or backward defines {line.name}"
        hint = did_you_mean(line.name, known)
        findings.add(line.line, line.name_column, Code.UNKNOWN_CHANGE, message, hint)
    return not unknown


def _slip_of_change(wrong: Outcome, mistake: Mistake) -> tuple[int, int, SlipError] | None:
    """Return the slip if a change itself is no formula; that a later line fails is what mistakes do."""
    for line in mistake.changes:
        if wrong.slip is not None and wrong.line is not None and wrong.line.name == line.name:
            return line.line, line.column, wrong.slip
    return None


def check_questions(lesson: Lesson, values: Values, names: Names, findings: Findings) -> None:
    """Find keys that are not accepted, wrong answers that are, and quotes without a value."""
    for question in lesson.questions:
        if findings.full:
            return
        for line, code, message in _misjudged(question, values, names, findings):
            findings.add(line.line, line.column, code, message)
        _check_quotes(question, values, names, findings)


def _misjudged(
    question: Question, values: Values, names: Names, findings: Findings
) -> Iterator[tuple[Line, Code, str]]:
    if question.equals and not _is_formula(question.equals, values, names, findings):
        return
    accepted = _accepts(question, question.key, values, names, findings)
    if accepted is None and not question.equals:
        return  # there is nothing to judge the other answers by
    if accepted is False:
        yield question.key, Code.REJECTED_KEY, f"the key of {question.id} does not equal {_wanted(question)}"
    texts = [question.key.text]
    for line in question.wrong:
        if line.text in texts:
            yield line, Code.ACCEPTED_OPTION, f"this wrong answer of {question.id} stands there already"
        elif _accepts(question, line, values, names, findings):
            yield line, Code.ACCEPTED_OPTION, f"this wrong answer of {question.id} is right"
        texts.append(line.text)


def _wanted(question: Question) -> str:
    return question.equals.text if question.equals else question.key.text


def _is_formula(line: Line, values: Values, names: Names, findings: Findings) -> bool:
    try:
        evaluate(line.text, values, names)
    except SlipError as slip:
        findings.add_slip(line.line, line.column, slip)
        return False
    return True


def _accepts(
    question: Question, answer: Line, values: Values, names: Names, findings: Findings
) -> bool | None:
    """Return the judge's word on an answer; None, and a problem, where there is none."""
    try:
        return accepts(question, answer.text, values, names)
    except SlipError as slip:
        findings.add_slip(answer.line, answer.column, slip)
        return None


def _check_quotes(question: Question, values: Values, names: Names, findings: Findings) -> None:
    for text in (question.ask, question.why, question.hint):
        for _, slip in quote_problems(text, values, names):
            message = f"in the question {one_line(question.id, 40)}: {slip.message}"
            findings.add(question.line, 1, Code.WRONG_QUOTE, message, slip.hint)
