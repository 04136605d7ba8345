"""Slips with whole roads: one dropped, one overwritten, statistics taken for constants, a stop passed over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from bn_tutor.course.flow import Backward, Edge, Flow, Spot, flow_of
from bn_tutor.course.slips import Change, Nothing, Slip, Wrong, line_of, listed, shown, to
from bn_tutor.engine.gradients import Array, Spread, SumOver
from bn_tutor.engine.graph import Node, Recording, build
from bn_tutor.engine.operations import OPERATIONS

# A Jacobian's diagonal takes a backward pass for each entry.
MOST_ENTRIES = 100


def road_dropped(spot: Spot) -> Iterator[Slip]:
    """Forget one of several roads."""
    parts = spot.recording.graph.parts(spot.input)
    if parts > 1:
        say = f"{to(spot)} reaches the loss on {parts} roads, and what they bring is added up. The one through {line_of(spot)} is missing."
        hint = f"In how many places is {to(spot)} used on the way forward?"
        yield Slip(nothing(spot), say, hint)


def overwritten(flow: Flow) -> Iterator[Change]:
    """Let the last contribution to a node take the place of those before it."""
    for name, spots in flow.arriving.items():
        *before, last = spots
        if before:
            count = len(spots) + (name in flow.upstream)
            say = f"Of {count} contributions to {to(last)} only the last is left, the one through {line_of(last)}: it was written over the others and not added to them."
            hint = f"What happens to the gradient of {to(last)} when its next contribution arrives?"
            yield cut(last, Slip(last.local, say, hint), before)
