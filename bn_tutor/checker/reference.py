"""The right values: what a lesson's graph gives for the data of a check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bn_tutor.course.building import shape_of_input
from bn_tutor.course.evaluation import environment
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import record, sizes_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import replay
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.zoom import Level, zoom

# An entry of a shape: the name of a size, or a number.
Outside = Sequence[str | int]


@dataclass(frozen=True, eq=False)
class Reference:
    """One run of a lesson: every value and gradient, by name, in the lesson's own shapes."""

    lesson: Lesson
    sizes: Mapping[str, int]
    operations: Recording
    upstream: Array
    values: Mapping[str, Array]


def reference(
    lesson: Lesson, sizes: Mapping[str, int], inputs: Mapping[str, Array], upstream: Array
) -> Reference:
    """Run a lesson forward and back on these inputs, given in any shape of as many numbers.

    Raises LessonError where they do not fit the lesson.
    """
    all_sizes = sizes_of(lesson, sizes, {})
    rows = {row.name: row for row in lesson.inputs}
    fitting = {
        name: np.reshape(value, shape_of_input(rows[name], all_sizes)) for name, value in inputs.items()
    }
    with np.errstate(all="ignore"):
        operations = record(lesson, sizes=sizes, inputs=fitting, level=Level.OPERATION)
        nodes = zoom(operations, Level.NODE)
        inside = np.reshape(upstream, nodes.output.shape)
        values = environment(nodes, replay(nodes, inside))
    return Reference(lesson, all_sizes, operations, inside, values)


def outside_shape(outside: Outside, sizes: Mapping[str, int]) -> Shape:
    """Return a shape that is written with the names of sizes."""
    return tuple(sizes[entry] if isinstance(entry, str) else entry for entry in outside)
