"""Proves what a lesson claims about its own graph, on its own data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import environment, evaluate, own_upstream
from bn_tutor.course.exercises import check_mistakes, check_questions
from bn_tutor.course.lesson import Lesson, Line
from bn_tutor.course.loading import names_of, record, sizes_of, upstreams_of
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import Findings, Problem, SlipError, did_you_mean
from bn_tutor.course.quotes import quote_problems
from bn_tutor.engine.closeness import relative_error
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.proof import prove
from bn_tutor.engine.replay import replay
from bn_tutor.engine.zoom import Level, zoom

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Run:
    """One run of a lesson: its numbers, and what formulas may name."""

    lesson: Lesson
    operations: Recording
    upstreams: Mapping[str, Array]
    names: Mapping[str, Any]
    findings: Findings

    @cached_property
    def nodes(self) -> Recording:
        """The run at the level of the lesson's own lines."""
        return zoom(self.operations, Level.NODE)

    @cached_property
    def values(self) -> dict[str, Array]:
        """Every value, gradient and contribution by name."""
        return environment(self.nodes, tuple(replay(self.nodes, self.upstreams)))

    def value(self, line: Line, values: Mapping[str, Array]) -> Array | None:
        """Return what a line comes to; None, and a problem, where it is no formula."""
        try:
            return evaluate(line.text, values, self.names)
        except SlipError as slip:
            self.findings.add_slip(line.line, line.column, slip)
            return None


def verify(lesson: Lesson, *, sizes: Mapping[str, int] | None = None, seed: int = 0) -> tuple[Problem, ...]:
    """Return what is not true in the lesson for these sizes and this seed.

    Every local gradient is proven numerically; every line of ``backward`` and ``closed`` must equal what the
    engine computes, strictly in shape, or else be used by a later line; every expression of a derivation the
    one above it; every quote in the prose must have a value; every node must have prose both ways; every
    mistake must show, and every question take its own key and none of its wrong answers. Raises LessonError
    where the sizes do not fit the lesson.
    """
    # Inf and nan are compared as they are; NumPy's warnings would only stand beside the findings.
    with np.errstate(all="ignore"):
        return _verified(lesson, sizes or {}, seed)


def _verified(lesson: Lesson, sizes: Mapping[str, int], seed: int) -> tuple[Problem, ...]:
    findings = Findings(lesson.path)
    recording = record(lesson, sizes=sizes, seed=seed, level=Level.OPERATION)
    names = names_of(lesson, sizes_of(lesson, sizes, {}))
    run = Run(lesson, recording, upstreams_of(recording, seed), names, findings)
    if not _is_finite(run):
        return tuple(findings.problems)  # inf and nan prove nothing
    _check_local_gradients(run)
    for block in (lesson.backward, lesson.closed):
        _check_block(run, block)
    _check_all_gradients(run)
    for derivation in lesson.derivations:
        _check_derivation(run, derivation.lines)
    _check_prose(run)
    given = {row.name: run.values[row.name] for row in lesson.inputs} | {
        own_upstream(run.nodes.graph, name): upstream for name, upstream in run.upstreams.items()
    }
    check_mistakes(lesson, given, names, findings)
    check_questions(lesson, run.values, names, findings)
    return tuple(findings.problems)


def _is_finite(run: Run) -> bool:
    """Whether all values are finite numbers; the first node that has another is reported."""
    for line in run.lesson.graph:
        if not np.all(np.isfinite(run.nodes[line.name])):
            message = f"{line.name} is not finite on this data"
            run.findings.add(line.line, line.name_column, Code.NOT_FINITE, message)
            return False
    return True


def _check_local_gradients(run: Run) -> None:
    for disproof in prove(run.operations):
        node = run.operations.graph[disproof.node]
        message = f"the local gradient of {disproof.node} for {disproof.input} is wrong"
        run.findings.add(node.line or 0, 1, Code.WRONG_LOCAL_GRADIENT, message)


def _check_block(run: Run, lines: Sequence[Line]) -> None:
    known = dict(run.values)
    last_use = _last_use(lines)
    for place, line in enumerate(lines):
        if run.findings.full:
            return
        # A line may not use what it is to give: that would prove nothing.
        value = run.value(line, {name: each for name, each in known.items() if name != line.name})
        right = run.values.get(line.name)
        if right is None and last_use.get(line.name, -1) <= place:
            hint = did_you_mean(line.name, (name for name in run.values if name.startswith("d")))
            message = f"{line.name} is no gradient of the graph, and no later line uses it"
            run.findings.add(line.line, line.name_column, Code.UNUSED_LINE, message, hint)
        if value is None:
            continue
        if right is not None and (slip := _difference(value, right, Code.WRONG_GRADIENT)):
            run.findings.add(line.line, line.column, slip.code, f"{line.name} {slip.message}")
        known[line.name] = value if right is None else right


def _last_use(lines: Sequence[Line]) -> dict[str, int]:
    """Return the place of the last line that uses each name."""
    return {name: place for place, line in enumerate(lines) for name in names_in(line.text)}


def _check_all_gradients(run: Run) -> None:
    """A staged answer ends with the gradient of every input."""
    written = {line.name for line in run.lesson.backward}
    for row in run.lesson.inputs if written else ():
        gradient = f"d{row.name}"
        if gradient in run.values and gradient not in written and row.name not in run.lesson.outputs:
            message = f"the backward block has no line for {gradient}"
            run.findings.add(run.lesson.backward[-1].line, 1, Code.MISSING_GRADIENT, message)


def _difference(value: Array, right: Array, code: Code) -> SlipError | None:
    if value.shape != right.shape:
        message = f"has the shape {shape_text(value.shape)}, the gradient has {shape_text(right.shape)}"
        return SlipError(Code.WRONG_SHAPE, message)
    # A gradient of zero is compared with 1, the size of the data.
    error = relative_error(value, right, scale=1.0)
    if error <= TOLERANCE:
        return None
    return SlipError(code, f"is not what the graph computes: it is off by {error:.2g}")


def _check_derivation(run: Run, lines: Sequence[Line]) -> None:
    above: Array | None = None
    for line in lines:
        value = run.value(line, run.values)
        slip = (
            _difference(value, above, Code.BROKEN_CHAIN) if value is not None and above is not None else None
        )
        if slip is not None:
            reason = slip.message.replace("the gradient has", "the line above has")
            reason = reason.replace("is not what the graph computes", "does not equal the line above")
            run.findings.add(line.line, line.column, slip.code, f"this expression {reason}")
        above = value if value is not None else above


def _check_prose(run: Run) -> None:
    lesson = run.lesson
    for line, direction in _wanted_prose(run):
        section = lesson.sections.get(line.name)
        if section is None or not getattr(section, direction):
            message = f"there is no prose for {line.name} {direction}"
            hint = f"## {line.name}" if direction == "forward" else f"### backward, below ## {line.name}"
            run.findings.add(line.line, line.name_column, Code.MISSING_PROSE, message, hint)
    for line in lesson.quoting:
        if run.findings.full:
            return
        for offset, slip in quote_problems(line.text, run.values, run.names):
            place = line.name or "the opening"
            message = f"in the prose of {place}: {slip.message}"
            run.findings.add(line.line, line.column + offset, Code.WRONG_QUOTE, message, slip.hint)


def _wanted_prose(run: Run) -> Iterator[tuple[Line, str]]:
    """Yield each node and each direction in which it has a frame."""
    for line in run.lesson.graph:
        yield line, "forward"
        if line.name in run.nodes.graph.arrivals:
            yield line, "backward"
