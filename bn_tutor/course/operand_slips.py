"""Slips with what stands in a local gradient: another value, a divisor for a factor, eps forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bn_tutor.course.factor_slips import factors
from bn_tutor.course.flow import Spot
from bn_tutor.course.gradient_names import is_named
from bn_tutor.course.slips import Slip, Wrong, filled, replaced, shown, slope_is, to, whole
from bn_tutor.engine.gradients import Array, MatMul, Scale
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.operation import CONSTANT, LITERAL
from bn_tutor.engine.text import bracketed

MOST_RELATIVES = 6


def own_value(spot: Spot) -> Iterator[Slip]:
    """In a product each factor gets the other one; here it gets itself."""
    own, other = spot.node.inputs[spot.place], spot.node.inputs[1 - spot.place :][:1]
    for at, link in factors(spot) if spot.node.operation.name == "multiply" and (own,) != other else ():
        say = f"{to(spot)} itself stands where the other factor belongs: {slope_is(spot, link)}."
        hint = f"In a · b, what is the slope with respect to a? And in {whole(spot)}?"
        wrong = Scale(to(spot), np.asarray, (spot.operands[spot.place],))
        yield Slip(replaced(spot, at, wrong), say, hint)


def wrong_operand(spot: Spot) -> Iterator[Slip]:
    """Another stage of the same quantity: x or x - mu where xhat belongs, out where xhat belongs."""
    if spot.node.operation.name not in ("multiply", "matmul"):
        return
    right = spot.node.inputs[1 - spot.place]
    for at, link in enumerate(spot.links):
        if not isinstance(link, Scale | MatMul):
            continue
        for name in relatives(spot.recording, right):
            if name not in spot.node.inputs:
                say = f"{name} stands where {shown(spot.recording, right)} belongs: {_made_with(spot, link)}."
                hint = f"Which value did {to(spot)} meet in {whole(spot)} on the way forward?"
                yield Slip(replaced(spot, at, _with(link, name, spot.recording[name])), say, hint, name)


def _made_with(spot: Spot, link: Scale | MatMul) -> str:
    if isinstance(link, MatMul):
        return f"{whole(spot)} was made with {filled(spot, link.formula)}"
    return slope_is(spot, link)


def _with(link: Scale | MatMul, name: str, value: Array) -> Scale | MatMul:
    if isinstance(link, MatMul):
        return MatMul(value, name, link.left, link.shape_in, link.shape_out)
    return Scale(name, np.asarray, (value,))


def relatives(recording: Recording, name: str) -> list[str]:
    """Return named nodes of the same shape that a node is made from, or that are made from one of these."""
    graph = recording.graph
    wanted = graph[name].shape
    before = {name}
    for node in reversed(graph.nodes):
        if node.name in before:
            before |= {each for each in node.inputs if graph[each].shape == wanted}
    after: set[str] = set()
    for node in graph.operations:
        if node.shape == wanted and not (before | after).isdisjoint(node.inputs):
            after.add(node.name)
    alike = [node for node in graph.nodes if node.name in before | after and wanted != ()]
    found = [node.name for node in alike if node.name != name and is_named(node)]
    return found[:MOST_RELATIVES]


# --- products and quotients -----------------------------------------------------------------------------


def divided(spot: Spot) -> Iterator[Slip]:
    """Divide where it is multiplied, or the other way round."""
    made = spot.node.operation.name
    if made == "multiply" or (made == "divide" and spot.place == 0):
        other = shown(spot.recording, spot.node.inputs[1 - spot.place])
        for at, link in factors(spot):
            text = f"1 / {bracketed(filled(spot, link.formula))}"
            inverse = Scale(text, lambda factor: 1.0 / factor, (link.factor,))
            words = "divides" if made == "multiply" else "multiplies"
            say = f"This {words} the upstream by {other}: {slope_is(spot, link)}."
            hint = f"Is {other} a factor of {whole(spot)}, or a divisor?"
            yield Slip(replaced(spot, at, inverse), say, hint)


def quotient_mixed(spot: Spot) -> Iterator[Slip]:
    """Lose the numerator from the slope of a quotient, or mix its two operands up."""
    if spot.node.operation.name == "divide" and spot.place == 1:
        above, below = (bracketed(shown(spot.recording, name)) for name in spot.node.inputs)
        for at, link in factors(spot):
            say = f"Above and below are mixed up here: {slope_is(spot, link)}."
            hint = f"Write {whole(spot)} as {above} times a power of {below}, and differentiate."
            mixed = Scale(f"-{below} / {above}**2", lambda a, b: -b / a**2, spot.operands)
            yield Slip(replaced(spot, at, mixed), say, hint, "swapped")
            say = f"{above} is missing: {slope_is(spot, link)}."
            alone = Scale(f"-1 / {below}**2", lambda b: -1.0 / b**2, spot.operands[1:])
            yield Slip(replaced(spot, at, alone), say, hint, "numerator-missing")


def complement(spot: Spot) -> Iterator[Slip]:
    """Take 1 - p for p: the probability of dropping for that of keeping."""
    names = [name for name in spot.node.inputs if spot.recording.graph[name].operation is LITERAL]
    p = spot.recording[names[0]].item() if names else 0.0
    for at, link in factors(spot) if 0 < p < 1 else ():
        other = 1 - p
        say = f"{other:g} stands where {p:g} belongs, 1 minus it: {slope_is(spot, link)}."
        hint = "Is the number here the probability to keep, or the one to drop?"
        factor = 1 / other if spot.node.operation.name == "divide" else other
        wrong = Scale(f"1 / {other:g}" if factor != other else f"{other:g}", float, (factor,))
        yield Slip(replaced(spot, at, wrong), say, hint)


# --- eps ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Bare:
    """What a value would be with eps in another place; ``inside`` is where the forward pass has it."""

    eps: str
    inside: str
    value: Array


_EPS_WORDS: Mapping[str, str] = {
    "missing": "is missing from",
    "outside": "stands outside of the root in",
    "subtracted": "is subtracted in",
}


def eps_forgotten(spot: Spot) -> Iterator[Slip]:
    """Take the slope where eps is not, or where it stands outside of the root, or is subtracted."""
    names = spot.node.inputs
    for detail, words in _EPS_WORDS.items() if any(True for _ in factors(spot)) else ():
        bare = [_bare(spot.recording, name, detail) for name in names]
        for used in [each for each in bare if each is not None][:1]:
            wrong = partial(_backward_at, spot, bare, _bare(spot.recording, spot.node.name, detail))
            say = f"{used.eps} {words} this slope. On the way forward it stands in {used.inside}."
            hint = f"Where exactly does {used.eps} stand on the way forward?"
            yield Slip(Wrong(wrong, ""), say, hint, detail)


def _backward_at(spot: Spot, bare: Sequence[_Bare | None], own: _Bare | None, upstream: Array) -> Array:
    """Send the upstream back along the edge as it would be with these operands."""
    operands = tuple(new.value if new else old for new, old in zip(bare, spot.operands, strict=True))
    node = spot.node
    output = own.value if own else np.asarray(node.operation.forward(*operands, **node.parameters))
    make = node.operation.local(spot.place)
    assert make is not None, "a gradient flows along every edge"
    return make(spot.place, operands, output, node.parameters).backward(upstream)


def _bare(recording: Recording, name: str, where: str) -> _Bare | None:
    """Return a root, or what is made of one alone, with eps elsewhere; None where no eps is in it."""
    node = recording.graph[name]
    if node.operation.name == "add":
        sources = [each for each in node.inputs if recording.graph[each].operation is CONSTANT]
        if len(sources) != 1 or recording[sources[0]].shape != ():
            return None
        eps = recording[sources[0]]
        value = recording[name] - (2 * eps if where == "subtracted" else eps)
        return _Bare(sources[0], shown(recording, name), value)
    if node.operation.name not in ("sqrt", "reciprocal", "power"):
        return None
    below = _bare(recording, node.inputs[0], where)
    if below is None:
        return None
    moved = recording[below.eps] if where == "outside" and node.operation.name == "sqrt" else 0.0
    with np.errstate(all="ignore"):
        value = np.asarray(node.operation.forward(below.value, **node.parameters))
    return _Bare(below.eps, below.inside, value + moved)
