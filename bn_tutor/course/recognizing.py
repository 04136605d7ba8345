"""Which mistake does a wrong answer come from? Told from its value alone.

First what a mistake comes to exactly; then what is right, or a known mistake, but for the shape; then another
value of the lesson; and last what a comparison tells: a sign, a factor 2, N.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import product
from math import prod

import numpy as np

from bn_tutor.course.known_mistakes import Known
from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.closeness import TOLERANCE, equal, largest
from bn_tutor.engine.gradients import Array

# A fraction has no decimals that would say how exactly it is meant.
OF_A_FRACTION = 1e-6
# Typed less exactly than this, a number is close to too many values of a lesson.
FINE = 0.002
# A multiple is known by this part of itself.
CLEAR = 0.1
# What is smaller than this part of the right value is zero, but for rounding.
NOTHING = 1e-9
ZERO = "That is zero everywhere."
OTHER_SIGN = "The size is right, the sign is not."
# Of one number it cannot be told where a sign went.
TURNED = "The size is right, the sign is not: one minus on the way is lost, or one too many."
# Mistakes of these kinds can only be made where a sum is taken.
_OF_SUMS = ("sum-missing", "mean-for-sum", "wrong-axis", "sum-of-all")


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

    ``others`` are values that it may be taken for, by name; ``compared`` are further mistakes, by kind, which
    it was compared with already.
    """

    name: str
    right: Array
    mistakes: Sequence[Known]
    others: Mapping[str, Array] = field(default_factory=dict)
    compared: Sequence[tuple[str, Array]] = ()

    @property
    def made(self) -> Sequence[tuple[str, Array]]:
        """All mistakes that can be made on the way, by kind."""
        return [*((each.kind, each.value) for each in self.mistakes), *self.compared]

    @property
    def told(self) -> Sequence[Known]:
        """The mistakes that can be told from others: not those by which nothing arrives."""
        return [each for each in self.mistakes if not vanishes(each.value, self.right)]


def vanishes(value: Array, right: Array) -> bool:
    """Whether a value is zero but for rounding: many mistakes, and anything times zero, come to that."""
    return largest(value) <= NOTHING * largest(right)


def recognized(wanted: Wanted, given: Array, tolerance: float = TOLERANCE) -> tuple[Recognized, ...]:
    """Return what is known of a wrong array, the likeliest first, several where its values cannot tell.

    Empty where it is right, or where nothing is known. ``tolerance`` is relative to the largest entry.
    """
    if equal(given, wanted.right, tolerance):
        return ()
    if vanishes(given, wanted.right):
        return (Recognized(How.OTHER, ZERO),)
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

    if found := tuple(_told(each) for each in wanted.told if fits(each.value)):
        return found
    if tolerance <= FINE and (names := [name for name, value in wanted.others.items() if fits(value)]):
        return (_named(names, wanted),)
    found = tuple(_ratio(given / right, wanted, tolerance / abs(right))) if right else ()
    return tuple(replace(each, say=TURNED) if each.say == OTHER_SIGN else each for each in found)


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
    for mistake in wanted.told:
        if equal(given, mistake.value, tolerance):
            yield _told(mistake)


def _right_but_for_shape(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    shapes = f"this has the shape {shape_text(given.shape)}, {wanted.name} {shape_text(wanted.right.shape)}"
    if _same_numbers(given, wanted.right, tolerance):
        kept = kept_axis(given, wanted.right)
        yield Recognized(How.SHAPE, f"The numbers are right, the shape is not: {shapes}.{kept}")
    elif _by_broadcasting(given, wanted.right, tolerance):
        yield Recognized(How.BROADCAST, f"By broadcasting it would be right, but {shapes}.")


def _mistake_but_for_shape(wanted: Wanted, given: Array, tolerance: float) -> Iterator[Recognized]:
    for how, alike in ((How.SHAPE, _same_numbers), (How.BROADCAST, _by_broadcasting)):
        fitting = [each for each in wanted.told if alike(given, each.value, tolerance)]
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
    yield -1.0, OTHER_SIGN
    yield 2.0, "This is twice the right value: is a 2 in it twice, or a ½ forgotten?"
    yield 0.5, "This is half the right value: is a ½ in it twice, or a 2 forgotten?"
    means, holds_sum = _means(wanted), any(kind in _OF_SUMS for kind, _ in wanted.made)
    question = "is a mean taken for a sum?" if holds_sum else "is there a 1/{0} too many?"
    for count, mean in product(_counts(wanted), means):
        if count != mean:
            yield mean / count, f"This divides by {count} entries; the mean has {mean}."
    for count in _counts(wanted):
        yield count, f"This is {count} times the right value: is a 1/{count} forgotten?"
        yield 1 / count, f"This is the right value divided by {count}: {question.format(count)}"


def _means(wanted: Wanted) -> list[int]:
    """Return of how many entries the right value is a mean: so many times is it what comes without 1/N."""
    size = largest(wanted.right)
    shares = [value for kind, value in wanted.made if kind == "share-missing" and size > 0]
    counts = {round(largest(value) / size): value for value in shares if np.all(np.isfinite(value))}
    return [count for count, value in counts.items() if count > 1 and equal(value, count * wanted.right)]


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


def kept_axis(given: Array, right: Array) -> str:
    """Return what is to be said where only axes of length 1 are too many, or missing, as keepdims has it."""
    if given.ndim > right.ndim and [size for size in given.shape if size != 1] == list(right.shape):
        return " An axis of length 1 was kept: leave keepdims out."
    if given.ndim < right.ndim and [size for size in right.shape if size != 1] == list(given.shape):
        return " keepdims=True keeps the axis, with length 1."
    return ""


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
