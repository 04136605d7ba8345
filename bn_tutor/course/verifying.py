"""Proves what a lesson claims about its own graph, on its own data."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from bn_tutor.course.evaluation import environment, evaluate
from bn_tutor.course.lesson import Lesson, Line
from bn_tutor.course.loading import record, sizes_of, upstream_of
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.problem import Findings, Problem, SlipError, did_you_mean
from bn_tutor.course.quotes import quote_problems
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.proof import prove, relative_error
from bn_tutor.engine.replay import replay
from bn_tutor.engine.zoom import Level

TOLERANCE = 1e-9


def verify(lesson: Lesson, *, sizes: Mapping[str, int] | None = None, seed: int = 0) -> tuple[Problem, ...]:
    """Return what is not true in the lesson for these sizes and this seed.

    Every local gradient is proven numerically; every line of ``backward`` and ``closed`` must equal what the
    engine computes, strictly in shape, or else be used by a later line; every expression of a derivation the
    one above it; every quote in the prose must have a value; every node must have prose both ways, and every
    section a node. Raises LessonError where the sizes do not fit the lesson.
    """
    # Inf and nan are compared as they are; NumPy's warnings would only stand beside the findings.
    with np.errstate(all="ignore"):
        return _verified(lesson, sizes or {}, seed)


def _verified(lesson: Lesson, sizes: Mapping[str, int], seed: int) -> tuple[Problem, ...]:
    findings = Findings(lesson.path)
    recording = record(lesson, sizes=sizes, seed=seed)
    all_sizes = sizes_of(lesson, sizes, {})
    steps = tuple(replay(recording, upstream_of(recording.output.shape, seed)))
    values = environment(recording, steps)
    _check_local_gradients(record(lesson, sizes=sizes, seed=seed, level=Level.OPERATION), findings)
    for block in (lesson.backward, lesson.closed):
        _check_block(block, values, all_sizes, findings)
    for derivation in lesson.derivations:
        _check_derivation(derivation.lines, values, all_sizes, findings)
    _check_prose(lesson, values, all_sizes, findings)
    return tuple(findings.problems)


def _check_local_gradients(recording: Recording, findings: Findings) -> None:
    for disproof in prove(recording):
        findings.add(0, 0, f"the local gradient of {disproof.node} for {disproof.input} is wrong")


def _check_block(
    lines: Sequence[Line], values: Mapping[str, Array], sizes: Mapping[str, int], findings: Findings
) -> None:
    known = dict(values)
    last_use = _last_use(lines)
    for place, line in enumerate(lines):
        if findings.full:
            return
        value = _value(line, known, sizes, findings)
        if line.name not in values and last_use.get(line.name, -1) <= place:
            hint = did_you_mean(line.name, (name for name in values if name.startswith("d")))
            message = f"{line.name} is no gradient of the graph, and no later line uses it"
            findings.add(line.line, line.name_column, message, hint)
        if value is None:
            continue
        if line.name in values and (reason := _difference(value, values[line.name])):
            findings.add(line.line, line.column, f"{line.name} {reason}")
        known[line.name] = values.get(line.name, value)


def _last_use(lines: Sequence[Line]) -> dict[str, int]:
    """Return the place of the last line that uses each name."""
    return {
        name: place for place, line in enumerate(lines) for name in re.findall(r"[A-Za-z_]\w*", line.text)
    }


def _value(
    line: Line, values: Mapping[str, Array], sizes: Mapping[str, int], findings: Findings
) -> Array | None:
    try:
        return evaluate(line.text, values, sizes)
    except SlipError as slip:
        findings.add(line.line, line.column + slip.column, slip.message, slip.hint)
        return None


def _difference(value: Array, right: Array) -> str:
    if value.shape != right.shape:
        return f"has the shape {shape_text(value.shape)}, the gradient has {shape_text(right.shape)}"
    # A gradient of zero is compared with 1, the size of the data.
    error = relative_error(value, right, scale=1.0)
    return "" if error <= TOLERANCE else f"is not what the graph computes: it is off by {error:.2g}"


def _check_derivation(
    lines: Sequence[Line], values: Mapping[str, Array], sizes: Mapping[str, int], findings: Findings
) -> None:
    above: Array | None = None
    for line in lines:
        value = _value(line, values, sizes, findings)
        if value is not None and above is not None and (reason := _difference(value, above)):
            reason = reason.replace("the gradient has", "the line above has")
            reason = reason.replace("is not what the graph computes", "does not equal the line above")
            findings.add(line.line, line.column, f"this expression {reason}")
        above = value if value is not None else above


def _check_prose(
    lesson: Lesson, values: Mapping[str, Array], sizes: Mapping[str, int], findings: Findings
) -> None:
    for line in lesson.graph:
        section = lesson.sections.get(line.name)
        for direction in ("forward", "backward"):
            if section is None or not getattr(section, direction):
                findings.add(line.line, 1, f"there is no prose for {line.name} {direction}")
    _check_sections(lesson, findings)
    for line in lesson.quoting:
        if findings.full:
            return
        for offset, slip in quote_problems(line.text, values, sizes):
            place = line.name or "the opening"
            findings.add(
                line.line, line.column + offset, f"in the prose of {place}: {slip.message}", slip.hint
            )


def _check_sections(lesson: Lesson, findings: Findings) -> None:
    known = dict.fromkeys([*(line.name for line in lesson.graph), *(row.name for row in lesson.inputs)])
    for name, section in lesson.sections.items():
        if name not in known and not findings.full:
            findings.add(
                section.line, 1, f"there is no node {name} for this section", did_you_mean(name, known)
            )
