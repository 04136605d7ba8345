"""What a lesson's own mistakes make of every gradient: its lines computed anew as far as a wrong line reaches.

``mistakes.outcome`` computes all lines; here most are known already.
"""

from collections.abc import Collection, Mapping
from typing import Any

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Lesson, Mistake
from bn_tutor.course.mistakes import changed
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.gradients import Array


def is_backward(lesson: Lesson, mistake: Mistake) -> bool:
    """Whether a mistake changes nothing on the way forward."""
    names = {line.name for line in lesson.graph}
    return not any(line.name in names for line in mistake.changes)


def values_with(
    lesson: Lesson,
    mistake: Mistake,
    right: Mapping[str, Array],
    names: Mapping[str, Any],
    given: Collection[str] = (),
) -> dict[str, Array | None]:
    """Return what a mistake changes, by name; None for what can no longer be computed.

    ``right`` holds the right values and gradients by name, ``names`` sizes and constants. What is ``given``
    stays right.
    """
    wrong = {line.name for line in mistake.changes}
    found: dict[str, Array | None] = {}
    known = dict(right)
    for line in (*changed(lesson.graph, mistake), *changed(lesson.backward, mistake)):
        used = names_in(line.text)
        if line.name in given or (line.name in known and line.name not in wrong and used.isdisjoint(found)):
            continue
        value = _computed(line.text, known, names) if all(found.get(name, 0) is not None for name in used) else None
        if line.name in wrong or not used.isdisjoint(found):
            found[line.name] = value
        if value is not None:
            known[line.name] = value
    return found


def _computed(text: str, known: Mapping[str, Array], names: Mapping[str, Any]) -> Array | None:
    try:
        return evaluate(text, known, names)
    except SlipError:
        return None
