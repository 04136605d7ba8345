"""From a lesson to numbers: its inputs are made, its graph is built and run."""

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from bn_tutor.course.building import build_graph, shape_of_input
from bn_tutor.course.catalogue import find, not_found
from bn_tutor.course.draws import DRAWS, normal, source_of
from bn_tutor.course.front_matter import LARGEST_SIZE
from bn_tutor.course.lesson import InputRow, Lesson
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem, SlipError, did_you_mean
from bn_tutor.course.reader import read_lesson
from bn_tutor.course.variants import choose, resolved
from bn_tutor.engine import graph as engine
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Graph, GraphError, Recording
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.zoom import Level, zoom


class LessonError(ValueError):
    """A lesson that cannot be used; ``problems`` says where and why, all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(lesson: str | PathLike[str], choices: Mapping[str, str] | None = None) -> Lesson:
    """Return a lesson by its name, such as "batchnorm", or by the path of its Markdown file.

    ``choices`` sets switches, each by the label of a choice. Raises LessonError with every problem of the
    file, of its form and of its formulas.
    """
    name = str(lesson)
    path = find(name if isinstance(lesson, str) else str(Path(name)))
    if path is None:
        raise LessonError((Problem(one_line(name), 0, 0, not_found(name)),))
    found = read_lesson(path, name if name.endswith(".md") else "")
    if not isinstance(found, Lesson):
        raise LessonError(found)
    return with_choices(found, choices or {})


def with_choices(lesson: Lesson, choices: Mapping[str, str]) -> Lesson:
    """Return the lesson's variant for these choices. Raises LessonError where there is no such variant."""
    try:
        chosen = choose(lesson, choices)
    except SlipError as slip:
        raise _at_top(lesson, slip.message, slip.hint) from None
    graph_of(chosen, chosen.sizes)
    return chosen


def record(
    lesson: Lesson,
    *,
    sizes: Mapping[str, int] | None = None,
    seed: int = 0,
    inputs: Mapping[str, Any] | None = None,
    level: Level = Level.NODE,
) -> Recording:
    """Make the lesson's inputs, run it forward, and return the recording.

    ``sizes`` replaces some of the lesson's sizes, ``inputs`` some of its inputs, from whose shapes sizes
    follow. Everything is float64. Raises LessonError where names or shapes do not fit the lesson.
    """
    given = {name: np.asarray(value, dtype=np.float64) for name, value in (inputs or {}).items()}
    graph = graph_of(lesson, sizes_of(lesson, sizes or {}, given))
    values = inputs_of(lesson, sizes or {}, seed, given)
    try:
        # Division by zero and the like give inf and nan, as in NumPy; the frames show and explain them.
        with np.errstate(all="ignore"):
            return zoom(engine.record(graph, values), level)
    except GraphError as error:
        raise _at_top(lesson, str(error)) from None


def inputs_of(
    lesson: Lesson, sizes: Mapping[str, int], seed: int, given: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the lesson's inputs by name: drawn, fixed, or given. Raises LessonError as ``record`` does."""
    all_sizes = sizes_of(lesson, sizes, given)
    return {
        row.name: given[row.name] if row.name in given else _made(row, all_sizes, seed)
        for row in lesson.inputs
    }


def upstream_of(shape: Shape, seed: int) -> Array:
    """Return the upstream gradient that a lesson starts from: random, seeded, never all ones.

    A single number is the loss itself, and its gradient is 1.
    """
    return _upstream(shape, seed, "upstream")


def _upstream(shape: Shape, seed: int, name: str) -> Array:
    return normal(source_of(seed, name), shape) if shape else np.asarray(1.0)


def upstreams_of(recording: Recording, seed: int) -> dict[str, Array]:
    """Return the upstream gradient of each output by name; that of the first is ``upstream_of`` its shape."""
    first = recording.graph.output
    return {
        name: _upstream(value.shape, seed, "upstream" if name == first else f"upstream/{name}")
        for name, value in recording.outputs.items()
    }


def names_of(lesson: Lesson, sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return what formulas may name beside nodes: sizes, and what the lesson's switches stand for."""
    return resolved(lesson.constants, sizes)


def sizes_of(lesson: Lesson, sizes: Mapping[str, int], given: Mapping[str, Array]) -> dict[str, int]:
    """Return every size: the lesson's own, replaced by ``sizes``, and by what given arrays imply.

    Raises LessonError for a name that the lesson does not have, and for shapes that contradict each other.
    """
    for name, size in sizes.items():
        if name not in lesson.sizes:
            raise _at_top(lesson, f"there is no size {name}", _known(name, lesson.sizes))
        if not _is_size(size):
            raise _at_top(lesson, f"the size {name} must be a whole number from 1 to {LARGEST_SIZE:,}")
    rows = {row.name: row for row in lesson.inputs}
    implied: dict[str, int] = {}
    for name, value in given.items():
        if name not in rows:
            raise _at_top(lesson, f"there is no input {name}", _known(name, rows))
        _imply(lesson, rows[name], value.shape, implied)
    for name in implied.keys() & sizes.keys():
        if implied[name] != sizes[name]:
            raise _at_top(lesson, f"the data has {name} = {implied[name]}, but {sizes[name]} was asked for")
    return {**lesson.sizes, **sizes, **implied}


def _is_size(size: Any) -> bool:
    whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    return whole and 1 <= size <= LARGEST_SIZE


def _known(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, known) or f"there are: {', '.join(known)}"


def _imply(lesson: Lesson, row: InputRow, shape: Shape, implied: dict[str, int]) -> None:
    wanted = f"({', '.join(map(str, row.shape))}{',' if len(row.shape) == 1 else ''})"
    if len(shape) != len(row.shape):
        raise _at_top(lesson, f"{row.name} must have the shape {wanted}, not {shape}")
    for entry, size in zip(row.shape, shape, strict=True):
        expected = implied.setdefault(entry, size) if isinstance(entry, str) else entry
        if expected != size:
            raise _at_top(
                lesson, f"{row.name} has shape {shape}: {entry} = {size} does not fit {entry} = {expected}"
            )


def _at_top(lesson: Lesson, message: str, hint: str = "") -> LessonError:
    return LessonError((Problem(lesson.name, 0, 0, message, hint),))


def _made(row: InputRow, sizes: Mapping[str, int], seed: int) -> Array:
    if row.value is not None:
        return np.asarray(row.value, dtype=np.float64)
    return DRAWS[row.draw](source_of(seed, row.name), shape_of_input(row, sizes), **row.parameters)


def graph_of(lesson: Lesson, sizes: Mapping[str, int]) -> Graph:
    """Return the lesson's graph, one node an operation, for these sizes.

    Raises LessonError with the problems of all its lines.
    """
    graph = build_graph(lesson, sizes)
    if not isinstance(graph, Graph):
        raise LessonError(graph)
    return graph
