"""What a lesson's own mistakes make of every gradient: lines computed anew as far as a wrong line reaches.

``mistakes.outcome`` computes all lines; here most are known already.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.lesson import Lesson, Mistake
from bn_tutor.course.mistakes import changed
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.engine.gradients import Array


@dataclass(frozen=True, eq=False)
class OwnMistake:
    """One of a lesson's mistakes, on one run.

    ``right`` holds the run's right values and gradients by name, ``names`` sizes and constants.
    """

    lesson: Lesson
    mistake: Mistake
    right: Mapping[str, Array]
    names: Mapping[str, Any]

    @property
    def is_backward(self) -> bool:
        """Whether nothing is changed on the way forward."""
        names = {line.name for line in self.lesson.graph}
        return not any(line.name in names for line in self.mistake.changes)

    @cached_property
    def values(self) -> Mapping[str, Array | None]:
        """What is changed, by name; None for what can no longer be computed."""
        return self.values_given(())

    def values_given(self, given: Collection[str]) -> Mapping[str, Array | None]:
        """Return what is changed where the names that are given stay right all the same."""
        wrong = {line.name for line in self.mistake.changes}
        found: dict[str, Array | None] = {}
        known = dict(self.right)
        lines = (*changed(self.lesson.graph, self.mistake), *changed(self.lesson.backward, self.mistake))
        for line in lines:
            used = names_in(line.text)
            touched = line.name in wrong or not used.isdisjoint(found)
            # A line may also make a helper, which is no gradient and so is not among what is known.
            if line.name in given or (line.name in known and not touched):
                continue
            fits = all(found.get(name, 0) is not None for name in used)
            value = self._computed(line.text, known) if fits else None
            if touched:
                found[line.name] = value
            if value is not None:
                known[line.name] = value
        return found

    def _computed(self, text: str, known: Mapping[str, Array]) -> Array | None:
        try:
            return evaluate(text, known, self.names)
        except SlipError:
            return None
