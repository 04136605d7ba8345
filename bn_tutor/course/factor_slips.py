"""Slips with the factor of a local gradient: its sign, its number, its power, or the whole of it."""

from collections.abc import Iterator, Mapping

import numpy as np

from bn_tutor.course.flow import Spot
from bn_tutor.course.gradient_names import is_named
from bn_tutor.course.slips import Slip, Wrong, filled, replaced, shown, slope, slope_is, to, whole
from bn_tutor.course.sum_slips import share_on
from bn_tutor.engine.gradients import Array, LinearMap, Scale, chain
from bn_tutor.engine.text import bracketed

MINUS = Scale("-1", float, (-1.0,))
_FALLS: Mapping[str, str] = {
    "subtract": "it is subtracted",
    "negative": "its sign is turned",
    "reciprocal": "1/u falls when u rises",
    "divide": "it is the divisor",
}


def factors(spot: Spot) -> Iterator[tuple[int, Scale]]:
    """Yield the factors of an edge, with their places, that are no mere sign and no share of a mean."""
    share = share_on(spot) if spot.node.operation.name == "mean" else None
    for at, link in enumerate(spot.links):
        if isinstance(link, Scale) and link.formula != MINUS.formula and not (share and at == share.at):
            yield at, link


# --- signs ----------------------------------------------------------------------------------------------


def minus_missing(spot: Spot) -> Iterator[Slip]:
    """Lose a minus."""
    if _has_minus(spot):
        why = _FALLS.get(spot.node.operation.name, "its slope is negative")
        say = f"The minus is missing: when {to(spot)} rises, {whole(spot)} falls, as {why}."
        yield Slip(_turned(spot), say, _rise_or_fall(spot))


def minus_added(spot: Spot) -> Iterator[Slip]:
    """Write a minus where there is none."""
    if not _has_minus(spot):
        say = f"There is a minus too many: {slope(spot)} has none."
        yield Slip(_turned(spot), say, _rise_or_fall(spot))


def _rise_or_fall(spot: Spot) -> str:
    return f"When {to(spot)} rises, and all else stays, which way does {whole(spot)} go?"


def _has_minus(spot: Spot) -> bool:
    return any(isinstance(link, Scale) and link.formula.startswith("-") for link in spot.links)


def _turned(spot: Spot) -> LinearMap:
    for at, link in enumerate(spot.links):
        if isinstance(link, Scale) and link.formula == MINUS.formula:
            return replaced(spot, at)
    return replaced(spot, len(spot.links), MINUS)


# --- one of the two factors of the chain rule -----------------------------------------------------------


def local_missing(spot: Spot) -> Iterator[Slip]:
    """Pass the upstream on without its factor."""
    for at, link in factors(spot):
        say = f"The local gradient is missing: the upstream is multiplied by {slope_is(spot, link)}."
        hint = f"What is the slope of {whole(spot)} with respect to {to(spot)}?"
        yield Slip(replaced(spot, at), say, hint)


def upstream_missing(spot: Spot) -> Iterator[Slip]:
    """Take the local gradient alone."""
    for at, link in factors(spot):
        name = f", d{spot.node.name}" if is_named(spot.node) else ""
        say = f"This is the local gradient alone. It is multiplied by the upstream gradient{name}."
        hint = "The chain rule multiplies two gradients. Which of them is in your answer?"
        yield Slip(chain(_alone(spot, at, link), *spot.links[at + 1 :]), say, hint)


def _alone(spot: Spot, at: int, link: Scale) -> Wrong:
    before = chain(*spot.links[:at])
    return Wrong(
        lambda upstream: before.backward(np.ones(spot.node.shape)) * link.factor, filled(spot, link.formula)
    )


# --- numbers and powers ---------------------------------------------------------------------------------


def number_missing(spot: Spot) -> Iterator[Slip]:
    """Forget the number that comes down from a power: the 2 of a square, the ½ of a root."""
    exponent = spot.node.parameters.get("exponent") or 1.0
    missing = {"square": (2.0, "2"), "sqrt": (0.5, "½"), "power": (exponent, f"{exponent:g}")}
    for at, link in factors(spot):
        if spot.node.operation.name in missing:
            number, name = missing[spot.node.operation.name]
            say = f"The factor {name} is missing: {slope_is(spot, link)}."
            hint = f"Differentiate {whole(spot)} as a power. Which number comes down in front?"
            wrong = replaced(spot, at, link, Scale(f"{1 / number:g}", float, (1 / number,)))
            yield Slip(wrong, say, hint)


def power_off(spot: Spot) -> Iterator[Slip]:
    """Write one power too few or too many of what the slope is made of."""
    found = _base(spot)
    for at, link in factors(spot) if found else ():
        text, base, falling = found or ("", np.ones(()), False)
        for detail, rising in (("too-few", falling), ("too-many", not falling)):
            by = Scale(text if rising else f"1 / {text}", np.power, (base, 1.0 if rising else -1.0))
            words = detail.replace("-", " ")
            say = f"This has one power of {text} {words}: {slope_is(spot, link)}."
            hint = f"Check the exponent in the slope of {whole(spot)}."
            yield Slip(replaced(spot, at, link, by), say, hint, detail)


def _base(spot: Spot) -> tuple[str, Array, bool] | None:
    """Return what the slope is a power of, in words and as a value, and whether that power is negative."""
    name, own = spot.node.operation.name, spot.operands[spot.place]
    if name == "sqrt":
        return bracketed(whole(spot)), spot.output, True
    if name in ("square", "reciprocal", "power") or (name == "divide" and spot.place == 1):
        falling = name in ("reciprocal", "divide") or spot.node.parameters.get("exponent", 2) < 1
        return bracketed(to(spot)), own, falling
    return None


# --- root and reciprocal --------------------------------------------------------------------------------


def two_slopes(spot: Spot) -> Iterator[Slip]:
    """Take the slope of root and reciprocal together, -0.5 * u**-1.5, for that of one of them."""
    inverse = _inverse_of_root(spot)
    for at, _ in factors(spot) if inverse else ():
        u = bracketed(to(spot))
        say = (
            f"-0.5 * {u}**-1.5 is the slope of root and reciprocal together. The reciprocal had its turn at "
            f"{inverse}: the root alone has 1 / (2 * {bracketed(whole(spot))})."
        )
        hint = f"Which operations lie between {inverse} and {to(spot)}, and which of them is this step?"
        wrong = Scale(f"-0.5 * {u}**-1.5", lambda u: -0.5 * u**-1.5, (spot.operands[0],))
        yield Slip(replaced(spot, at, wrong), say, hint, "at-root")
    for at, _ in factors(spot) if _is_inverse_of_root(spot) else ():
        yield from _root_too_early(spot, at)


def _root_too_early(spot: Spot, at: int) -> Iterator[Slip]:
    u = bracketed(to(spot))
    alone = f"Here it is the reciprocal alone: {slope(spot)} = -1 / {u}**2."
    hint = f"Is {to(spot)} what stands under the root, or is it the root?"
    words = {
        "half-early": (-2.0, "The factor ½ belongs to the root, one step further on."),
        "at-reciprocal": (-3.0, f"-0.5 * {u}**-3 is the slope of root and reciprocal together."),
    }
    for detail, (power, say) in words.items():
        wrong = Scale(f"-0.5 * {u}**{power:g}", _minus_half_of_power, (spot.operands[0], power))
        yield Slip(replaced(spot, at, wrong), f"{say} {alone}", hint, detail)


def power_of_variance(spot: Spot) -> Iterator[Slip]:
    """Raise the deviation to -1.5, where that is the power of the variance."""
    inverse = _inverse_of_root(spot)
    for at, _ in factors(spot) if inverse else ():
        root, u = bracketed(whole(spot)), to(spot)
        say = (
            f"The power -1.5 was taken of {root}. It belongs to {u}, which is the square of that: "
            f"in terms of {root} the power is -3."
        )
        hint = f"Which power of {root} is the power -1.5 of {bracketed(u)}?"
        # With the reciprocal's -1 / root**2, which came before, this makes -0.5 * root**-1.5.
        wrong = Scale(f"0.5 * sqrt({root})", lambda root: 0.5 * np.sqrt(root), (spot.output,))
        yield Slip(replaced(spot, at, wrong), say, hint)


def _minus_half_of_power(base: Array, power: float) -> Array:
    return np.asarray(-0.5 * base**power)


def _inverse_of_root(spot: Spot) -> str:
    """Return the line that divides by the root that the edge's node is; empty where there is none."""
    if spot.node.operation.name != "sqrt":
        return ""
    graph = spot.recording.graph
    dividing = (
        node
        for node in graph.operations
        if node.operation.name in ("reciprocal", "divide") and node.inputs[-1] == spot.node.name
    )
    return next((shown(spot.recording, node.name) for node in dividing if node.name in graph.arrivals), "")


def _is_inverse_of_root(spot: Spot) -> bool:
    maker = spot.recording.graph[spot.input].operation.name
    return spot.node.operation.name == "reciprocal" and maker == "sqrt"
