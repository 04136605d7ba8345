"""The commonest mistake of all: statistics of the data taken for constants.

A statistic is what was reduced from the data and is broadcast to meet them again: a mean, an inverse
deviation, the sum below a softmax. The data reach the loss without it, too: a road is left when it is cut.
"""

from collections.abc import Iterator, Mapping, Sequence

from bn_tutor.course.flow import Flow
from bn_tutor.course.slips import Change, Nothing, Slip, listed, shown
from bn_tutor.engine.gradients import Spread, SumOver


def statistics_as_constants(flow: Flow) -> Iterator[Change]:
    """Take for constants all statistics of one normalization, or one of them."""
    found = layers(flow)
    for statistics, sources in found.items():
        if len(statistics) > 1:
            yield _cut(flow, statistics, sources, "all")
    for statistics, sources in found.items():
        for name in statistics:
            yield _cut(flow, (name,), sources, "")


def _cut(flow: Flow, statistics: Sequence[str], sources: Sequence[str], detail: str) -> Change:
    names = listed(shown(flow.recording, name) for name in statistics)
    data = listed(shown(flow.recording, name) for name in sources)
    one = len(statistics) == 1
    say = (
        f"This takes {names} for {'a constant' if one else 'constants'}. {'It is' if one else 'They are'} "
        f"computed from {data}: what comes back through {'it' if one else 'them'} is missing."
    )
    hint = f"Which values of the forward pass change when {data} does?"
    spots = [spot for name in statistics for spot in flow.arriving[name]]
    edges = {spot.edge: Nothing(spot.operands[spot.place].shape) for spot in spots}
    return Change(spots[-1], Slip(spots[-1].local, say, hint, detail), edges)


def layers(flow: Flow) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Return the statistics that belong together, with what each lot is computed from.

    Where all roads from an input pass through one node, it parts two layers.
    """
    known = _statistics(flow)
    to_loss = _roads_to_loss(flow)
    found: dict[tuple[str, ...], list[str]] = {}
    for node in flow.recording.graph.inputs:
        for entry, statistics in _between(flow, node.name, known, to_loss):
            sources = found.setdefault(statistics, [])
            sources += [] if entry in sources else [entry]
    return found


def _between(
    flow: Flow, start: str, known: set[str], to_loss: Mapping[str, int]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the statistics between each two nodes that all roads from ``start`` pass through.

    Where a statistic itself is taken up, as the mean is in x - mu, the layer goes on.
    """
    passing = _roads_from(flow, start)
    entry = start
    met: list[str] = []
    for node in flow.recording.graph.nodes:
        roads = passing.get(node.name, 0) * to_loss.get(node.name, 0)
        takes_up = any(spot.input in met for spot in flow.leaving.get(node.name, ()))
        if roads and roads == to_loss[start] and not takes_up:
            if met:
                yield entry, tuple(met)
            entry, met = node.name, []
        elif roads and node.name in known:
            met.append(node.name)
    if met:
        yield entry, tuple(met)


def _statistics(flow: Flow) -> set[str]:
    """Return what depends on a sum or a mean over data, and is broadcast."""
    reduced: set[str] = set()
    for spot in reversed(flow.spots):
        if spot.input in reduced or any(isinstance(link, Spread) for link in spot.links):
            reduced.add(spot.node.name)
    broadcast = {
        spot.input for spot in flow.spots for link in spot.links if isinstance(link, SumOver) and link.axes
    }
    return reduced & broadcast


def _roads_to_loss(flow: Flow) -> dict[str, int]:
    roads = dict.fromkeys(flow.upstream, 1)
    for spot in flow.spots:
        roads[spot.input] = roads.get(spot.input, 0) + roads[spot.node.name]
    return roads


def _roads_from(flow: Flow, start: str) -> dict[str, int]:
    roads = {start: 1}
    for spot in reversed(flow.spots):
        if spot.input in roads:
            roads[spot.node.name] = roads.get(spot.node.name, 0) + roads[spot.input]
    return roads
