"""A right backward pass that is kept, edge by edge, so that it can be run again with some edges changed.

Only what a change reaches is computed anew: a catalogue of mistakes runs hundreds of passes over a recording.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from bn_tutor.engine.gradients import Array, LinearMap, links
from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.replay import Upstream, by_output

# So many numbers a wrong shape may make, by broadcasting, before its pass ends.
MOST_NUMBERS = 1_000_000
# A node's name, and the place of one of its inputs.
Edge = tuple[str, int]


class Backward(Protocol):
    """The way back along one edge, right or wrong: every local gradient is one."""

    def backward(self, upstream: Array) -> Array:
        """Return what the edge brings to the input."""
        ...

    def numpy(self, upstream: str) -> str:
        """Return it as a NumPy expression of the text ``upstream``; empty where it is not written out."""
        ...


@dataclass(frozen=True, eq=False)
class Spot:
    """One edge of a backward pass, at the level of operations: from ``node`` to its input at ``place``.

    ``at`` counts the stops of the backward pass.
    """

    recording: Recording
    node: Node
    place: int
    local: LinearMap
    at: int = 0

    @property
    def edge(self) -> Edge:
        """What names the edge within the graph."""
        return self.node.name, self.place

    @property
    def input(self) -> str:
        """The name of the input that the gradient flows to."""
        return self.node.inputs[self.place]

    @property
    def operands(self) -> tuple[Array, ...]:
        """The values of the node's inputs."""
        return tuple(self.recording[name] for name in self.node.inputs)

    @property
    def output(self) -> Array:
        """The node's value."""
        return self.recording[self.node.name]

    @cached_property
    def links(self) -> tuple[LinearMap, ...]:
        """The plain maps that the local gradient consists of, in backward order."""
        return links(self.local)


@dataclass(frozen=True, eq=False)
class Rerun:
    """What a changed pass comes to where it differs: by edge, and by node.

    None stands where shapes no longer fit, and for all that would be computed from it.
    """

    contributions: Mapping[Edge, Array | None]
    totals: Mapping[str, Array | None]


@dataclass(frozen=True, eq=False)
class Flow:
    """A right backward pass of ``recording``, which is at the level of operations."""

    recording: Recording
    # What each output has from outside.
    upstream: Mapping[str, Array]
    spots: tuple[Spot, ...]
    contributions: Mapping[Edge, Array]
    totals: Mapping[str, Array]

    @cached_property
    def arriving(self) -> Mapping[str, Sequence[Spot]]:
        """The edges that lead to each node, in the order of the pass."""
        found: dict[str, list[Spot]] = {}
        for spot in self.spots:
            found.setdefault(spot.input, []).append(spot)
        return found

    @cached_property
    def leaving(self) -> Mapping[str, Sequence[Spot]]:
        """The edges that lead away from each node."""
        found: dict[str, list[Spot]] = {}
        for spot in self.spots:
            found.setdefault(spot.node.name, []).append(spot)
        return found

    def total(self, name: str, upstream: Mapping[str, Array]) -> Array:
        """Return the right gradient of a node for another upstream."""
        totals = dict(upstream)
        with np.errstate(all="ignore"):
            for spot in self.spots:
                brought = spot.local.backward(totals[spot.node.name])
                totals[spot.input] = totals[spot.input] + brought if spot.input in totals else brought
        return totals[name]

    def rerun(self, changes: Mapping[Edge, Backward], without: Collection[str] = ()) -> Rerun:
        """Run the pass again with other maps on some edges.

        Outputs in ``without`` have no upstream of their own; other nodes must send them something.
        """
        contributions: dict[Edge, Array | None] = {}
        totals: dict[str, Array | None] = {}
        touched = {edge[0] for edge in changes}.union(without)
        with np.errstate(all="ignore"):
            for name, spots in self.leaving.items():
                if name in touched:
                    totals |= self._total(name, contributions, without)
                    upstream = totals.get(name, self.totals[name])
                    for spot in spots:
                        if name in totals or spot.edge in changes:
                            back = changes.get(spot.edge, spot.local)
                            fits = upstream is not None and _is_bounded(spot, upstream)
                            contributions[spot.edge] = _sent(back, upstream) if fits else None
                            touched.add(spot.input)
            for name in touched - totals.keys():
                totals |= self._total(name, contributions, without)
        return Rerun(contributions, totals)

    def _total(
        self, name: str, changed: Mapping[Edge, Array | None], without: Collection[str]
    ) -> dict[str, Array | None]:
        """Return a node's gradient by its name, nothing where no change has come to it."""
        spots = self.arriving.get(name, ())
        if name not in without and not any(spot.edge in changed for spot in spots):
            return {}
        own = [self.upstream[name]] if name in self.upstream and name not in without else []
        parts = [changed.get(spot.edge, self.contributions[spot.edge]) for spot in spots]
        return {name: added([*own, *parts])}


def flow_of(recording: Recording, upstream: Upstream) -> Flow:
    """Run the backward pass of a recording, and keep it. Raises ValueError as ``replay`` does."""
    own = by_output(recording, upstream)
    totals: dict[str, Array] = dict(own)
    contributions: dict[Edge, Array] = {}
    spots: list[Spot] = []
    # Inf and nan are for the frames to explain.
    with np.errstate(all="ignore"):
        for spot in _spots(recording):
            brought = spot.local.backward(totals[spot.node.name])
            contributions[spot.edge] = brought
            totals[spot.input] = totals[spot.input] + brought if spot.input in totals else brought
            spots.append(spot)
    return Flow(recording, own, tuple(spots), contributions, totals)


def added(parts: Sequence[Array | None]) -> Array | None:
    """Return the sum of contributions; None where one of them is none, or where they do not fit."""
    total = parts[0]
    for part in parts[1:]:
        if total is None or part is None:
            return None
        try:
            total = np.asarray(total + part)
        except ValueError:
            return None
    return total


def _spots(recording: Recording) -> Iterator[Spot]:
    for at, stop in enumerate(recording.graph.stops):
        operands = tuple(recording[name] for name in stop.node.inputs)
        for way in stop.edges:
            local = way.local(way.place, operands, recording[stop.node.name], stop.node.parameters)
            yield Spot(recording, stop.node, way.place, local, at)


def _is_bounded(spot: Spot, upstream: Array) -> bool:
    """Whether an upstream of a wrong shape cannot grow beyond measure by broadcasting."""
    if upstream.shape == spot.node.shape:
        return True
    return upstream.size * max(spot.output.size, *(value.size for value in spot.operands)) <= MOST_NUMBERS


def _sent(back: Backward, upstream: Array | None) -> Array | None:
    if upstream is None:
        return None
    try:
        return np.asarray(back.backward(upstream))
    except (ValueError, IndexError):
        return None  # shapes that no longer fit: the learner's code would stop here
