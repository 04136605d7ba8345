"""What a check comes to: the verdict on a file, on its functions, and on each of their results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bn_tutor.checker.trial import Aspect
from bn_tutor.course.problem import Problem
from bn_tutor.engine.gradients import Array


class Verdict(StrEnum):
    """What is said of a file, a function or a result."""

    RIGHT = "right"
    WRONG = "wrong"
    ERROR = "error"


class Tier(StrEnum):
    """How sure it is that a line is the wrong one."""

    PROVED = "proved"
    LIKELY = "likely"
    SUSPECT = "suspect"


@dataclass(frozen=True, eq=False)
class Result:
    """One result: the largest difference relative to the largest right entry, and what is wrong, in words.

    ``error`` is None where there is nothing to compare. ``given`` is None where it is no array of numbers.
    """

    name: str
    verdict: Verdict
    error: float | None
    say: str
    right: Array
    given: Array | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Crash:
    """What a function raised, and where; line 0 where it is not known."""

    line: int
    type: str
    message: str
    say: str


@dataclass(frozen=True, eq=False)
class Looked:
    """What one trial came to. ``order`` is how the results were returned, where it is a wrong order."""

    function: str
    aspect: Aspect
    data: str
    results: Sequence[Result]
    crash: Crash | None = None
    notes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict on all results together."""
        if self.crash:
            return Verdict.ERROR
        return Verdict.RIGHT if all(each.verdict is Verdict.RIGHT for each in self.results) else Verdict.WRONG


@dataclass(frozen=True)
class Mistake:
    """A mistake with a name, and an explanation in the terms of the learner's line."""

    id: str
    title: str
    explanation: str


@dataclass(frozen=True, eq=False)
class Accused:
    """A line that is wrong, or seems so.

    ``value`` is what the line makes and ``right`` what it should make, of the quantity ``stands_for``;
    ``fix`` is the line as it should be, where that is known; ``hint`` says where to look and no more.
    """

    line: int
    code: str
    tier: Tier
    hint: str
    mistake: Mistake | None = None
    stands_for: str = ""
    # What the learner calls the value.
    name: str = ""
    value: Array | None = None
    right: Array | None = None
    fix: str = ""
    other_lines: tuple[int, ...] = ()
    walk: str = ""


@dataclass(frozen=True, eq=False)
class FunctionReport:
    """What a function came to."""

    name: str
    line: int
    looked: Sequence[Looked]
    accused: Sequence[Accused] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Error where it could not be run, wrong where something differs, else right."""
        found = {each.verdict for each in self.looked}
        if Verdict.ERROR in found or not found:
            return Verdict.ERROR
        return Verdict.WRONG if Verdict.WRONG in found else Verdict.RIGHT

    @property
    def results(self) -> Mapping[str, Result]:
        """The results by name: a wrong one as on the first batch that shows it, a right one at its worst."""
        found: dict[str, Result] = {}
        for looked in self.looked:
            for result in looked.results:
                name = f"{result.name} ({looked.aspect})" if looked.aspect is Aspect.TEST else result.name
                before = found.get(name)
                if before is None or (
                    before.verdict is Verdict.RIGHT and _badness(result) > _badness(before)
                ):
                    found[name] = result
        return found

    @property
    def first_crash(self) -> Crash | None:
        """What the function raised first."""
        return next((each.crash for each in self.looked if each.crash), None)


def _badness(result: Result) -> tuple[bool, float]:
    return result.verdict is not Verdict.RIGHT, float("inf") if result.error is None else result.error


@dataclass(frozen=True, eq=False)
class FileReport:
    """What a file came to. ``problems`` says why it could not be checked, or not in part."""

    path: str
    functions: Sequence[FunctionReport] = ()
    problems: Sequence[Problem] = ()
    printed: str = ""
    lines: Sequence[str] = ()

    @property
    def verdict(self) -> Verdict:
        """Right where all functions are; an error where none could be checked."""
        found = [each.verdict for each in self.functions]
        if not found or (self.problems and all(each is Verdict.RIGHT for each in found)):
            return Verdict.ERROR
        for worst in (Verdict.WRONG, Verdict.ERROR):
            if worst in found:
                return worst
        return Verdict.RIGHT
