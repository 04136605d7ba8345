"""Further runs of a lesson on which mistakes are told apart: other sizes, other numbers, a large eps.

What two mistakes come to on the learner's own numbers proves little: there are four rows, three of which an axis
too many would also give, and an eps that hides.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bn_tutor.course.building import build_graph
from bn_tutor.course.draws import source_of, uniform
from bn_tutor.course.lesson import InputRow, Lesson
from bn_tutor.course.loading import inputs_of, record
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Graph, Recording
from bn_tutor.engine.zoom import Level

# All distinct, and none one less than an earlier one; the second of each pair where sizes have to divide each
# other, as the groups of channels do.
_SIZES: Sequence[Sequence[Sequence[int]]] = (
    ((5, 3, 7, 2, 4), (5, 12, 4, 7, 2)),
    ((4, 5, 6, 3, 2), (4, 15, 3, 2, 7)),
)
LARGE_EPS = 0.5
SMALL = 0.1


def proof_sizes(lesson: Lesson) -> Iterator[dict[str, int]]:
    """Yield the sizes of each run: distinct ones where the lesson's graph takes them, else its own."""
    for pair in _SIZES:
        offered = [dict(zip(lesson.sizes, sizes, strict=False)) for sizes in pair]
        fitting = (sizes for sizes in offered if isinstance(build_graph(lesson, lesson.sizes | sizes), Graph))
        yield dict(lesson.sizes) | next(fitting, {})


def proof_recording(lesson: Lesson, sizes: Mapping[str, int], seed: int) -> Recording:
    """Run a lesson on numbers of its own, at the level of operations."""
    drawn = inputs_of(lesson, sizes, seed, {})
    inputs = {row.name: _disturbed(row, drawn[row.name], seed) for row in lesson.inputs}
    return record(lesson, sizes=sizes, seed=seed, inputs=inputs, level=Level.OPERATION)


def _disturbed(row: InputRow, value: Array, seed: int) -> Array:
    """Return an input that no round or given number makes special: an eps made large, anything else moved.

    A sign stays, and so does a constant, such as a mask or labels.
    """
    if row.constant:
        return np.asarray(LARGE_EPS) if value.shape == () and 0 < abs(value) < SMALL else value
    return value * uniform(source_of(seed, f"disturbed/{row.name}"), value.shape, 0.8, 1.25)
