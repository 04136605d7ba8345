"""Numbers as answers: how exactly they are wanted, and which element of an array is worth asking about."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice, pairwise, product
from math import isfinite
from random import Random

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.numbers import number, read_number
from bn_tutor.course.problem import SlipError
from bn_tutor.course.question_kinds import NUMBER_TOLERANCE, SMALLEST_NUMBER
from bn_tutor.course.recognizing import Wanted, precision, recognized_number
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.asked import Verdict

# Numbers are shown with so many decimals, and asked for with as many.
DECIMALS = 3
# What is typed with fewer digits fits too much to tell anything.
DIGITS = 3
ROUNDING = 1e-12
# Mistakes stand in the order of how likely they are; by so much less weighs each than the one before.
FADING = 0.8
# Elements of this size are pleasant to compute with.
SMALLEST, LARGEST = 0.02, 200.0
MOST_PLACES = 200
LONGEST_NUMBER = 200
# As much arithmetic as somebody types in place of a number, with an operator between two operands.
LONGEST_SUM = 60
_ARITHMETIC = re.compile(r"[-+(]*[\d.][\d.\s()*/+-]*[*/+-][\d.\s()*/+-]*")
# What is further from the right number is not said to be close, however few decimals it has.
ROUGHLY = 0.1
CLOSE = "Close: give three decimals."
MORE_DIGITS = "With three digits or more its mistake might be told."
UNKNOWN = "Not that, and none of the known mistakes gives it. Go through the products one by one."
# (the number that a mistake gives, its id, what to say)
WrongNumber = tuple[float, str, str]
# How well an element of an array tells others from it.
Tell = Callable[[Array, Sequence[Array], tuple[int, ...]], float]


def slack(value: float) -> float:
    """Return how far a typed number may be from the value that it stands for: the rule of question_kinds."""
    return NUMBER_TOLERANCE * max(abs(value), SMALLEST_NUMBER)


def close(given: float, value: float) -> bool:
    """Whether a typed number stands for a value."""
    return abs(given - value) <= slack(value)


def judge_number(
    name: str,
    right: float,
    wrong: Sequence[WrongNumber],
    others: Mapping[str, float] | None = None,
    *,
    allowed: float = 0.0,
    blur: float | None = None,
    unknown: str = UNKNOWN,
    key: str = "",
) -> Callable[[str], Verdict]:
    """Return the judge of a number; a wrong one is compared with what each mistake would give.

    ``others`` are numbers, by name, that it may be taken for. ``allowed`` is how far off it may be where that
    is not ``slack``. With many mistakes on the way to an answer one fits too easily by chance: then ``blur``
    tells how far a result may be off as the shown numbers are rounded; beyond that what was typed must be
    exact, and fit one mistake alone. ``unknown`` is said where none fits. ``key`` is the answer as it is
    told, where that is no number with decimals.
    """
    is_count = 0.0 < allowed < slack(right)
    allowed = allowed or slack(right)
    wanted = _wanted(name, right, wrong, others or {}, allowed)

    def judge(answer: str) -> Verdict:
        text = answer[-LONGEST_NUMBER:].rpartition("=")[2].strip()
        given = computed(text)
        if given is None or not isfinite(given):
            return Verdict(None, _unreadable(text))
        if abs(given - right) <= allowed:
            return Verdict(True, f"Right: {key or number(right, DECIMALS)}.")
        if is_rounded(text, given, right) and not is_count:
            return Verdict(None, CLOSE)
        if blur is not None and significant(text) < DIGITS:
            return Verdict(False, f"{unknown} {MORE_DIGITS}" if is_short(text) else unknown)
        if told := _told_of(given, text, wrong, blur):
            return told
        found = recognized_number(wanted, (), given, _least(text) if blur is None else precision(text))
        return Verdict(False, found[0].say if found else unknown)

    return judge


def _wanted(
    name: str, right: float, wrong: Sequence[WrongNumber], others: Mapping[str, float], allowed: float
) -> Wanted:
    """Return what is asked for, with what it is not taken for where that comes to the same."""
    arrays = {each: np.asarray(value) for each, value in others.items() if abs(value - right) > allowed}
    compared = [(kind, np.asarray(value)) for value, kind, _ in wrong]
    return Wanted(name, np.asarray(right), (), arrays, compared)


def computed(text: str) -> float | None:
    """Return a number as people write it, or what a short line of arithmetic comes to; None for all else."""
    text = text.replace("−", "-").strip()
    given = read_number(text)
    if given is not None or len(text) > LONGEST_SUM or not _ARITHMETIC.fullmatch(text):
        return given
    try:
        value = evaluate(text, {}, {})
    except SlipError:
        return None
    return float(value) if value.shape == () else None


def is_short(text: str) -> bool:
    """Whether a number was typed with fewer decimals than it is asked for."""
    return precision(text) > 10.0**-DECIMALS


def is_rounded(text: str, given: float, right: float) -> bool:
    """Whether a number is the right one, rounded to fewer decimals than it is asked for."""
    return is_short(text) and abs(given - right) <= min(precision(text), ROUGHLY * abs(right))


def _least(text: str) -> float:
    return max(precision(text), NUMBER_TOLERANCE * SMALLEST_NUMBER)


def significant(text: str) -> int:
    """Return with how many digits a number was typed; a fraction, or arithmetic, is exact."""
    if re.search(r"[/*(]|[\d.)\s][+-]", text):
        return DIGITS
    return len(re.sub(r"[eE].*|\D", "", text).lstrip("0"))


def _unreadable(text: str) -> str:
    if "," in text and read_number(text.replace(",", ".")) is not None:
        return "Write a point, not a comma."
    if text.strip("+-−").lower() in ("nan", "inf", "infinity"):
        return "That is no number here: the answer is finite."
    return "Write a number, such as -0.35 or 1/3."


def _told_of(given: float, text: str, wrong: Sequence[WrongNumber], blur: float | None) -> Verdict | None:
    """Return what is said of a number that mistakes give: which one, or which two it may be."""
    least = precision(text) + (blur or 0.0)
    exact = [row for row in wrong if abs(given - row[0]) <= min(least, slack(row[0])) + ROUNDING]
    near = [row for row in wrong if close(given, row[0])]
    fitting = exact or (near if blur is None else [])
    first = {row[1] or row[2]: row for row in reversed(fitting)}
    kinds = [row for row in fitting if first[row[1] or row[2]] is row]
    if kinds and all(row[2] == kinds[0][2] for row in kinds[1:]):
        return Verdict(False, kinds[0][2], kinds[0][1] if len(kinds) == 1 else "")
    return Verdict(False, either([row[2] for row in kinds])) if kinds else None


def either(says: Sequence[str]) -> str:
    """Return what is said where several mistakes fit: two of them, and how many more there are."""
    if len(says) == 1:
        return says[0]
    more = f" Or it is one of {len(says) - 2} more." if len(says) > 2 else ""
    return f"This fits several mistakes. Either: {says[0]} Or: {says[1]}{more}"


def telling_place(
    value: Array,
    others: Sequence[Array],
    random: Random,
    can_ask: Array | None = None,
    told: Tell | None = None,
) -> tuple[int, ...] | None:
    """Return an element of ``value`` that tells most of the ``others`` from it, and from each other.

    None where no element tells any; ``told`` says how well one does. Only elements of a pleasant size are
    taken, of those that ``can_ask`` allows; of equally good ones one by chance.
    """
    told = told or _told
    alike = [other for other in others if other.shape == value.shape]
    places = islice(product(*(range(size) for size in value.shape)), MOST_PLACES)
    scores = {place: told(value, alike, place) for place in places if _is_pleasant(value, place, can_ask)}
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


def told_exactly(blur: float, value: Array, others: Sequence[Array], place: tuple[int, ...]) -> float:
    """Weigh the others that what is typed here names, each by itself; the first weigh most."""
    numbers = [float(other[place]) for other in others]
    unit = 10.0**-DECIMALS
    return sum(
        FADING**rank
        for rank, number in enumerate(numbers)
        if abs(number) >= unit * 10 ** (DIGITS - 1)
        and not close(number, float(value[place]))
        and sum(abs(number - other) <= unit + 2 * blur for other in numbers) == 1
    )


def index_text(place: tuple[int, ...]) -> str:
    """Write an index as it stands behind a name: [0, 1]; empty for a single number."""
    return f"[{', '.join(map(str, place))}]" if place else ""
