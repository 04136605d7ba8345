"""What a walk is about: one recording with its upstream gradients, and the lesson it came from, if any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bn_tutor.course.lesson import Lesson, Section
from bn_tutor.course.variants import resolved
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import Upstream, by_output


@dataclass(frozen=True, eq=False)
class Subject:
    """``recording`` is at the level of operations.

    ``upstream`` has the shape of its output; where there are several, it holds one for each, by name.
    """

    name: str
    recording: Recording
    upstream: Upstream
    seed: int
    sizes: Mapping[str, int] = field(default_factory=dict)
    lesson: Lesson | None = None

    @property
    def upstreams(self) -> Mapping[str, Array]:
        """The upstream of each output from outside, by name."""
        return by_output(self.recording, self.upstream)

    @property
    def names(self) -> Mapping[str, Any]:
        """What formulas in prose may name beside values: sizes, and what switches stand for."""
        return resolved(self.lesson.constants, self.sizes) if self.lesson else self.sizes

    def section(self, node: str) -> Section:
        """Return the prose beside a node; empty where there is none."""
        return self.lesson.sections.get(node, Section()) if self.lesson else Section()

    @property
    def layer_section(self) -> Section:
        """The prose beside the whole layer as one node: the lesson's opening."""
        return Section(forward=self.lesson.opening) if self.lesson else Section()
