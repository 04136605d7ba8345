"""What a lesson's mistakes lead to: the lesson's own lines, computed anew with the wrong ones put in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Lesson, Line, Mistake
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.closeness import equal
from bn_tutor.engine.gradients import Array


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a lesson's lines come to: outputs and gradients by name.

    Where a line could not be computed, as shapes no longer fit, ``slip`` says why and ``line`` which it was.
    """

    values: Mapping[str, Array]
    line: Line | None = None
    slip: SlipError | None = None

    def equals(self, other: "Outcome") -> bool:
        """Whether the two cannot be told apart: the same names, shapes and values; or the same failure."""
        if (self.line, self.slip) != (other.line, other.slip) or self.values.keys() != other.values.keys():
            return False
        pairs = ((value, other.values[name]) for name, value in self.values.items())
        return all(equal(one, another) for one, another in pairs)


def outcome(
    lesson: Lesson, given: Mapping[str, Array], names: Mapping[str, Any], mistake: Mistake | None = None
) -> Outcome:
    """Compute ``graph`` and ``backward`` line by line, with the mistake's lines in place of the right ones.

    ``given`` holds the inputs, and each output's upstream gradient (see ``evaluation.own_upstream``);
    ``names`` sizes and constants. What counts are the outputs and the gradients of the inputs.
    """
    values = dict(given)
    graph, backward = changed(lesson.graph, mistake), changed(lesson.backward, mistake)
    wanted = {*lesson.outputs, *(f"d{row.name}" for row in lesson.inputs)}
    for line in (*graph, *backward):
        try:
            values[line.name] = evaluate(line.text, values, names)
        except SlipError as slip:
            return Outcome({}, line, slip)
    return Outcome({name: values[name] for name in wanted if name in values})


def changed(lines: tuple[Line, ...], mistake: Mistake | None) -> tuple[Line, ...]:
    """Return the lines with those of the mistake in place of the ones of the same names."""
    wrong = {line.name: line for line in mistake.changes} if mistake else {}
    return tuple(replace(line, text=wrong[line.name].text) if line.name in wrong else line for line in lines)
