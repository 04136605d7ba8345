"""What an edge shows of its local gradient: an array, a Jacobian, or the arithmetic of one element."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from math import prod

import numpy as np

from bn_tutor.engine.gradients import (
    Array,
    Cut,
    LinearMap,
    MatMul,
    PassOn,
    Reshape,
    Scale,
    Spread,
    SumOver,
    Take,
    Transpose,
    jacobian,
    links,
)
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.text import bracketed
from bn_tutor.engine.windows import Fold, SpreadInWindow

LARGEST_JACOBIAN = 24 * 24
# Work on one element pushes one unit vector through the map: linear in the size of the data.
LARGEST_FOLLOWED = 1_000_000
MOST_TERMS = 12
# What adds elements up, copies them or moves them, and multiplies none.
MOVES = (SumOver, Spread, SpreadInWindow, Reshape, Transpose, Take, Cut, Fold)


def local_value(local: LinearMap) -> Array | None:
    """Return the local gradient as the one array that stands for it; None where no single array does.

    Factors of a chain are multiplied; sums and spreads have no value, they are told in words.
    """
    found = links(local)
    if len(found) == 1 and isinstance(found[0], MatMul):
        return found[0].other
    if not all(isinstance(link, Scale | SumOver | Spread | PassOn) for link in found):
        return None
    value = np.asarray(1.0)
    for link in found:
        if isinstance(link, Scale):
            try:
                value = value * link.factor
            except ValueError:
                return None
    return value


def local_factor(local: LinearMap) -> Array | None:
    """Return what the upstream is multiplied by, as one array; None where no single array does it.

    Unlike ``local_value`` it does not say where elements go: on an edge that moves them too, by a reshape
    say, it is the factor before or after the move.
    """
    if any(isinstance(link, MatMul) for link in links(local)):
        return local_value(local)
    products = [np.asarray(1.0)]
    for link in links(local):
        if isinstance(link, Reshape | Transpose | Take | Cut):
            products.append(np.asarray(1.0))
        elif isinstance(link, Scale):
            try:
                products[-1] = products[-1] * link.factor
            except ValueError:
                return None
        elif not isinstance(link, MOVES):
            return None
    arrays = [product for product in products if product.ndim]
    return None if len(arrays) > 1 else np.asarray(reduce(np.multiply, products))


def local_formula(local: LinearMap) -> str:
    """Return what the upstream is multiplied by, as text: factors, and matrices such as ``@ w.T``.

    It is 1 where the upstream passes on, and where its elements are only added up, copied or moved.
    """
    multiplying = [link for link in links(local) if not isinstance(link, MOVES)]
    parts: list[str] = []
    for is_factor, group in groupby(multiplying, lambda link: isinstance(link, Scale)):
        texts = [link.formula if isinstance(link, Scale) else link.words for link in group]
        several = len(texts) > 1 and is_factor
        parts += [" * ".join(bracketed(each) for each in texts)] if several else texts
    return ", ".join(parts) or "1"


def moves_in_words(local: LinearMap) -> list[str]:
    """Say what happens to the shape, such as ``sum over axis 0``; a reshape at the end has the gradient's."""
    found = [link for link in links(local) if isinstance(link, MOVES)]
    words = [link.words for link in found]
    return [*words[:-1], "reshape"] if found and isinstance(found[-1], Reshape) else words


def edge_jacobian(edge: Edge) -> Array | None:
    """Return the dense Jacobian of an edge, (output size, input size); None where it is too large to show."""
    shape_in, shape_out = edge.contribution.shape, edge.node.shape
    if prod(shape_in) * prod(shape_out) > LARGEST_JACOBIAN:
        return None
    return jacobian(edge.local, shape_in, shape_out)


@dataclass(frozen=True)
class Term:
    """One product in the sum that makes a gradient's element: local gradient times upstream, at a place."""

    place: tuple[int, ...]
    local: float
    upstream: float


@dataclass(frozen=True)
class ElementSum:
    """One element of a contribution, as plain arithmetic: a sum of ``count`` products, the first ``terms``.

    ``upstream`` is the sum of the upstream elements that take part, without the local gradient.
    """

    place: tuple[int, ...]
    terms: tuple[Term, ...]
    count: int
    upstream: float
    value: float


def followed(edge: Edge, step: BackwardStep, element: Sequence[int]) -> ElementSum | None:
    """Return the arithmetic of one element of an edge; None where the data is too large for it."""
    shape = edge.contribution.shape
    if prod(shape) > LARGEST_FOLLOWED or not prod(shape):
        return None
    place = place_within(shape, element)
    unit = np.zeros(shape)
    unit[place] = 1.0
    column = np.asarray(edge.local.forward(unit))
    taking_part = np.flatnonzero(column)
    first = [np.unravel_index(at, column.shape) for at in taking_part[:MOST_TERMS]]
    terms = tuple(
        Term(tuple(map(int, each)), float(column[each]), float(step.upstream[each])) for each in first
    )
    upstream = float(step.upstream[column != 0].sum())
    return ElementSum(place, terms, len(taking_part), upstream, float(edge.contribution[place]))


def place_within(shape: Shape, element: Sequence[int]) -> tuple[int, ...]:
    """Return the place in an array of ``shape`` that belongs to an element of the data.

    Axes are lined up from the right, as broadcasting does; an axis of size 1 has only place 0.
    """
    padded = (*[0] * len(shape), *element)[-len(shape) :] if shape else ()
    return tuple(min(index, size - 1) for index, size in zip(padded, shape, strict=True))
