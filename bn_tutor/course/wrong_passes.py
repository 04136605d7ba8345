"""Every single misconception put into a backward pass, and what it leads to, everything else being right."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bn_tutor.course.flow import Edge, Flow, Rerun, flow_of
from bn_tutor.course.gradient_names import Target, is_named
from bn_tutor.course.misconceptions import ROWS, Misconception
from bn_tutor.course.slips import Change, line_of, to
from bn_tutor.engine.closeness import equal
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import Upstream


@dataclass(frozen=True, eq=False)
class WrongPass:
    """A backward pass with one misconception in it; what it comes to is computed when asked for."""

    row: Misconception
    flow: Flow
    change: Change

    @cached_property
    def id(self) -> str:
        """What names it, the same for all data: the row, the slip, and the edge."""
        slip, spot = self.change.slip, self.change.spot
        return f"{row_and_detail(self.row.id, slip.detail)}@{spot.node.name}-{spot.place}"

    @property
    def node(self) -> str:
        """The line of the lesson in which it is made."""
        return line_of(self.change.spot)

    @property
    def input(self) -> str:
        """What the changed edge leads to, as the learner knows it."""
        return to(self.change.spot)

    @property
    def line(self) -> str:
        """The wrong way back along the edge as a line of NumPy; empty where it is none."""
        spot, graph = self.change.spot, self.flow.recording.graph
        wrong = self.change.slip.wrong
        of_names = is_named(spot.node) and is_named(graph[spot.input])
        is_line = self.change.edges.get(spot.edge) is wrong and of_names
        return wrong.numpy(f"d{spot.node.name}") if is_line else ""

    @cached_property
    def gradients(self) -> Mapping[str, Array | None]:
        """The whole gradients that differ, by node; None for those that shapes no longer allow."""
        given = self.change.gradients
        return given() if given else self._rerun.totals

    def touches(self, edges: Collection[Edge]) -> bool:
        """Whether one of these edges is changed, or more than edges."""
        change = self.change
        return not change.edges or bool(change.without) or any(edge in edges for edge in change.edges)

    def is_within(self, edges: Collection[Edge]) -> bool:
        """Whether nothing but these edges is changed."""
        change = self.change
        return bool(change.edges) and not change.without and all(edge in edges for edge in change.edges)

    def value(self, target: Target) -> Array | None:
        """Return what becomes of a gradient or a contribution; None where shapes no longer fit."""
        if self.change.gradients:
            right = target.right(self.flow)
            return right if target.edges else self.gradients.get(target.node, right)
        return target.value(self.flow, self._rerun)

    @cached_property
    def _rerun(self) -> Rerun:
        return self.flow.rerun(self.change.edges, self.change.without)


def wrong_passes(recording: Recording, upstream: Upstream) -> Iterator[WrongPass]:
    """Yield the backward pass with each misconception wherever it can be made and changes a gradient.

    ``recording`` is at the level of operations. Raises ValueError as ``replay`` does.
    """
    flow = flow_of(recording, upstream)
    for found in passes_of(flow).values():
        if not all(same(value, flow.totals.get(name)) for name, value in found.gradients.items()):
            yield found


def passes_of(flow: Flow) -> dict[str, WrongPass]:
    """Return the pass with each misconception wherever it can be made, by id, also where it does not show."""
    found: dict[str, WrongPass] = {}
    with np.errstate(all="ignore"):
        for row in ROWS:
            for change in row.find(flow):
                each = WrongPass(row, flow, change)
                found.setdefault(each.id, each)
    return found


def row_and_detail(row: str, detail: str) -> str:
    """``wrong-axis/axis-1``."""
    return f"{row}/{detail}" if detail else row


def same(one: Array | None, another: Array | None) -> bool:
    """Whether two gradients are equal; one that is not there equals only another such."""
    if one is None or another is None:
        return one is another
    return equal(one, another)
