"""Which mistake does a wrong answer come from? Told from its value alone.

First what a mistake comes to exactly; then what is right, or a known mistake, but for the shape; then another
value of the lesson; and last what a comparison tells: a sign, a factor 2, N.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import prod

import numpy as np

from bn_tutor.course.known_mistakes import Known
from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.closeness import TOLERANCE, equal
from bn_tutor.engine.gradients import Array

# A fraction has no decimals that would say how exactly it is meant.
OF_A_FRACTION = 1e-6
# Typed less exactly than this, a number is close to too many values of a lesson.
FINE = 0.002
# A multiple is known by this part of itself.
CLEAR = 0.1


class How(StrEnum):
    """In what way an answer was recognized, the surest first."""

    EXACT = "exact"
    SHAPE = "shape"
    BROADCAST = "broadcast"
    OTHER = "other"
    RATIO = "ratio"


@dataclass(frozen=True, eq=False)
class Recognized:
    """What is known of a wrong answer; ``mistake`` is the one that it comes from, where there is one."""

    how: How
    say: str
    mistake: Known | None = None


@dataclass(frozen=True, eq=False)
class Wanted:
    """What was asked for: the gradient ``name``, its ``right`` value, and the ``mistakes`` made with it.

    ``others`` are values that it may be taken for, by name.
    """

    name: str
    right: Array
    mistakes: Sequence[Known]
    others: Mapping[str, Array] = field(default_factory=dict)


def recognized(wanted: Wanted, given: Array, tolerance: float = TOLERANCE) -> tuple[Recognized, ...]:
    """Return what is known of a wrong array, the likeliest first, several where its values cannot tell.

    Empty where it is right, or where nothing is known. ``tolerance`` is relative to the largest entry.
    """
    if equal(given, wanted.right, tolerance):
        return ()
    for find in (_exact, _right_but_for_shape, _mistake_but_for_shape, _other, _multiple):
        if found := tuple(find(wanted, given, tolerance)):
            return found
    return ()


def recognized_number(
    wanted: Wanted, place: tuple[int, ...], given: float, tolerance: float
) -> tuple[Recognized, ...]:
    """Return what is known of one wrong entry; ``tolerance`` is absolute: how exactly it was typed."""
    right = float(wanted.right[place])
    if abs(given - right) <= tolerance:
        return ()

    def fits(value: Array) -> bool:
        here = entry(value, wanted, place)
        return here is not None and abs(here - given) <= tolerance

    if found := tuple(_told(each) for each in wanted.mistakes if fits(each.value)):
        return found
    if tolerance <= FINE and (names := [name for name, value in wanted.others.items() if fits(value)]):
        return (_named(names, wanted),)
    return tuple(_ratio(given / right, wanted, tolerance / abs(right))) if right else ()


def entry(value: Array, wanted: Wanted, place: tuple[int, ...]) -> float | None:
    """Return what stands at a place of the gradient; None where a value does not broadcast to its shape."""
    try:
        return float(np.broadcast_to(value, wanted.right.shape)[place])
    except ValueError:
        return None


def precision(text: str) -> float:
    """Return how exactly a number is meant that was typed so: half a unit of its last decimal."""
    try:
        exponent = Decimal(text.replace("−", "-").strip()).as_tuple().exponent
    except InvalidOperation:
        return OF_A_FRACTION
    # A little more, as numbers are rounded in two ways.
    return 0.501 * 10.0**exponent if isinstance(exponent, int) else OF_A_FRACTION


# --- what it may be, one way after the other ------------------------------------------------------------


def _exact(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    for mistake in wanted.mistakes:
        if equal(given, mistake.value, tolerance):
            yield _told(mistake)


def _right_but_for_shape(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    shapes = f"this has the shape {shape_text(given.shape)}, {wanted.name} {shape_text(wanted.right.shape)}"
    if _same_numbers(given, wanted.right, tolerance):
        yield Recognized(How.SHAPE, f"The numbers are right, the shape is not: {shapes}.")
    elif _by_broadcasting(given, wanted.right, tolerance):
        yield Recognized(How.BROADCAST, f"By broadcasting it would be right, but {shapes}.")


def _mistake_but_for_shape(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    for how, alike in ((How.SHAPE, _same_numbers), (How.BROADCAST, _by_broadcasting)):
        fitting = [each for each in wanted.mistakes if alike(given, each.value, tolerance)]
        yield from (Recognized(how, each.say, each) for each in fitting)
        if fitting:
            return


def _other(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    names = [name for name, value in wanted.others.items() if equal(given, value, tolerance)]
    if names:
        yield _named(names, wanted)


def _multiple(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    """Compare an array that is the same multiple of the right one everywhere."""
    square = float(np.sum(wanted.right**2))
    if given.shape == wanted.right.shape and square > 0:
        ratio = float(np.sum(given * wanted.right)) / square
        if equal(given, ratio * wanted.right, tolerance):
            yield from _ratio(ratio, wanted, tolerance)


def _ratio(ratio: float, wanted: Wanted, tolerance: float) -> Iterator[Recognized]:
    slack = max(tolerance, TOLERANCE)
    for factor, words in _ratios(wanted):
        # Of a number close to zero, or typed with few digits, anything is a multiple.
        if abs(ratio - factor) <= slack <= CLEAR * abs(factor):
            yield Recognized(How.RATIO, words)
            return


def _ratios(wanted: Wanted) -> Iterator[tuple[float, str]]:
    yield -1.0, "The size is right, the sign is not."
    yield 2.0, "This is twice the right value: is a 2 in it twice, or a ½ forgotten?"
    yield 0.5, "This is half the right value: is a ½ in it twice, or a 2 forgotten?"
    for count in _counts(wanted):
        yield count, f"This is {count} times the right value: is a 1/{count} forgotten?"
        yield 1 / count, f"This is the right value divided by {count}: is a mean taken for a sum?"


def _counts(wanted: Wanted) -> list[int]:
    """Return the numbers of entries that somebody may have divided by, or not."""
    shapes = [wanted.right.shape, *(np.shape(value) for value in wanted.others.values())]
    sizes = {size for shape in shapes for size in (*shape, prod(shape))}
    return sorted(size for size in sizes if size > 1)


# --- comparisons ----------------------------------------------------------------------------------------


def _same_numbers(given: Array, value: Array, tolerance: float) -> bool:
    """Whether only the shape differs: another one of as many numbers, or rows and columns changed over."""
    turned = given.ndim == 2 and equal(given.T, value, tolerance)
    reshaped = given.size == value.size and given.shape != value.shape
    return turned or (reshaped and equal(given.reshape(value.shape), value, tolerance))


def _by_broadcasting(given: Array, value: Array, tolerance: float) -> bool:
    """Whether NumPy would repeat the one to make the other."""
    try:
        one, another = np.broadcast_arrays(given, value)
    except ValueError:
        return False
    return one.shape in (given.shape, value.shape) and equal(one, another, tolerance)


def _told(mistake: Known) -> Recognized:
    return Recognized(How.EXACT, mistake.say, mistake)


def _named(names: Sequence[str], wanted: Wanted) -> Recognized:
    return Recognized(How.OTHER, f"This is {names[0]}, not {wanted.name}.")
