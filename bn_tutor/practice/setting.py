"""What a question is asked on: one run of a lesson, its backward pass, and further runs to judge by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bn_tutor.course.building import build_graph
from bn_tutor.course.evaluation import environment
from bn_tutor.course.known_mistakes import Mistakes, mistakes_in
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import names_of, record, sizes_of, upstreams_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Graph, Recording
from bn_tutor.engine.replay import BackwardStep, replay
from bn_tutor.engine.zoom import Level, zoom


@dataclass(frozen=True, eq=False)
class Setting:
    """One run of a lesson for these sizes and this seed, at the level of operations."""

    lesson: Lesson
    sizes: Mapping[str, int]
    seed: int
    operations: Recording
    upstreams: Mapping[str, Array]

    @cached_property
    def recording(self) -> Recording:
        """The run at the level of the lesson's lines."""
        return zoom(self.operations, Level.NODE)

    @cached_property
    def steps(self) -> tuple[BackwardStep, ...]:
        """The backward pass, one step a node."""
        return tuple(replay(self.recording, self.upstreams))

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """Every value, gradient and contribution by name."""
        return environment(self.recording, self.steps)

    @property
    def names(self) -> Mapping[str, Any]:
        """Sizes, and what the lesson's switches stand for."""
        return names_of(self.lesson, self.sizes)

    @cached_property
    def mistakes(self) -> Mistakes:
        """What can go wrong in this run."""
        return mistakes_in(self.lesson, self.operations, self.upstreams, self.sizes)

    @cached_property
    def others(self) -> tuple["Setting", ...]:
        """Further runs, which a typed formula has to be right on, too: other numbers, and other sizes."""
        more = {name: size + 1 for name, size in self.sizes.items()}
        doubled = {name: 2 * size for name, size in self.sizes.items()}
        fitting = [sizes for sizes in (more, doubled) if fits(self.lesson, sizes)]
        return (
            setting(self.lesson, self.sizes, self.seed + 1001),
            *(setting(self.lesson, sizes, self.seed + 2002) for sizes in fitting[:1]),
        )


def setting(lesson: Lesson, sizes: Mapping[str, int] | None = None, seed: int = 0) -> Setting:
    """Run a lesson; ``sizes`` replaces some of its own. Raises LessonError where they do not fit it."""
    with np.errstate(all="ignore"):
        operations = record(lesson, sizes=sizes or {}, seed=seed, level=Level.OPERATION)
    all_sizes = sizes_of(lesson, sizes or {}, {})
    return Setting(lesson, all_sizes, seed, operations, upstreams_of(operations, seed))


def fits(lesson: Lesson, sizes: Mapping[str, int]) -> bool:
    """Whether the lesson's graph takes these sizes, and its inputs are not given for others."""
    fixed = any(row.value is not None and np.ndim(row.value) for row in lesson.inputs)
    return not fixed and isinstance(build_graph(lesson, sizes), Graph)
