"""Slips with sums and means: what was broadcast or reduced on the way forward."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from bn_tutor.course.flow import Spot
from bn_tutor.course.slips import Slip, Wrong, along, replaced, to, whole
from bn_tutor.engine.gradients import Scale, Spread, SumOver
from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.operation import LITERAL
from bn_tutor.engine.shapes import Shape

# --- the sum over what was broadcast --------------------------------------------------------------------


def sum_missing(spot: Spot) -> Iterator[Slip]:
    """Leave out the sum."""
    for at, link in _sums(spot):
        say = f"This is not summed yet. {_served(spot, link)}, one for all, so its gradient sums over them."
        hint = f"{to(spot)} has the shape {link.shape_in}, the upstream {link.shape_out}. Why do they differ?"
        yield Slip(replaced(spot, at), say, hint)


def mean_for_sum(spot: Spot) -> Iterator[Slip]:
    """Take the mean over what was broadcast."""
    for at, link in _sums(spot):
        count = prod(link.shape_out[axis] for axis in link.axes)
        say = f"This is a mean, {count} times too small. {_served(spot, link)}, and each use counts in full."
        hint = f"{to(spot)} is used several times. Do the gradients of its uses add up, or average out?"
        yield Slip(replaced(spot, at, link, one_over(count)), say, hint)


def wrong_axis(spot: Spot) -> Iterator[Slip]:
    """Sum over another axis, or over only one of several."""
    for at, link in _sums(spot):
        for axis in range(len(link.shape_out)):
            if (axis,) != link.axes:
                alone = " alone" if axis in link.axes else ""
                served = _served(spot, link)
                say = f"This sums over axis {axis}{alone}. {served}, and its gradient sums over them."
                hint = f"Along which axes was {to(spot)} repeated on the way forward?"
                yield Slip(replaced(spot, at, _sum_over(axis, link)), say, hint, f"axis-{axis}")


def sum_of_all(spot: Spot) -> Iterator[Slip]:
    """Make one number of everything, as np.sum and np.mean do without an axis."""
    for at, link in _sums(spot):
        if len(link.axes) < len(link.shape_out):
            hint = f"{to(spot)} has the shape {link.shape_in}: how many numbers must its gradient have?"
            served = f"{_served(spot, link)}, and over nothing else."
            say = f"This sums everything into one number. {served}"
            yield Slip(replaced(spot, at, Wrong(np.sum, "np.sum({up})")), say, hint)
            say = f"This is the mean of everything, one number. {served}"
            yield Slip(replaced(spot, at, Wrong(np.mean, "np.mean({up})")), say, hint, "mean")


def _sums(spot: Spot) -> Iterator[tuple[int, SumOver]]:
    for at, link in enumerate(spot.links):
        if isinstance(link, SumOver) and link.axes:
            yield at, link


def _served(spot: Spot, link: SumOver) -> str:
    return f"{to(spot)} was broadcast over {along(link.axes, link.shape_out)}"


def _sum_over(axis: int, link: SumOver) -> Wrong:
    kept = len(link.shape_in) == len(link.shape_out)
    text = f"np.sum({{up}}, axis={axis}{', keepdims=True' if kept else ''})"
    return Wrong(lambda upstream: np.sum(upstream, axis=axis, keepdims=kept), text)


# --- the share in a mean --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """The 1/N on an edge: which link it is, N, what to say of it, and what else people take for N.

    ``others`` are numbers with words for them, by a name that is the same for all data.
    """

    at: int
    count: int
    said: str
    others: Mapping[str, tuple[int, str]]


def share_missing(spot: Spot) -> Iterator[Slip]:
    """Leave out the 1/N."""
    if share := share_on(spot):
        say = f"The factor 1/{share.count} is missing. {share.said}"
        hint = f"By how much does {whole(spot)} move when one entry of {to(spot)} moves by 1?"
        yield Slip(replaced(spot, share.at), say, hint)


def other_share(spot: Spot) -> Iterator[Slip]:
    """Divide by another number than N: N - 1, the length of an axis, the number of all entries."""
    if share := share_on(spot):
        for detail, (other, words) in share.others.items():
            say = f"This divides by {other}{words}. {share.said}"
            hint = f"How many numbers is one entry of {whole(spot)} the mean of?"
            yield Slip(replaced(spot, share.at, one_over(other)), say, hint, detail)


def share_on(spot: Spot) -> Share | None:
    """Return the 1/N on an edge: that of a mean, or that of a sum which is divided by a whole number."""
    if spot.node.operation.name == "mean":
        return _share_of_mean(spot)
    if spot.node.operation.name == "divide" and spot.place == 0:
        return _share_of_divided_sum(spot)
    return None


def one_over(count: float) -> Scale:
    """Return the factor 1/N."""
    return Scale(f"1 / {count:g}", float, (1 / count,))


def _share_of_mean(spot: Spot) -> Share:
    at, spread = next((at, link) for at, link in enumerate(spot.links) if isinstance(link, Spread))
    count = prod(spread.shape_in[axis] for axis in spread.axes)
    name = whole(spot)
    said = f"{name} is a mean of {count} entries: when one moves by 1, {name} moves by 1/{count}."
    return Share(at - 1, count, said, _taken_for(count, [spread.shape_in]))


def _share_of_divided_sum(spot: Spot) -> Share | None:
    divisor = spot.recording.graph[spot.node.inputs[1]]
    count = spot.operands[1].item() if divisor.operation is LITERAL else 0.0
    shapes = list(_summed_shapes(spot.recording, spot.input))
    if count < 2 or count != int(count) or not shapes:
        return None
    said = f"{whole(spot)} divides a sum by {count:g}, so each term moves it by 1/{count:g} of its own step."
    return Share(0, int(count), said, _taken_for(int(count), shapes))


def _summed_shapes(recording: Recording, name: str) -> Iterator[Shape]:
    """Yield the shapes that were summed into a node, by way of signs and additions."""
    node: Node = recording.graph[name]
    if node.operation.name == "sum":
        yield recording.graph[node.inputs[0]].shape
    elif node.operation.name in ("negative", "add"):
        for each in node.inputs:
            yield from _summed_shapes(recording, each)


def _taken_for(count: int, shapes: Sequence[Shape]) -> dict[str, tuple[int, str]]:
    found = {"less-one": (count - 1, ", which is N − 1")}
    for at, shape in enumerate(shapes):
        part = f"-of-{at}" if len(shapes) > 1 else ""
        found |= {f"axis-{axis}{part}": (n, f", the length of axis {axis}") for axis, n in enumerate(shape)}
        found[f"all{part}"] = (prod(shape), ", the number of all entries")
    return {detail: other for detail, other in found.items() if other[0] not in (0, count)}
