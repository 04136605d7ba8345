"""Every local gradient of a recording, without a backward pass: what each node does to its upstream."""

from collections.abc import Mapping
from dataclasses import dataclass

from bn_tutor.engine.gradients import LinearMap, named
from bn_tutor.engine.graph import Node, Recording, Way, placeholders
from bn_tutor.engine.shapes import Shape


@dataclass(frozen=True, eq=False)
class LocalGradient:
    """∂node/∂input as a linear map, named; its backward takes the node's shape to the input's.

    ``place`` is that of the input among the node's, where one may be there twice.
    """

    node: Node
    input: str
    place: int
    shape: Shape
    local: LinearMap


def local_gradients(recording: Recording) -> Mapping[str, tuple[LocalGradient, ...]]:
    """Return the local gradients of each node that a gradient comes to, one for each input it flows on to.

    They stand in the order of the node's inputs. A node that no gradient comes to is not there.
    """
    return {
        stop.node.name: tuple(_local_gradient(recording, stop.node, way) for way in stop.edges)
        for stop in recording.graph.stops
        if not stop.node.is_source
    }


def _local_gradient(recording: Recording, node: Node, way: Way) -> LocalGradient:
    operands = tuple(recording[name] for name in node.inputs)
    local = way.local(way.place, operands, recording[node.name], node.parameters)
    return LocalGradient(
        node, way.input, way.place, recording.graph[way.input].shape, named(local, placeholders(node))
    )
