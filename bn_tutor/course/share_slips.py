"""Slips with the 1/N of a mean that turn it over, or that are made in all means of one normalization."""

from collections.abc import Callable, Iterator, Sequence

from bn_tutor.course.flow import Flow, Spot
from bn_tutor.course.slips import Change, Find, Slip, listed, replaced, whole
from bn_tutor.course.statistics_slips import layers
from bn_tutor.course.sum_slips import Share, one_over, share_on
from bn_tutor.engine.gradients import LinearMap, Scale

# (an edge, its 1/N) -> the edge with another factor
Instead = Callable[[Spot, Share], LinearMap]


def share_turned(spot: Spot) -> Iterator[Slip]:
    """Multiply by N where 1/N is the share."""
    if share := share_on(spot):
        say = f"This multiplies by {share.count} instead of dividing. {share.said}"
        yield Slip(_times(spot, share), say, f"Is the share of one entry in {whole(spot)} more than all?")


def all_missing(flow: Flow) -> Iterator[Change]:
    """Leave out the 1/N in all means of a normalization."""
    yield from _in_all(flow, "The factor 1/{0} is missing, in {1} alike.", _left_out)


def all_less_one(flow: Flow) -> Iterator[Change]:
    """Divide by N - 1 in all means of a normalization."""
    yield from _in_all(flow, "This divides by {2}, which is N − 1, in {1} alike.", _less_one)


def all_turned(flow: Flow) -> Iterator[Change]:
    """Multiply by N in all means of a normalization."""
    yield from _in_all(flow, "This multiplies by {0} instead of dividing, in {1} alike.", _times)


def together(*finds: Find) -> Find:
    """Return what finds the changes of several, one after the other, as one row of the catalogue."""

    def find_all(flow: Flow) -> Iterator[Change]:
        for find in finds:
            yield from find(flow)

    return find_all


def _in_all(flow: Flow, text: str, instead: Instead) -> Iterator[Change]:
    """Change the shares of each normalization that has several, all of one N."""
    for statistics, sources in layers(flow).items():
        found = [(spot, share) for spot in _behind(flow, statistics, sources) if (share := share_on(spot))]
        counts = {share.count for _, share in found}
        if len(found) > 1 and len(counts) == 1 and min(counts) > 2:
            count = counts.pop()
            names = listed(whole(spot) for spot, _ in found)
            say = f"{text.format(count, names, count - 1)} Each is a mean of {count} entries."
            hint = f"How many numbers are {names} means of, and what is the share of each?"
            edges = {spot.edge: instead(spot, share) for spot, share in found}
            last = found[-1][0]
            yield Change(last, Slip(last.local, say, hint, "everywhere"), edges)


def _behind(flow: Flow, statistics: Sequence[str], sources: Sequence[str]) -> list[Spot]:
    """Return the edges that statistics were computed by, from the data on, in the order of the pass."""
    seen, left = set(sources), [*statistics]
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left += [spot.input for spot in flow.leaving.get(name, ())]
    return [spot for spot in flow.spots if spot.node.name in seen - set(sources)]


def _left_out(spot: Spot, share: Share) -> LinearMap:
    return replaced(spot, share.at)


def _less_one(spot: Spot, share: Share) -> LinearMap:
    return replaced(spot, share.at, one_over(share.count - 1))


def _times(spot: Spot, share: Share) -> LinearMap:
    return replaced(spot, share.at, Scale(f"{share.count}", float, (float(share.count),)))
