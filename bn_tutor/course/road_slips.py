"""Slips with whole roads: one dropped or overwritten, a stop passed over, entries kept apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from bn_tutor.course.flow import Flow, Spot, flow_of
from bn_tutor.course.slips import Change, Nothing, Slip, line_of, shown, to
from bn_tutor.engine.gradients import Array, PassOn
from bn_tutor.engine.graph import Node, Recording, build
from bn_tutor.engine.operation import passed_on

# The diagonal of a Jacobian takes a backward pass for each entry.
MOST_ENTRIES = 400


def road_dropped(spot: Spot) -> Iterator[Slip]:
    """Forget one of several roads."""
    parts = spot.recording.graph.parts(spot.input)
    if parts > 1:
        say = (
            f"The road through {line_of(spot)} is missing. {to(spot)} reaches the loss on {parts} roads, "
            "and what they bring is added up."
        )
        hint = f"In how many places is {to(spot)} used on the way forward?"
        yield Slip(Nothing(spot.operands[spot.place].shape), say, hint)


def own_dropped(flow: Flow) -> Iterator[Change]:
    """Forget the upstream that an output has of its own, where it feeds others, too."""
    for name in flow.upstream.keys() & flow.arriving.keys():
        spot = flow.arriving[name][0]
        say = (
            f"{to(spot)} is an output, and other nodes use it, too. Its own upstream is missing: "
            "it is added to what comes back from them."
        )
        hint = f"On how many roads does {to(spot)} reach the loss?"
        yield Change(spot, Slip(spot.local, say, hint), without=(name,))


def overwritten(flow: Flow) -> Iterator[Change]:
    """Let the last contribution to a node take the place of those before it."""
    for name, spots in flow.arriving.items():
        *before, last = spots
        own = name in flow.upstream
        if before or own:
            say = (
                f"Only the last of {len(spots) + own} contributions to {to(last)} is left, the one through "
                f"{line_of(last)}: it was written over the others, not added to them."
            )
            hint = f"What becomes of the gradient of {to(last)} when its next contribution arrives?"
            edges = {spot.edge: Nothing(spot.operands[spot.place].shape) for spot in before}
            yield Change(last, Slip(last.local, say, hint), edges, (name,) if own else ())


# --- what is held constant on purpose -------------------------------------------------------------------


def stop_ignored(flow: Flow) -> Iterator[Change]:
    """Let the gradient through where it was stopped, at one place or at all of them."""
    stops = [node for node in flow.recording.graph.nodes if node.operation.name == "stop_gradient"]
    for node in stops:
        yield _through(flow, [node])
    if len(stops) > 1:
        yield _through(flow, stops)


def _through(flow: Flow, stops: Sequence[Node]) -> Change:
    first = Spot(flow.recording, stops[0], 0, PassOn(), len(flow.recording.graph.stops))
    name = shown(flow.recording, stops[0].name)
    where = f"through {name}" if len(stops) == 1 else "through every stop_gradient"
    say = f"A gradient flows {where} here. What is stopped counts as a constant, whatever it was made of."
    slip = Slip(first.local, say, "What does stop_gradient do on the way back?", "all" if stops[1:] else "")
    return Change(first, slip, gradients=partial(_opened, flow, {node.name for node in stops}))


def _opened(flow: Flow, names: set[str]) -> Mapping[str, Array]:
    """Return the gradients of the graph in which these nodes pass their gradient on."""
    graph = flow.recording.graph
    nodes = [
        replace(node, operation=replace(node.operation, locals=(passed_on,))) if node.name in names else node
        for node in graph.nodes
    ]
    opened = Recording(build(nodes, graph.outputs), flow.recording.values)
    return flow_of(opened, flow.upstream).totals


# --- the diagonal ---------------------------------------------------------------------------------------


def diagonal_only(flow: Flow) -> Iterator[Change]:
    """Let each entry of an input move its own entry of the output and no other."""
    graph = flow.recording.graph
    shape = flow.recording.output.shape
    for node in graph.inputs:
        alike = node.shape == shape and 1 < flow.recording.output.size <= MOST_ENTRIES
        if alike and len(graph.outputs) == 1 and node.name in flow.arriving:
            say = (
                f"This is the diagonal of the Jacobian alone, each entry of {node.name} with its own of "
                f"{graph.output}. An entry of {node.name} moves others of {graph.output}, too."
            )
            hint = f"Which entries of {graph.output} change when one entry of {node.name} does?"
            last = flow.arriving[node.name][-1]
            yield Change(last, Slip(last.local, say, hint), gradients=partial(_diagonal, flow, node.name))


def _diagonal(flow: Flow, name: str) -> Mapping[str, Array]:
    output = flow.recording.graph.output
    upstream = flow.upstream[output]
    found = np.zeros(upstream.shape)
    for at in np.ndindex(upstream.shape):
        unit = np.zeros(upstream.shape)
        unit[at] = upstream[at]
        found[at] = flow.total(name, {output: unit})[at]
    return {name: found}
