"""Numbers as answers: how exactly they are wanted, and which element of an array is worth asking about."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from bn_tutor.course.numbers import number, read_number
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import Verdict

# A number is asked for to three decimals: right within one part in a hundred, or a last decimal and a half.
RELATIVE, ABSOLUTE = 0.01, 0.0015
# Elements of this size are pleasant to compute with.
SMALLEST, LARGEST = 0.02, 200.0
MOST_PLACES = 200
# (the number that a mistake gives, its id, what to say)
WrongNumber = tuple[float, str, str]


def close(given: float, value: float) -> bool:
    """Whether a typed number stands for a value."""
    return abs(given - value) <= max(RELATIVE * abs(value), ABSOLUTE)


def judge_number(right: float, wrong: Sequence[WrongNumber]) -> Callable[[str], Verdict]:
    """Return the judge of a number; a wrong one is compared with what each mistake would give."""

    def judge(answer: str) -> Verdict:
        text = answer.strip()[:200]
        given = read_number(text)
        if given is None:
            comma = read_number(text.replace(",", ".")) is not None and "," in text
            return Verdict(
                None, "Write a point, not a comma." if comma else "Write a number, such as -0.35 or 1/3."
            )
        if close(given, right):
            return Verdict(True, f"Right: {number(right, 4)}.")
        near = sorted(
            (abs(given - value), at) for at, (value, _, _) in enumerate(wrong) if close(given, value)
        )
        if near:
            _, mistake, say = wrong[near[0][1]]
            return Verdict(False, say, mistake)
        return Verdict(False, _by_ratio(given, right))

    return judge


def _by_ratio(given: float, right: float) -> str:
    """Return what is known of a number that no mistake gives."""
    for factor, say in (
        (-1.0, "The size is right, the sign is not."),
        (2.0, "That is twice it."),
        (0.5, "That is half of it."),
    ):
        if close(given, factor * right):
            return say
    return "Not that, and none of the known mistakes gives it. Go through the products one by one."


def telling_place(value: Array, others: Sequence[Array] = ()) -> tuple[int, ...] | None:
    """Return the element of ``value`` that tells most of the ``others`` from it; None where none tells any.

    Only elements of a pleasant size are taken, and only where all that has the same shape differs from it.
    """
    best: tuple[int, tuple[int, ...]] | None = None
    places = product(*(range(size) for size in value.shape))
    for _, place in zip(range(MOST_PLACES), places, strict=False):
        here = float(value[place])
        if not (np.isfinite(here) and SMALLEST <= abs(here) <= LARGEST):
            continue
        told = sum(other.shape == value.shape and not close(float(other[place]), here) for other in others)
        if best is None or told > best[0]:
            best = (told, place)
    return None if best is None or (others and not best[0]) else best[1]
