"""Numbers as answers: how exactly they are wanted, and which element of an array is worth asking about."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice, pairwise, product
from math import isfinite
from random import Random

import numpy as np

from bn_tutor.course.numbers import number, read_number
from bn_tutor.course.recognizing import Wanted, precision, recognized_number
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import Verdict

# A number is asked for to three decimals: right within one part in a hundred, or a last decimal and a half.
RELATIVE, ABSOLUTE = 0.01, 0.0015
# Elements of this size are pleasant to compute with.
SMALLEST, LARGEST = 0.02, 200.0
MOST_PLACES = 200
LONGEST_NUMBER = 200
UNKNOWN = "Not that, and none of the known mistakes gives it. Go through the products one by one."
# (the number that a mistake gives, its id, what to say)
WrongNumber = tuple[float, str, str]


def slack(value: float) -> float:
    """Return how far a typed number may be from the value that it stands for."""
    return max(RELATIVE * abs(value), ABSOLUTE)


def close(given: float, value: float) -> bool:
    """Whether a typed number stands for a value."""
    return abs(given - value) <= slack(value)


def judge_number(
    name: str, right: float, wrong: Sequence[WrongNumber], others: Mapping[str, float] | None = None
) -> Callable[[str], Verdict]:
    """Return the judge of a number; a wrong one is compared with what each mistake would give.

    ``others`` are numbers, by name, that it may be taken for.
    """
    arrays = {each: np.asarray(value) for each, value in (others or {}).items() if not close(value, right)}
    wanted = Wanted(name, np.asarray(right), (), arrays)

    def judge(answer: str) -> Verdict:
        text = answer[-LONGEST_NUMBER:].rpartition("=")[2].strip()
        given = read_number(text)
        if given is None or not isfinite(given):
            return Verdict(None, _unreadable(text))
        if close(given, right):
            return Verdict(True, f"Right: {number(right, 4)}.")
        near = _nearest(given, wrong)
        if near is not None:
            return Verdict(False, near[2], near[1])
        found = recognized_number(wanted, (), given, max(precision(text), ABSOLUTE))
        return Verdict(False, found[0].say if found else UNKNOWN)

    return judge


def _unreadable(text: str) -> str:
    if "," in text and read_number(text.replace(",", ".")) is not None:
        return "Write a point, not a comma."
    if text.strip("+-−").lower() in ("nan", "inf", "infinity"):
        return "That is no number here: the answer is finite."
    return "Write a number, such as -0.35 or 1/3."


def _nearest(given: float, wrong: Sequence[WrongNumber]) -> WrongNumber | None:
    """Return the mistake whose number is meant; of those that are equally near the likeliest, the first."""
    near = [row for row in wrong if close(given, row[0])]
    return min(near, key=lambda row: round(abs(given - row[0]), 4), default=None)


def telling_place(
    value: Array, others: Sequence[Array], random: Random, can_ask: Array | None = None
) -> tuple[int, ...] | None:
    """Return an element of ``value`` that tells most of the ``others`` from it, and from each other.

    None where no element tells any. Only elements of a pleasant size are taken, of those that ``can_ask``
    allows; of equally good ones one by chance.
    """
    alike = [other for other in others if other.shape == value.shape]
    places = islice(product(*(range(size) for size in value.shape)), MOST_PLACES)
    scores = {place: _told(value, alike, place) for place in places if _is_pleasant(value, place, can_ask)}
    best = max(scores.values(), default=0)
    if not scores or (others and not best):
        return None
    return random.choice([place for place, score in scores.items() if score == best])


def _is_pleasant(value: Array, place: tuple[int, ...], can_ask: Array | None) -> bool:
    here = float(value[place])
    return isfinite(here) and SMALLEST <= abs(here) <= LARGEST and (can_ask is None or bool(can_ask[place]))


def _told(value: Array, others: Sequence[Array], place: tuple[int, ...]) -> int:
    """Count the others that differ from the value here, and the different numbers among them."""
    right = float(value[place])
    wrong = sorted(each for other in others if not close(each := float(other[place]), right))
    apart = sum(not close(a, b) for a, b in pairwise(wrong))
    return len(wrong) + apart


def index_text(place: tuple[int, ...]) -> str:
    """Write an index as it stands behind a name: [0, 1]; empty for a single number."""
    return f"[{', '.join(map(str, place))}]" if place else ""
