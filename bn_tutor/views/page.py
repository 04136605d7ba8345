"""The page a frame is written on: what every view of a frame needs, in one value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from bn_tutor.course.lesson import Section
from bn_tutor.course.variants import with_tuples
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Node
from bn_tutor.views.formula import pretty
from bn_tutor.views.look import BACKWARD, FORWARD, Look
from bn_tutor.views.prose import prose_lines
from bn_tutor.views.wrapping import wrapped
from bn_tutor.walk.state import State
from bn_tutor.walk.story import Direction, Frame, Story

LABEL = 9


@dataclass(frozen=True)
class Page:
    """One frame of a story in one state, and how it is to look."""

    story: Story
    frame: Frame
    state: State
    look: Look
    # Without empty lines between the parts, where the terminal is low.
    compact: bool = False

    @property
    def colour(self) -> str:
        """The colour of the direction; a word says it too."""
        return FORWARD if self.frame.direction is Direction.FORWARD else BACKWARD

    def labelled(self, label: str, lines: Iterable[Text]) -> list[Text]:
        """Return lines with a label in the margin, or above them where the page is narrow."""
        lines = list(lines)
        if not lines:
            return []
        if self.look.width < 40 or self.look.plain:
            return [self.look.text(f" {label}", "dim"), *(Text(" ").append_text(line) for line in lines)]
        margin = self.look.text(f" {label:<{LABEL - 1}}", "dim")
        # A label that is too long for the margin, the name of an input say, has a line of its own.
        above = [margin] if margin.cell_len > LABEL else []
        return above + [
            (Text(" " * LABEL) if at or above else margin.copy()).append_text(line)
            for at, line in enumerate(lines)
        ]

    @property
    def gap(self) -> list[Text]:
        """The empty line between two parts, or nothing."""
        return [] if self.compact else [Text()]

    def section(self, node: Node) -> Section:
        """Return the prose beside a node; a node without a group is the whole layer."""
        subject = self.story.subject
        return subject.section(node.group) if node.group else subject.layer_section

    def chains(self, node: Node, direction: str) -> list[Text]:
        """Return the derivations beside a node: expressions, each proven equal to the one above."""
        lesson = self.story.subject.lesson
        lines: list[Text] = []
        for derivation in lesson.derivations if lesson else ():
            if (derivation.node, derivation.direction) == (node.group, direction):
                names = self.story.subject.names
                texts = [pretty(with_tuples(line.text, names)) for line in derivation.lines]
                texts[1:] = [f"= {text}" for text in texts[1:]]
                shown = [line for text in texts for line in self.sentence(text, "green")]
                lines += [Text(), *self.labelled("chain", shown)]
        return lines

    def without_frame(self, node: Node) -> list[Text]:
        """Return the prose on an input's gradient where no gradients meet, so that it has no frame."""
        if not node.is_source or any(stop.node is node for stop in self.story.recording.graph.stops):
            return []
        if not (text := self.section(node).backward):
            return []
        return [*self.labelled(f"d{node.name}", self.prose(text)), *self.chains(node, "backward")]

    def sentence(self, content: str, style: str = "") -> list[Text]:
        """Return a text wrapped to the width that a label leaves."""
        return wrapped(self.look.text(content, style), self._inner_width())

    def prose(self, markdown: str) -> list[Text]:
        """Return prose with its computed values filled in."""
        text = self.story.quoted(markdown, self.look.precision)
        return prose_lines(text, self.look, self._inner_width())

    def _inner_width(self) -> int:
        narrow = self.look.width < 40 or self.look.plain
        return max(self.look.width - (2 if narrow else LABEL + 1), 8)


def non_finite_note(page: Page, arrays: Sequence[Array]) -> list[Text]:
    """Return a word on inf and nan where they appear; nothing where all numbers are finite."""
    # A sum is finite only if all its terms are: one pass, and no array of truth values.
    if all(np.isfinite(np.sum(array)) or np.all(np.isfinite(array)) for array in arrays):
        return []
    return page.sentence(
        "inf is what a division by zero gives, nan what 0 · inf gives: the formula has no value for this "
        "data. A column without spread and eps = 0 does that; any eps above 0 prevents it.",
        "yellow",
    )
