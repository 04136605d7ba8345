"""Round numbers for axes."""

from math import isfinite, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.labs.ticks import LARGEST, ticks


@pytest.mark.parametrize(
    ("numbers", "is_log", "wanted"),
    [
        ([0.0, 1.0], False, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ([3.0, 47.0], False, [10.0, 20.0, 30.0, 40.0]),
        ([-1.0, 1.0], False, [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ([-3.0, 2.0], True, [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]),
        ([0.0, 1.0], True, [0.0, log10(2), log10(5), 1.0]),
        ([log10(3), log10(4)], True, [log10(3), log10(4)]),
        ([], False, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ([5.0, 5.0], False, [5.0]),
    ],
)
def test_ticks_are_round_numbers_within_the_scale(numbers, is_log, wanted):
    assert ticks(numbers, is_log) == pytest.approx(wanted)


def test_more_ticks_where_there_is_room():
    assert len(ticks([0.0, 1.0], False, 12)) == 11
    assert len(ticks([0.0, 2.0], True, 12)) == 7 > len(ticks([0.0, 2.0], True)) == 4


@given(
    numbers=st.lists(st.floats(-LARGEST, LARGEST), max_size=5),
    is_log=st.booleans(),
    most=st.integers(2, 12),
)
def test_there_are_never_too_many(numbers, is_log, most):
    numbers = [each / 1e98 for each in numbers] if is_log else numbers
    found = ticks(numbers, is_log, most)
    assert len(found) <= most + 2
    assert all(isfinite(each) for each in found)
