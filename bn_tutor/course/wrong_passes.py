"""Every single misconception put into a backward pass, and what it leads to.

A pass is computed with one edge changed (``engine.replay``'s rule), everything else being right. Passes that
come to the same everywhere are one mistake under several names; one that comes to the right result, as the
vanishing road of the mean through the variance does, is no mistake at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bn_tutor.course.misconceptions import ROWS, Misconception, Slip, Spot
from bn_tutor.engine.closeness import relative_error
from bn_tutor.engine.gradients import Array, LinearMap, Spread, links
from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.replay import Upstream, by_output, replay

TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class WrongPass:
    """A backward pass with one misconception in it.

    ``node`` and ``input`` name the edge; ``gradients`` holds what the pass came to, by node, as far as it
    came: where a shape no longer fits, it ends. ``slip`` says what to say.
    """

    id: str
    title: str
    node: str
    input: str
    slip: Slip
    gradients: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class _Changed:
    """A local gradient whose backward is another one."""

    right: LinearMap
    wrong: Slip

    def forward(self, tangent: Array) -> Array:
        return self.right.forward(tangent)

    def backward(self, upstream: Array) -> Array:
        return self.wrong.backward(upstream)

    @property
    def words(self) -> str:
        """What is wrong with it."""
        return self.wrong.say

    def numpy(self, upstream: str) -> str:
        """A wrong line is not written out."""
        return self.right.numpy(upstream)


def wrong_passes(recording: Recording, upstream: Upstream) -> Iterator[WrongPass]:
    """Yield the backward pass with each misconception on each edge where it can be made.

    ``recording`` is at the level of operations. A pass that comes to the right gradients is left out.
    """
    right = gradients_of(recording, upstream)
    for spot in _spots(recording):
        for row in ROWS:
            for slip in row.find(spot):
                found = _pass(spot, slip, row, recording, upstream)
                if any(not same(found.gradients.get(name), value) for name, value in right.items()):
                    yield found
    yield from _statistics_as_constants(recording, upstream, right)


def gradients_of(recording: Recording, upstream: Upstream) -> dict[str, Array]:
    """Return the right gradient of every node that has one, by name."""
    found = dict(by_output(recording, upstream))
    for step in replay(recording, upstream):
        found[step.node.name] = step.upstream
        found |= {edge.input: edge.after for edge in step.edges}
    return found


def same(one: Array | None, another: Array | None) -> bool:
    """Whether two gradients are equal, strictly in shape; a gradient of zero is compared with 1."""
    if one is None or another is None:
        return one is another
    return relative_error(np.asarray(one), np.asarray(another), scale=1.0) <= TOLERANCE


def _spots(recording: Recording) -> Iterator[Spot]:
    for stop in recording.graph.stops:
        operands = tuple(recording[name] for name in stop.node.inputs)
        for way in stop.edges:
            local = way.local(way.place, operands, recording[stop.node.name], stop.node.parameters)
            yield Spot(recording, stop.node, way.place, local)


def _pass(spot: Spot, slip: Slip, row: Misconception, recording: Recording, upstream: Upstream) -> WrongPass:
    changed = {(spot.node.name, spot.place): slip}
    found = _gradients_with(changed, recording, upstream)
    detail = f"/{slip.detail}" if slip.detail else ""
    name = f"{row.id}{detail}@{spot.node.name}-{spot.input}"
    return WrongPass(name, row.title, spot.node.group or spot.node.name, spot.input, slip, found)


def _gradients_with(
    changed: Mapping[tuple[str, int], Slip], recording: Recording, upstream: Upstream
) -> dict[str, Array]:
    def rule(node: Node, place: int, local: LinearMap) -> LinearMap:
        slip = changed.get((node.name, place))
        return local if slip is None else _Changed(local, slip)

    found = dict(by_output(recording, upstream))
    try:
        with np.errstate(all="ignore"):
            for step in replay(recording, upstream, rule=rule):
                found[step.node.name] = step.upstream
                found |= {edge.input: edge.after for edge in step.edges}
    except (ValueError, IndexError):
        pass  # shapes that no longer fit: the pass ends here, as the learner's would
    return found


def _statistics_as_constants(
    recording: Recording, upstream: Upstream, right: Mapping[str, Array]
) -> Iterator[WrongPass]:
    """The commonest mistake of all: mean and variance taken for numbers that do not depend on the input."""
    reducing = [
        spot for spot in _spots(recording) if any(isinstance(each, Spread) for each in links(spot.local))
    ]
    inputs = {node.name for node in recording.graph.inputs}
    if len(reducing) < 2 or not inputs:
        return
    names = ", ".join(dict.fromkeys(spot.node.group or spot.node.name for spot in reducing))
    slip = Slip(
        np.zeros_like,
        f"This is the direct road alone: {names} were taken for constants, and they depend on the data, too.",
        "Which values of the forward pass change when one entry of the data changes?",
    )
    changed = {(spot.node.name, spot.place): Slip(_zeros(spot), slip.say, slip.hint) for spot in reducing}
    found = _gradients_with(changed, recording, upstream)
    if any(not same(found.get(name), right[name]) for name in inputs if name in right):
        first = reducing[-1]
        yield WrongPass(
            "statistics-as-constants",
            "statistics taken for constants",
            first.node.group,
            first.input,
            slip,
            found,
        )


def _zeros(spot: Spot):  # type: ignore[no-untyped-def]
    shape = spot.operands[spot.place].shape
    return lambda upstream: np.zeros(shape)
