"""A further run of a lesson, on which mistakes are told apart: other sizes, other numbers, a large eps.

What two mistakes come to on the learner's own numbers proves little: N - 1 may be D, and a small eps hides.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from bn_tutor.course.draws import source_of, uniform
from bn_tutor.course.lesson import InputRow, Lesson
from bn_tutor.course.loading import LessonError, inputs_of, record, upstreams_of
from bn_tutor.course.mistake_run import Run, run_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.zoom import Level

# All distinct, and the first, mostly N, is not one more than another. The second offer is for sizes that have
# to divide each other, as groups of channels do.
_SIZES: Sequence[Sequence[int]] = ((5, 3, 7, 2, 9), (5, 12, 4, 7, 2))
_SEED = 7001
_LARGE_EPS = 0.5
_SMALL = 0.1


def proof_run(lesson: Lesson) -> Run:
    """Return a further run, with distinct sizes where the lesson takes them, else with its own."""
    for offered in _SIZES:
        try:
            return _run(lesson, {**lesson.sizes, **dict(zip(lesson.sizes, offered, strict=False))})
        except LessonError:
            continue
    return _run(lesson, lesson.sizes)


def _run(lesson: Lesson, sizes: Mapping[str, int]) -> Run:
    drawn = inputs_of(lesson, sizes, _SEED, {})
    inputs = {row.name: _disturbed(row, drawn[row.name]) for row in lesson.inputs}
    recording = record(lesson, sizes=sizes, seed=_SEED, inputs=inputs, level=Level.OPERATION)
    return run_of(lesson, recording, upstreams_of(recording, _SEED), sizes)


def _disturbed(row: InputRow, value: Array) -> Array:
    """Return an input that no round or given number makes special: an eps made large, anything else moved.

    A sign stays, and so does a constant, such as a mask or labels.
    """
    if row.constant:
        return np.asarray(_LARGE_EPS) if value.shape == () and 0 < abs(value) < _SMALL else value
    return value * uniform(source_of(_SEED, f"disturbed/{row.name}"), value.shape, 0.8, 1.25)
