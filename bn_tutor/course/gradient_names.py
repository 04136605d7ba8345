"""The names of gradients beside a lesson, as ``evaluation.environment`` gives them, found in a Flow.

``dmu`` is the whole gradient of a node, ``dx1`` and ``dx2`` what single lines of the lesson bring to x. A
line may hold several operations; what they bring to one input is one contribution.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bn_tutor.course.flow import Edge, Flow, Rerun, added
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Graph, Node


@dataclass(frozen=True)
class Target:
    """What a name stands for: the whole gradient of ``node``, or what ``edges`` bring to it."""

    node: str
    edges: tuple[Edge, ...] = ()

    def right(self, flow: Flow) -> Array:
        """Return the value in the right pass."""
        parts = [flow.contributions[edge] for edge in self.edges]
        found = added(parts) if parts else flow.totals[self.node]
        assert found is not None, "the right pass fits"
        return found

    def value(self, flow: Flow, rerun: Rerun) -> Array | None:
        """Return the value in a changed pass; None where it was never computed."""
        if not self.edges:
            return rerun.totals.get(self.node, flow.totals[self.node])
        parts = [rerun.contributions.get(edge, flow.contributions[edge]) for edge in self.edges]
        return added(parts)


def targets(flow: Flow) -> dict[str, Target]:
    """Return what every name of a gradient stands for.

    A contribution whose name is taken, by a node or by another one's gradient, has none here either.
    """
    graph = flow.recording.graph
    named = {name for name in flow.totals if is_named(graph[name])}
    totals = {f"d{name}": Target(name) for name in named}
    parts = {name: target for name, target in _parts(flow) if name not in totals}
    return {name: target for name, target in (parts | totals).items() if name not in graph.by_name}


def is_named(node: Node) -> bool:
    """Whether the lesson has a name for the node: operations within a line only have a made-up one."""
    return node.name == (node.group or node.name)


def _parts(flow: Flow) -> Iterator[tuple[str, Target]]:
    """Yield each contribution to a node that has several, by name, in the order of arrival."""
    graph = flow.recording.graph
    arrived: dict[str, list[Target]] = {}
    for edges in _by_line(flow):
        for name, found in edges.items():
            arrived.setdefault(name, []).append(Target(name, tuple(found)))
    for name, found_targets in arrived.items():
        if len(found_targets) + (name in graph.outputs) > 1:
            for count, target in enumerate(found_targets, 1):
                yield f"d{name}{count}", target


def _by_line(flow: Flow) -> Iterator[Mapping[str, Sequence[Edge]]]:
    """Yield, for each line of the lesson on the way back, the edges that leave it, by what they lead to.

    A line that is a single operation with one input twice, x * x, has two contributions of its own.
    """
    graph = flow.recording.graph
    for members in reversed(_lines(graph)):
        found: dict[str, list[Edge]] = {}
        for name in reversed(members):
            for spot in flow.leaving.get(name, ()):
                if spot.input in members:
                    continue
                if len(members) == 1:
                    yield {spot.input: [spot.edge]}
                else:
                    found.setdefault(spot.input, []).append(spot.edge)
        yield found


def _lines(graph: Graph) -> list[list[str]]:
    """Return the operations of each line; a line stands where its last operation stands."""
    lines: dict[str, list[str]] = {}
    for node in graph.operations:
        line = node.group or node.name
        lines[line] = [*lines.pop(line, []), node.name]
    return list(lines.values())
