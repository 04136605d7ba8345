"""Slips with the local gradient itself: signs, powers, factors, operands, masks, matrices."""

from collections.abc import Iterator, Mapping

import numpy as np

from bn_tutor.course.slips import Slip, Spot, group_of, named_formula
from bn_tutor.course.sum_slips import share_of
from bn_tutor.engine.gradients import Array, MatMul, Scale
from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.operation import CONSTANT
from bn_tutor.engine.text import bracketed


def _factors(spot: Spot) -> Iterator[tuple[int, Scale]]:
    """Yield the factors of an edge that are no mere sign and no share of a mean."""
    share = share_of(spot)
    for at, link in enumerate(spot.links):
        if isinstance(link, Scale) and not (share and at == share[0]) and link.formula != "-1":
            yield at, link


def sign_turned(spot: Spot) -> Iterator[Slip]:
    """A minus that is lost, or one too many."""
    has_minus = any(
        isinstance(link, Scale) and link.formula.lstrip("(").startswith("-") for link in spot.links
    )
    name, operation = spot.node.name, spot.node.operation.name
    if has_minus:
        why = {"subtract": "it is subtracted there", "reciprocal": "1/u falls when u rises"}
        reason = why.get(operation, "the slope is negative")
        say = f"The minus is missing: raising {spot.input} lowers {name}, since {reason}."
    else:
        say = f"There is a minus too many: raising {spot.input} does not lower {name} by itself."
    yield Slip(
        lambda upstream: -spot.local.backward(upstream), say, f"When {spot.input} rises, what does {name} do?"
    )


def local_missing(spot: Spot) -> Iterator[Slip]:
    for at, link in _factors(spot):
        say = f"This is the upstream as it came; the local gradient ∂{spot.node.name}/∂{spot.input} = {named_formula(spot, link)} is missing."
        hint = f"What is the slope of {spot.node.name} with respect to {spot.input}?"
        yield Slip(spot.without(at), say, hint)


def upstream_missing(spot: Spot) -> Iterator[Slip]:
    say = f"This is the local gradient alone; it has to be multiplied by the upstream gradient d{group_of(spot)}."
    hint = "The chain rule has two factors. Which one is not in your answer?"
    shape = spot.node.shape
    if any(True for _ in _factors(spot)):
        yield Slip(lambda upstream: spot.local.backward(np.ones(shape)), say, hint)


def divided(spot: Spot) -> Iterator[Slip]:
    if spot.node.operation.name in ("multiply", "divide"):
        for at, link in _factors(spot):
            inverse = Scale(f"1 / {bracketed(link.formula)}", lambda factor: 1.0 / factor, (link.factor,))
            say = f"The upstream was divided by {named_formula(spot, link)}; it has to be multiplied by it."
            hint = f"Is the slope with respect to {spot.input} a factor or a divisor?"
            yield Slip(spot.without(at, inverse), say, hint)


def half_or_double(spot: Spot) -> Iterator[Slip]:
    """The 2 of a square and the ½ of a root, forgotten."""
    factors = {"square": (0.5, "2"), "sqrt": (2.0, "½")}
    for at, link in _factors(spot):
        if spot.node.operation.name in factors:
            by, name = factors[spot.node.operation.name]
            say = f"The factor {name} is missing from the slope of {spot.node.name}, {named_formula(spot, link)}."
            wrong = Scale("", lambda factor, by=by: factor * by, (link.factor,))
            yield Slip(spot.without(at, wrong), say, "Differentiate the power: which number comes down?")


def wrong_power(spot: Spot) -> Iterator[Slip]:
    """One power too few or too many of what the slope is made of."""
    bases: Mapping[str, Array] = {"reciprocal": spot.output, "sqrt": spot.output, "square": spot.operands[0]}
    base = bases.get(spot.node.operation.name)
    for at, link in _factors(spot) if base is not None else ():
        for by, word in ((1.0 / base, "less"), (base, "more")):
            wrong = Scale("", np.multiply, (link.factor, by))
            say = f"The slope of {spot.node.name} with respect to {spot.input} is {named_formula(spot, link)}; this has one power {word}."
            yield Slip(spot.without(at, wrong), say, "Check the exponent of the slope.", f"one-{word}")


def own_value(spot: Spot) -> Iterator[Slip]:
    """In a product each factor gets the other one; here it gets itself."""
    if spot.node.operation.name == "multiply":
        own, other = spot.operands[spot.place], spot.operands[1 - spot.place]
        for at, link in _factors(spot) if own is not other else ():
            say = f"{spot.input} was multiplied with itself. In a product each factor gets the upstream times the other factor."
            hint = f"In a · b the slope with respect to a is b. What is it here with respect to {spot.input}?"
            yield Slip(spot.without(at, Scale("", np.array, (own,))), say, hint)


def wrong_operand(spot: Spot) -> Iterator[Slip]:
    """Another stage of the same quantity: x or x − mu where xhat belongs, out where xhat belongs."""
    if spot.node.operation.name != "multiply":
        return
    right = spot.node.inputs[1 - spot.place]
    for at, link in _factors(spot):
        for name in _relatives(spot.recording, right):
            if name not in spot.node.inputs:
                say = f"{name} stands where {right} belongs: ∂{spot.node.name}/∂{spot.input} is {right}."
                hint = f"Which value was {spot.input} multiplied with on the way forward?"
                yield Slip(spot.without(at, Scale(name, np.array, (spot.recording[name],))), say, hint, name)


def _relatives(recording: Recording, name: str) -> list[str]:
    """Return named nodes of the same shape that a node is made from, or that are made from it."""
    graph = recording.graph
    wanted = graph[name].shape
    before = {name}
    for node in reversed(graph.nodes):
        if node.name in before:
            before |= {each for each in node.inputs if graph[each].shape == wanted}
    after = {node.name for node in graph.operations if before & set(node.inputs) and node.shape == wanted}
    found = [node.name for node in graph.nodes if node.name in before | after and wanted != ()]
    return [each for each in found if each != name and _is_named(graph[each])]


def _is_named(node: Node) -> bool:
    return node.is_source or node.name == node.group


def not_transposed(spot: Spot) -> Iterator[Slip]:
    for at, link in enumerate(spot.links):
        if isinstance(link, MatMul):
            say = f"{named_formula(spot, link)} was not transposed: the backward pass of a matrix product multiplies by the other factor, transposed."
            hint = f"Which product of the upstream and {named_formula(spot, link)} has the shape of {spot.input}?"
            wrong = MatMul(np.swapaxes(link.other, -1, -2), "", link.left, link.shape_in, link.shape_out)
            yield Slip(spot.without(at, wrong), say, hint)


def mask_of_upstream(spot: Spot) -> Iterator[Slip]:
    if spot.node.operation.name == "relu":
        say = f"The mask was taken from the upstream. What passes is decided by {spot.input}, where it was above 0 on the way forward."
        hint = "Which numbers did relu look at when it let them through?"
        yield Slip(lambda upstream: upstream * (upstream > 0), say, hint)


def eps_forgotten(spot: Spot) -> Iterator[Slip]:
    """The slope of sqrt(var + eps) taken at var, or with eps outside of the root."""
    if spot.node.operation.name != "sqrt":
        return
    maker = spot.recording.graph.by_name[spot.input]
    constants = [name for name in maker.inputs if spot.recording.graph[name].operation is CONSTANT]
    if maker.operation.name == "add" and len(constants) == 1:
        eps = spot.recording[constants[0]]
        bare = spot.operands[0] - eps
        for detail, root in (("missing", np.sqrt(bare)), ("outside", np.sqrt(bare) + eps)):
            say = f"{constants[0]} is {detail} in the slope: the root was taken of {maker.written or maker.formula}, {constants[0]} inside."
            yield Slip(
                lambda upstream, root=root: upstream * 0.5 / root,
                say,
                "What exactly stands under the root?",
                detail,
            )
