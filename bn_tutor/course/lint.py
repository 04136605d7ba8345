"""Proves a lesson file: its form, its graphs, its claims on several data, its surroundings; all at once."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from bn_tutor.course.building import build_graph
from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError
from bn_tutor.course.problem import MOST_PROBLEMS, Problem
from bn_tutor.course.reader import read_whole
from bn_tutor.course.surroundings import check_surroundings
from bn_tutor.course.variants import changed_choices, variants
from bn_tutor.course.verifying import verify
from bn_tutor.engine.graph import Graph

# What is proven is small: a lesson with more numbers than this at its own sizes teaches nobody.
MOST_PROVEN = 1_000_000
_Sizes = Mapping[str, int]


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
    found = {_key(problem): problem for problem in problems}
    for problem in (*_of_graphs(lesson), *check_surroundings(lesson, path)):
        found.setdefault(_key(problem), problem)
    if not any(problem.code in _UNBUILT for problem in found.values()):
        for trial in _trials(lesson):
            for problem in _verified(trial):
                said = replace(problem, message=f"{problem.message}{trial.said}")
                found.setdefault(_key(problem), said)
    return _sorted(tuple(found.values())[: MOST_PROBLEMS + 1])


# With one of these there is no graph to compute.
_UNBUILT = frozenset(
    {
        Code.NO_GRAPH,
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


def _key(problem: Problem) -> tuple[int, int, Code | None]:
    return problem.line, problem.column, problem.code


def _sorted(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """By place; what has none comes last."""
    return tuple(sorted(problems, key=lambda each: (each.line or 10**9, each.column)))


def _of_graphs(lesson: Lesson) -> Iterator[Problem]:
    """Yield what is wrong with the graph of each variant, and with one too large to be proven."""
    for variant in variants(lesson):
        graph = build_graph(variant, lesson.sizes)
        if not isinstance(graph, Graph):
            said = _choices(variant)
            yield from (replace(each, message=f"{each.message}{said}") for each in graph)
        elif (count := sum(prod(node.shape) for node in graph.nodes)) > MOST_PROVEN:
            message = f"the graph has {count:,} numbers at the lesson's own sizes; {MOST_PROVEN:,} are proven"
            yield Problem(lesson.path, 1, 1, message, "choose smaller sizes", Code.TOO_LARGE)


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
    """Return other sizes that the graph takes: all one larger, all doubled, or as many as possible larger."""
    candidates = [
        {name: size + 1 for name, size in lesson.sizes.items()},
        {name: 2 * size for name, size in lesson.sizes.items()},
    ]
    for sizes in candidates:
        if _fits(lesson, sizes):
            return sizes
    found: dict[str, int] = {}
    for name, size in lesson.sizes.items():
        for other in (size + 1, 2 * size):
            if name not in found and _fits(lesson, {**lesson.sizes, **found, name: other}):
                found[name] = other
    return found


def _fits(lesson: Lesson, sizes: _Sizes) -> bool:
    graph = build_graph(lesson, sizes)
    return isinstance(graph, Graph) and sum(prod(node.shape) for node in graph.nodes) <= 4 * MOST_PROVEN


def _verified(trial: Trial) -> tuple[Problem, ...]:
    with suppress(LessonError):  # sizes that fit the graph may still not fit the inputs
        return verify(trial.variant, sizes=trial.sizes, seed=trial.seed)
    return ()
