"""Which mistake does a wrong answer come from: what each misconception would make of the asked gradient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bn_tutor.course.wrong_passes import same, wrong_passes
from bn_tutor.engine.gradients import Array
from bn_tutor.practice.numbers_asked import WrongNumber
from bn_tutor.practice.setting import Setting


@dataclass(frozen=True, eq=False)
class Named:
    """A wrong value of a gradient, with the mistake that leads to it."""

    id: str
    say: str
    value: Array


def wrong_values(setting: Setting, input_name: str, name: str) -> list[Named]:
    """Return what each mistake makes of the gradient ``name`` of a node, each value once.

    The mistakes come in the order of the catalogue; those that leave this gradient right are left out.
    """
    raise NotImplementedError


def name_number(wrong: Sequence[Named], right: Array, place: tuple[int, ...]) -> list[WrongNumber]:
    """Return what each mistake gives at one element, where it has that element at all."""
    return [
        (float(each.value[place]), each.id, each.say)
        for each in wrong
        if each.value.shape == right.shape and np.isfinite(each.value[place])
    ]
