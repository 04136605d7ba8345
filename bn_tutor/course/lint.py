"""Proves a lesson file: its form, its graphs, its claims on several data, its surroundings; all at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from math import prod
from pathlib import Path

from bn_tutor.course.building import build_graph
from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Lesson, Line
from bn_tutor.course.loading import LessonError
from bn_tutor.course.problem import MOST_PROBLEMS, Problem
from bn_tutor.course.reader import read_whole
from bn_tutor.course.surroundings import check_surroundings
from bn_tutor.course.variants import MOST_VARIANTS, changed_choices, variants
from bn_tutor.course.verifying import verify
from bn_tutor.engine.graph import Graph

# What is proven is small: a lesson with more numbers than this at its own sizes teaches nobody.
MOST_PROVEN = 1_000_000
# And so is one with more formulas to work out, in all its variants together; a long one counts for several.
MOST_FORMULAS = 10_000
LONG_FORMULA = 12
MOST_SIZES_TRIED = 12
_Sizes = Mapping[str, int]
_Key = tuple[int, int, Code | None]


@dataclass(frozen=True)
class Trial:
    """One run that a lesson is proven on; ``said`` tells it apart from the plain one in messages."""

    variant: Lesson
    sizes: _Sizes
    seed: int
    said: str = ""


def lint(path: Path, shown: str = "") -> tuple[Problem, ...]:
    """Return everything that is wrong with a lesson file, by line; nothing for one that is proven right.

    ``shown`` is the file's name in problems. A lesson is proven in every combination of its switches'
    choices, with two seeds, and with other sizes where its graph takes them: what holds for one batch by
    chance does not hold for three.
    """
    lesson, problems = read_whole(path, shown)
    if lesson is None:
        return _sorted(problems)
    known = {_key(problem) for problem in problems}
    found: dict[_Key, Problem] = {}
    for problem in (*_of_whole(lesson), *_of_graphs(lesson), *check_surroundings(lesson, path)):
        found.setdefault(_key(problem), problem)
    if not any(problem.code in _UNBUILT for problem in (*problems, *found.values())):
        for trial in _trials(lesson):
            for problem in _verified(trial):
                said = replace(problem, message=f"{problem.message}{trial.said}")
                found.setdefault(_key(problem), said)
    return _sorted((*problems, *(problem for key, problem in found.items() if key not in known)))


# With one of these there is no graph to compute, or a line of it or of the answer is missing.
_UNBUILT = frozenset(
    {
        Code.NO_GRAPH,
        Code.NOT_A_LINE,
        Code.NOT_A_FORMULA,
        Code.NOT_IN_LANGUAGE,
        Code.UNKNOWN_NAME,
        Code.UNKNOWN_OPERATION,
        Code.WRONG_ARGUMENT,
        Code.WRONG_NUMBER,
        Code.COMPUTES_NOTHING,
        Code.SHAPES_DISAGREE,
        Code.TOO_LARGE,
        Code.UNKNOWN_OUTPUT,
        Code.NAME_TAKEN,
    }
)


def _of_whole(lesson: Lesson) -> Iterator[Problem]:
    yield from _too_long(lesson)
    yield from _too_many_variants(lesson)
    if not (lesson.everything or lesson).backward:
        message, hint = "there is no backward block", "without one nothing of the way back is proven"
        yield Problem(lesson.path, 1, 1, message, hint, Code.NO_BACKWARD)


def _key(problem: Problem) -> _Key:
    """What different runs find here is one slip, whatever the numbers in the message."""
    return problem.line, problem.column, problem.code


def _sorted(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """By place, what has none last; after MOST_PROBLEMS only that there are more."""
    told = [problem for problem in problems if problem.code is not Code.AND_MORE]
    told.sort(key=lambda each: (each.line or 10**9, each.column))
    if len(told) == len(problems) <= MOST_PROBLEMS:
        return tuple(told)
    return *told[:MOST_PROBLEMS], Problem(problems[0].path, 0, 0, "and more", code=Code.AND_MORE)


def _of_graphs(lesson: Lesson) -> Iterator[Problem]:
    """Yield what is wrong with the graph of each variant, and with one too large to be proven."""
    for variant in variants(lesson):
        graph = build_graph(variant, lesson.sizes)
        if not isinstance(graph, Graph):
            said = _choices(variant)
            yield from (replace(each, message=f"{each.message}{said}") for each in graph)
        elif (count := sum(prod(node.shape) for node in graph.nodes)) > MOST_PROVEN:
            message = f"the graph has {count:,} numbers at the lesson's own sizes; {MOST_PROVEN:,} are proven"
            place = lesson.lines_of.get("sizes", (1, 1))
            yield Problem(lesson.path, *place, message, "choose smaller sizes", Code.TOO_LARGE)


def _too_long(lesson: Lesson) -> Iterator[Problem]:
    """Yield a problem for a lesson that makes more claims than can be proven while somebody waits."""
    whole = lesson.everything or lesson
    lines = _weight((*whole.graph, *whole.backward))
    chains = sum(_weight(derivation.lines) for derivation in whole.derivations)
    quotes = sum(line.text.count("{") for written in whole.written for line in written.quoting)
    answers = sum(_weight((question.key, *question.wrong)) for question in whole.questions)
    each = lines + _weight(whole.closed) + chains + quotes + answers
    count = each * sum(1 for _ in variants(lesson)) + len(whole.mistakes) * lines
    if count > MOST_FORMULAS:
        message = f"the lesson has {count:,} formulas, over all its variants; {MOST_FORMULAS:,} are proven"
        yield Problem(lesson.path, 1, 1, message, "make two lessons of it", Code.TOO_LARGE)


def _too_many_variants(lesson: Lesson) -> Iterator[Problem]:
    count = prod(len(switch.choices) for switch in lesson.switches)
    if count > MOST_VARIANTS:
        message = f"of {count:,} combinations of choices only the first {MOST_VARIANTS} are proven"
        place = lesson.lines_of.get("switches", (1, 1))
        yield Problem(lesson.path, *place, message, "drop a switch or a choice", Code.UNPROVEN_VARIANTS)


def _weight(lines: Iterable[Line]) -> int:
    return sum(1 + len(line.text) // LONG_FORMULA for line in lines)


def _trials(lesson: Lesson) -> Iterator[Trial]:
    seen: set[int] = set()
    for place, variant in enumerate(variants(lesson)):
        said = _choices(variant) if place else ""
        new = _with_new_exercises(variant, seen)
        seen |= {each.line for each in variant.mistakes} | {each.line for each in variant.questions}
        rest = _with_new_exercises(variant, seen)
        yield Trial(new, {}, 0, said)
        if not place:
            yield Trial(rest, {}, 1, " with other random numbers")
        if other := _other_sizes(variant):
            listed = ", ".join(f"{name} = {size}" for name, size in other.items())
            yield Trial(rest, other, 2, f"{said} with {listed}")


def _with_new_exercises(variant: Lesson, seen: set[int]) -> Lesson:
    """Return the variant with only such mistakes and wrong answers as were not judged before.

    They must show on the lesson's own data; for another choice, or other numbers, two may well look alike.
    A question's key has to be right in every run.
    """
    questions = (replace(each, wrong=()) if each.line in seen else each for each in variant.questions)
    mistakes = tuple(each for each in variant.mistakes if each.line not in seen)
    return replace(variant, mistakes=mistakes, questions=tuple(questions))


def _choices(variant: Lesson) -> str:
    """Say what tells the variant from the first one."""
    choices = changed_choices(variant)
    return f" when {choices}" if choices else ""


def _other_sizes(lesson: Lesson) -> _Sizes:
    """Return other sizes that the graph takes: all changed if that can be, and no two alike.

    Of two axes of one length, one could stand in for the other unnoticed.
    """
    larger = {name: size + 1 for name, size in lesson.sizes.items()}
    doubled = {name: 2 * size for name, size in lesson.sizes.items()}
    for sizes in (_apart(lesson.sizes), doubled):
        if len(set(sizes.values())) == len(sizes) and _fits(lesson, sizes):
            return sizes
    single = _one_by_one(lesson)
    if len(single) == len(lesson.sizes):
        return single
    return next((sizes for sizes in (larger, doubled) if _fits(lesson, sizes)), single)


def _apart(sizes: _Sizes) -> _Sizes:
    """Return larger sizes, no two alike; of very many, only the first ones are told apart."""
    found: dict[str, int] = {}
    for name, size in sizes.items():
        taken = set(found.values()) if len(found) < MOST_SIZES_TRIED else set()
        found[name] = next(other for other in count(size + 1) if other not in taken)
    return found


def _one_by_one(lesson: Lesson) -> _Sizes:
    """Return a larger size for each for which the graph takes one, no two alike."""
    found: dict[str, int] = {}
    for name, size in islice(lesson.sizes.items(), MOST_SIZES_TRIED):
        free = (other for other in count(size + 1) if other not in found.values())
        for other in (*islice(free, 3), 2 * size):
            if other not in found.values() and _fits(lesson, {**lesson.sizes, **found, name: other}):
                found[name] = other
                break
    return found


def _fits(lesson: Lesson, sizes: _Sizes) -> bool:
    graph = build_graph(lesson, sizes)
    return isinstance(graph, Graph) and sum(prod(node.shape) for node in graph.nodes) <= 4 * MOST_PROVEN


def _verified(trial: Trial) -> tuple[Problem, ...]:
    try:
        return verify(trial.variant, sizes=trial.sizes, seed=trial.seed)
    except LessonError as error:
        # Other sizes that fit the graph may still not fit the inputs; the lesson's own must.
        return () if trial.sizes else error.problems
