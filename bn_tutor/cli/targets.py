"""What a walk is asked for on the command line becomes a Subject, or a clear word on what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from bn_tutor.cli.output import fail
from bn_tutor.course.front_matter import LARGEST_SIZE
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError, load, record, sizes_of, upstream_of
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.plain import one_line
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.subject import Subject

MOST_ELEMENTS = 10_000_000


@dataclass(frozen=True)
class Request:
    """The options that decide the numbers of a walk."""

    target: str
    sizes: Mapping[str, int]
    seed: int = 0
    eps: float | None = None
    data: Path | None = None


def subject_of(request: Request) -> Subject:
    """Return the subject of a walk; what cannot be done ends the program with exit status 2."""
    try:
        given = _given(request) if request.data else {}
        if request.eps is not None:
            given["eps"] = np.asarray(request.eps)
        upstream = given.pop("upstream", None)
        path, colon, function = request.target.rpartition(":")
        if colon and path.endswith(".py"):
            return _function_subject(request, Path(path), function, given, upstream)
        return _lesson_subject(request, given, upstream)
    except LessonError as error:
        fail(str(error))


def _given(request: Request) -> dict[str, Array]:
    # Imported where it is needed: most walks start without a file.
    from bn_tutor.course.data import DataError, load_data

    path = request.data or Path()
    try:
        given = load_data(path, "dout")
    except DataError as error:
        fail(str(error))
    if np.any(given.get("eps", np.asarray(0.0)) < 0):
        fail(f"{one_line(path.name)}: eps must be 0 or a positive number")
    return given


def _lesson_subject(request: Request, given: dict[str, Array], upstream: Array | None) -> Subject:
    lesson = load(request.target)
    sizes = sizes_of(lesson, request.sizes, given)
    _refuse_too_many(lesson, sizes)
    recording = record(lesson, sizes=request.sizes, seed=request.seed, inputs=given, level=Level.OPERATION)
    upstream = _upstream(recording.output, upstream, request.seed)
    return Subject(lesson.name, recording, upstream, request.seed, sizes, lesson)


def _refuse_too_many(lesson: Lesson, sizes: Mapping[str, int]) -> None:
    for row in lesson.inputs:
        elements = prod(sizes[entry] if isinstance(entry, str) else entry for entry in row.shape)
        if elements > MOST_ELEMENTS:
            fail(f"{row.name} would have {elements:,} elements; at most {MOST_ELEMENTS:,} are walked")


def _function_subject(
    request: Request, path: Path, function: str, given: dict[str, Array], upstream: Array | None
) -> Subject:
    from bn_tutor.course.functions import traced  # and with it the tracer

    batchnorm = load("batchnorm")  # whose inputs a function is given
    _refuse_too_many(batchnorm, sizes_of(batchnorm, request.sizes, {}))
    recording = traced(path, function, request.sizes, request.seed, given)
    upstream = _upstream(recording.output, upstream, request.seed)
    return Subject(f"{path.name}:{function}", recording, upstream, request.seed, request.sizes)


def _upstream(output: Array, given: Array | None, seed: int) -> Array:
    if given is None:
        return upstream_of(output.shape, seed)
    if given.shape != output.shape:
        shapes = f"{shape_text(given.shape)}, the output has {shape_text(output.shape)}"
        fail(f"the upstream gradient has the shape {shapes}")
    return given


def parse_sizes(texts: list[str]) -> dict[str, int]:
    """Read ``N=6``, ``N=6,D=3``; anything else ends the program with exit status 2."""
    sizes = {}
    for part in ",".join(texts).split(",") if texts else ():
        name, equals, value = part.strip().partition("=")
        if not equals or not name.isidentifier() or not value.strip().lstrip("-").isdecimal():
            fail(f"--size takes NAME=NUMBER, such as N=6, not {part.strip()!r}")
        number = int(value[:12])
        if number < 1 or number > LARGEST_SIZE:
            fail(f"--size {name}={value}: a size is a whole number from 1 to {LARGEST_SIZE:,}")
        sizes[name] = number
    return sizes
