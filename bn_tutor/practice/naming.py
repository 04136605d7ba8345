"""Which mistake does a wrong answer come from: what each one of the catalogue would make of the gradient."""

from collections.abc import Collection, Sequence

import numpy as np

from bn_tutor.course.known_mistakes import Known
from bn_tutor.course.recognizing import TURNED, vanishes
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.numbers_asked import WrongNumber
from bn_tutor.practice.setting import Setting

SAME = 1e-9


def wrong_values(setting: Setting, name: str, given: Collection[str] = ()) -> Sequence[Known]:
    """Return what each distinct mistake makes of the gradient ``name``, the likeliest first.

    What is ``given`` in the question is right, so only mistakes made after it count.
    """
    found = setting.mistakes.of(name, given=given)
    return [known for known in found if name in known.values]


def wrong_numbers(known: Sequence[Known], right: Array, place: tuple[int, ...]) -> list[WrongNumber]:
    """Return what each mistake gives at one element, where it has that element, and is not zero throughout.

    A turned sign is told as such: a number does not show at which edge it was turned.
    """
    return [
        (number := float(each.value[place]), each.kind, _said(each, number, float(right[place])))
        for each in known
        if each.value.shape == right.shape
        and np.isfinite(each.value[place])
        and not vanishes(each.value, right)
    ]


def _said(known: Known, number: float, right: float) -> str:
    return TURNED if abs(number + right) <= SAME * abs(right) else known.say
