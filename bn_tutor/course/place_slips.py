"""Slips with where numbers go: matrices not transposed, masks of the wrong side, parts in wrong places."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bn_tutor.course.factor_slips import factors
from bn_tutor.course.flow import Spot
from bn_tutor.course.slips import Slip, Wrong, filled, replaced, slope_is, to, whole
from bn_tutor.engine.gradients import Array, Cut, MatMul, Scale, Take, Transpose
from bn_tutor.engine.text import bracketed

# --- matrices -------------------------------------------------------------------------------------------


def not_transposed(spot: Spot) -> Iterator[Slip]:
    """Multiply by the other matrix as it is."""
    for at, link in enumerate(spot.links):
        if isinstance(link, MatMul):
            name = bracketed(filled(spot, link.formula))
            wrong = replace(link, other=np.swapaxes(link.other, -1, -2), formula=f"{name}.T")
            say = f"{name} is not transposed here: the way back through {whole(spot)} takes {name}.T."
            yield Slip(replaced(spot, at, wrong), say, _fits(spot, name))


def sides_swapped(spot: Spot) -> Iterator[Slip]:
    """Multiply from the wrong side."""
    for at, link in enumerate(spot.links):
        if isinstance(link, MatMul):
            name = bracketed(filled(spot, link.formula))
            side = "right" if link.left else "left"
            say = f"{name}.T stands on the wrong side of the upstream: it is multiplied from the {side}."
            wrong = replace(link, left=not link.left)
            yield Slip(replaced(spot, at, wrong), say, _fits(spot, name))


def product_transposed(spot: Spot) -> Iterator[Slip]:
    """Come to the whole product transposed."""
    for at, link in enumerate(spot.links):
        if isinstance(link, MatMul) and len(link.shape_in) == 2:
            name, turned = bracketed(filled(spot, link.formula)), link.shape_in[::-1]
            say = (
                f"This is the gradient transposed: it has the shape {turned}, and {to(spot)} {link.shape_in}."
            )
            yield Slip(replaced(spot, at, link, Transpose((1, 0))), say, _fits(spot, name))


def _fits(spot: Spot, name: str) -> str:
    return f"Which product of the upstream and {name} has the shape of {to(spot)}?"


def transpose_kept(spot: Spot) -> Iterator[Slip]:
    """Forget to transpose back, or transpose the same way again."""
    for at, link in enumerate(spot.links):
        if isinstance(link, Transpose):
            say = f"This is not transposed back: {whole(spot)} has the axes of {to(spot)} in another order."
            hint = f"Where did axis 0 of {to(spot)} go on the way forward?"
            yield Slip(replaced(spot, at), say, hint, "as-it-is")
            again = Transpose(tuple(int(axis) for axis in np.argsort(link.axes)))
            say = "This is transposed the same way once more. On the way back each axis returns to its place."
            yield Slip(replaced(spot, at, again), say, hint, "again")


# --- masks ----------------------------------------------------------------------------------------------


def mask_of_upstream(spot: Spot) -> Iterator[Slip]:
    """Let pass what is positive on the way back, not what was positive on the way forward."""
    if spot.node.operation.name == "relu":
        say = (
            f"The mask is taken of the upstream. What passes is decided by {to(spot)}, where it was above 0."
        )
        hint = f"Which numbers did {whole(spot)} look at when it let them through?"
        yield Slip(Wrong(lambda upstream: upstream * (upstream > 0), "relu({up})"), say, hint)


def mask_turned(spot: Spot) -> Iterator[Slip]:
    """Let pass what was held, and hold what passed."""
    if spot.node.operation.name in ("relu", "maximum", "minimum", "where", "clip"):
        for at, link in factors(spot):
            say = f"The wrong entries pass, those that did not reach {whole(spot)}: {slope_is(spot, link)}."
            hint = f"Which entries of {to(spot)} can move {whole(spot)} at all?"
            wrong = Scale(
                f"1 - {bracketed(filled(spot, link.formula))}", lambda mask: 1.0 - mask, (link.factor,)
            )
            yield Slip(replaced(spot, at, wrong), say, hint)


# --- functions whose slope is written with their output -------------------------------------------------


# The slope in terms of what was put in, in words and as a function of it.
_SLOPES: Mapping[str, tuple[str, Callable[[Array], Any]]] = {
    "exp": ("{put}", np.asarray),
    "tanh": ("1 - {put}**2", lambda put: 1.0 - put**2),
    "sigmoid": ("{put} * (1 - {put})", lambda put: put * (1.0 - put)),
    "log": ("1 / {put}", lambda put: 1.0 / put),
}


def other_stage(spot: Spot) -> Iterator[Slip]:
    """Put a function's input where its slope has the output, or the output where it has the input."""
    function = spot.node.operation.name
    for at, link in factors(spot) if function in _SLOPES else ():
        text, compute = _SLOPES[function]
        has, put, value = "output", to(spot), spot.operands[0]
        if function == "log":
            has, put, value = "input", whole(spot), spot.output
        say = f"{put} stands where the {has} of {function} belongs: {slope_is(spot, link)}."
        hint = f"Is the slope of {function} written with its input here, or with its output?"
        wrong = Scale(text.format(put=bracketed(put)), compute, (value,))
        yield Slip(replaced(spot, at, wrong), say, hint)


# --- parts ----------------------------------------------------------------------------------------------


def stretch_swapped(spot: Spot) -> Iterator[Slip]:
    """Cut the stretch of another part out of the upstream of a concatenation."""
    for at, link in enumerate(spot.links):
        if isinstance(link, Cut):
            length = link.stop - link.start
            start = 0 if link.start else link.total - length
            say = (
                f"This is another part's stretch, {start}:{start + length} of axis {link.axis}. "
                f"{to(spot)} stands at {link.start}:{link.stop} in {whole(spot)}."
            )
            hint = f"In which order were the parts of {whole(spot)} laid one after the other?"
            wrong = replace(link, start=start, stop=start + length)
            yield Slip(replaced(spot, at, wrong), say, hint)


def place_forgotten(spot: Spot) -> Iterator[Slip]:
    """Send back what was taken without putting it in its place; or write over what was taken twice."""
    for at, link in enumerate(spot.links):
        if isinstance(link, Take):
            say = f"This is not put back in place: {to(spot)} gets zeros wherever nothing was taken from it."
            hint = f"{to(spot)} has the shape {link.shape_in}. What do the entries get that were not taken?"
            yield Slip(replaced(spot, at), say, hint, "in-no-place")
            say = f"What was taken twice from {to(spot)} gets both gradients, added. Here the last one stays."
            hint = f"Is there an entry of {to(spot)} that was taken more than once?"
            yield Slip(replaced(spot, at, Wrong(partial(_written_over, link), "")), say, hint, "written-over")


def _written_over(link: Take, upstream: Array) -> Array:
    gradient = np.zeros(link.shape_in)
    gradient[link.key] = upstream
    return gradient
