"""Two wrong backward passes, to be watched: without topological order, and run twice without a reset."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import BackwardStep, Edge, Upstream, by_output, replay

# A graph of n joins in a row is visited 2**n times by the recursion.
MOST_VISITS = 500


class Order(StrEnum):
    """The order in which a backward pass runs."""

    RIGHT = "right"
    RECURSIVE = "recursive"
    TWICE = "twice"


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the wrong pass ends with: per input the wrong and the right gradient, and where they part.

    ``parted`` is the number, from 1, of the first backward frame that shows a number that the right pass
    never has; 0 where the two agree.
    """

    gradients: tuple[tuple[str, Array, Array], ...]
    parted: int


def wrong_steps(recording: Recording, upstream: Upstream, order: Order) -> Iterator[BackwardStep]:
    """Yield the steps of a wrong backward pass."""
    upstreams = by_output(recording, upstream)
    return _twice(recording, upstreams) if order is Order.TWICE else _recursive(recording, upstreams)


def _twice(recording: Recording, upstreams: Mapping[str, Array]) -> Iterator[BackwardStep]:
    """Run the pass twice; the inputs keep what the first one left them, as where zero_grad is forgotten."""
    first = tuple(replay(recording, upstreams))
    yield from first
    inputs = {node.name for node in recording.graph.inputs}
    left = {name: value for name, value in last_sums(first).items() if name in inputs}
    yield from replay(recording, upstreams, start=left)


def _recursive(recording: Recording, upstreams: Mapping[str, Array]) -> Iterator[BackwardStep]:
    """Hand on each contribution at once, as a recursion without topological order does.

    It is begun at each output in turn, where the outputs' own upstreams are already. A node that is reached
    on several roads is visited on each, with whatever has arrived by then, and what it had passed on before
    is passed on again.
    """
    graph = recording.graph
    stops = {stop.node.name: stop for stop in graph.stops}
    totals = dict(upstreams)
    waiting = [name for name in reversed(graph.outputs) if not graph[name].is_source]
    for _ in range(MOST_VISITS):
        if not waiting:
            return
        stop = stops[waiting.pop()]
        node, total = stop.node, totals[stop.node.name]
        operands = tuple(recording[name] for name in node.inputs)
        edges = []
        for way in stop.edges:
            local = way.local(way.place, operands, recording[node.name], node.parameters)
            contribution = local.backward(total)
            before = totals.get(way.input)
            totals[way.input] = contribution if before is None else before + contribution
            edges.append(Edge(node, way, local, contribution, before, totals[way.input]))
        waiting += [way.input for way in reversed(stop.edges) if not graph[way.input].is_source]
        yield BackwardStep(node, total, tuple(edges))


def verdict(
    recording: Recording, steps: Sequence[BackwardStep], right_steps: Sequence[BackwardStep]
) -> Verdict:
    """Hold a wrong pass against the right one."""
    wrong, right = last_sums(steps), last_sums(right_steps)
    names = [node.name for node in recording.graph.inputs if node.name in right]
    # The recursion may stop before it reaches an input at all.
    found = tuple((name, wrong.get(name, np.zeros_like(right[name])), right[name]) for name in names)
    return Verdict(found, _parted(steps, right_steps))


def last_sums(
    steps: Iterable[BackwardStep], upstreams: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """Return the gradients that steps end with, by name; without contributions an output has its own."""
    return {**(upstreams or {}), **{edge.input: edge.after for step in steps for edge in step.edges}}


def _parted(steps: Sequence[BackwardStep], right_steps: Sequence[BackwardStep]) -> int:
    totals = {step.node.name: step.upstream for step in right_steps}
    sums: dict[str, list[Array]] = {}
    for step in right_steps:
        for edge in step.edges:
            sums.setdefault(edge.input, []).append(edge.after)
    for number, step in enumerate(steps, 1):
        strange_sum = any(not _among(edge.after, sums[edge.input]) for edge in step.edges)
        if strange_sum or not _among(step.upstream, [totals[step.node.name]]):
            return number
    return 0


def _among(value: Array, others: Sequence[Array]) -> bool:
    return any(np.allclose(value, other, rtol=1e-9, atol=1e-12, equal_nan=True) for other in others)
