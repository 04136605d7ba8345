"""What a walk is about: one recording with its upstream gradient, and the lesson it came from, if any."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bn_tutor.course.lesson import Lesson, Section
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording


@dataclass(frozen=True, eq=False)
class Subject:
    """``recording`` is at the level of operations; ``upstream`` has the shape of its output."""

    name: str
    recording: Recording
    upstream: Array
    seed: int
    sizes: Mapping[str, int] = field(default_factory=dict)
    lesson: Lesson | None = None

    def section(self, node: str) -> Section:
        """Return the prose beside a node; empty where there is none."""
        return self.lesson.sections.get(node, Section()) if self.lesson else Section()

    @property
    def layer_section(self) -> Section:
        """The prose beside the whole layer as one node: the lesson's opening."""
        return Section(forward=self.lesson.opening) if self.lesson else Section()
