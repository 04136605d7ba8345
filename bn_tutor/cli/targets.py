"""What a walk is asked for on the command line becomes a Subject, or a clear word on what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import numpy as np

from bn_tutor.cli.output import fail
from bn_tutor.course.front_matter import LARGEST_SIZE
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError, load, record, sizes_of, upstreams_of
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
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
    choices: Mapping[str, str] = field(default_factory=dict)


class RequestError(LessonError):
    """What is wrong with the options of a walk, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__((Problem("", 0, 0, message),))


def subject_of(request: Request) -> Subject:
    """Return the subject of a walk; what cannot be done ends the program with exit status 2."""
    try:
        return subject_for(request)
    except LessonError as error:
        fail(str(error))


def subject_for(request: Request) -> Subject:
    """Return the subject of a walk. Raises LessonError for what is wrong with the lesson or the options."""
    given = _given(request) if request.data else {}
    if request.eps is not None:
        given["eps"] = np.asarray(request.eps)
    path, colon, function = request.target.rpartition(":")
    if colon and path.endswith(".py"):
        if request.choices:
            raise RequestError("--set flips the switches of a lesson; a function has none")
        return _function_subject(request, Path(path), function, given)
    return _lesson_subject(request, given)


def _given(request: Request) -> dict[str, Array]:
    # Imported where it is needed: most walks start without a file.
    from bn_tutor.course.data import DataError, load_data

    path = request.data or Path()
    try:
        given = load_data(path)
    except DataError as error:
        raise RequestError(str(error)) from None
    if np.any(given.get("eps", np.asarray(0.0)) < 0):
        raise RequestError(f"{one_line(path.name)}: eps must be 0 or a positive number")
    return given


def _lesson_subject(request: Request, given: dict[str, Array]) -> Subject:
    lesson = load(request.target, request.choices)
    upstreams = _taken_upstreams(given, lesson.outputs)
    sizes = sizes_of(lesson, request.sizes, given)
    _refuse_too_many(lesson, sizes)
    recording = record(lesson, sizes=request.sizes, seed=request.seed, inputs=given, level=Level.OPERATION)
    upstreams = _all_upstreams(recording, upstreams, request.seed)
    return Subject(lesson.name, recording, upstreams, request.seed, sizes, lesson)


def _refuse_too_many(lesson: Lesson, sizes: Mapping[str, int]) -> None:
    for row in lesson.inputs:
        elements = prod(sizes[entry] if isinstance(entry, str) else entry for entry in row.shape)
        if elements > MOST_ELEMENTS:
            most = f"at most {MOST_ELEMENTS:,} are walked"
            raise RequestError(f"{row.name} would have {elements:,} elements; {most}")


def _function_subject(request: Request, path: Path, function: str, given: dict[str, Array]) -> Subject:
    from bn_tutor.course.functions import traced  # and with it the tracer

    batchnorm = load(shipped_folder() / "batchnorm.md")  # whose inputs a function is given
    _refuse_too_many(batchnorm, sizes_of(batchnorm, request.sizes, {}))
    upstream = _taken_upstream(given)
    recording = traced(path, function, request.sizes, request.seed, given)
    found = {recording.graph.output: upstream} if upstream is not None else {}
    upstreams = _all_upstreams(recording, found, request.seed)
    return Subject(f"{path.name}:{function}", recording, upstreams, request.seed, request.sizes)


def _taken_upstreams(given: dict[str, Array], outputs: tuple[str, ...]) -> dict[str, Array]:
    """Take the upstream gradients out of what a data file holds; return them by the names of the outputs."""
    if len(outputs) == 1:
        upstream = _taken_upstream(given)
        return {} if upstream is None else {outputs[0]: upstream}
    if "upstream" in given:
        names = " and ".join(f"d{name}" for name in outputs)
        several = f"there are {len(outputs)} outputs, each with its own upstream gradient"
        raise RequestError(f"{several}: name them {names}")
    return {name: given.pop(f"d{name}") for name in outputs if f"d{name}" in given}


def _taken_upstream(given: dict[str, Array]) -> Array | None:
    """Take the upstream of an only output out of what a data file holds, under either name."""
    upstream = given.pop("upstream", None)
    return given.pop("dout", upstream)


def _all_upstreams(recording: Recording, given: Mapping[str, Array], seed: int) -> dict[str, Array]:
    """Return the upstream gradient of each output: given, or drawn."""
    for name, upstream in given.items():
        output = recording.outputs[name]
        if upstream.shape != output.shape:
            one, other = ("", "the output") if len(recording.outputs) == 1 else (f" d{name}", name)
            shapes = f"{shape_text(upstream.shape)}, {other} has {shape_text(output.shape)}"
            raise RequestError(f"the upstream gradient{one} has the shape {shapes}")
    return {**upstreams_of(recording, seed), **given}


def parse_choices(texts: list[str]) -> dict[str, str]:
    """Read ``mode=train``, once for each switch; anything else ends the program with exit status 2."""
    choices = {}
    for text in texts:
        name, equals, label = (part.strip() for part in text.partition("="))
        if not equals or not name or not label:
            fail(f"--set takes SWITCH=CHOICE, such as mode=train, not {one_line(text, 60)!r}")
        choices[name] = label
    return choices


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
