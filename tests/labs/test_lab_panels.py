"""What a panel shows: its lines, their points over the seeds, and how a spread is told."""

from math import inf, nan

import pytest

from bn_tutor.labs.lab import Panel
from bn_tutor.labs.panels import Series, series_of
from bn_tutor.labs.rows import Rows, Spread, spread
from tests.labs.fake import LAB, all_larger, rows_of

PANEL = LAB.panels[0]


def rows(*many):
    return Rows(tuple(many))


def test_a_line_for_each_name_and_a_point_for_each_place():
    found = series_of(PANEL, all_larger(seeds=range(3)).whole)
    assert [each.name for each in found] == ["with BN", "without BN"]
    assert [place for place, _ in found[0].points] == [0.01, 0.1]
    assert [values for _, values in found[0].points] == [Spread(2.01, 2.0, 2.02, 3)] * 2
    assert [values for _, values in found[1].points] == [Spread(1.0, 1.0, 1.0, 3)] * 2


def test_rows_of_another_kind_are_no_part():
    others = [
        {"norm": "with BN", "rate": 0.01, "seed": 0, "drift": 5.0},  # another value
        {"norm": "with BN", "gain": 5.0, "seed": 0},  # no place
        {"rate": 0.01, "gain": 5.0, "seed": 0},  # no line
    ]
    assert series_of(PANEL, rows(*others, *rows_of(0))) == series_of(PANEL, rows(*rows_of(0)))


def test_only_rows_of_another_kind_are_no_lines():
    assert series_of(Panel("Drift", "drift", "rate", "norm"), rows(*rows_of(0))) == ()
    assert series_of(PANEL, rows()) == ()


def test_lines_that_are_numbers_are_named_by_them():
    panel = Panel("Gain", "gain", "seed", "rate")
    assert [each.name for each in series_of(panel, rows(*rows_of(0), *rows_of(1)))] == ["0.01", "0.1"]


@pytest.mark.parametrize(
    ("places", "is_drawn"),
    [([0.1, 1.0], True), ([0.1], False), ([], False), (["a", "b"], False), ([0.1, "b"], False)],
)
def test_only_more_than_one_number_makes_a_line(places, is_drawn):
    assert Series("x", [(place, Spread(1, 1, 1, 1)) for place in places]).is_drawn is is_drawn


@pytest.mark.parametrize(
    ("values", "form", "text"),
    [
        ([0.96], "{:.3g}", "0.96"),
        ([0.94, 0.96, 0.97], "{:.3g}", "0.96 (0.94 to 0.97)"),
        ([0.9401, 0.9402], "{:.2g}", "0.94"),  # what looks alike is told once
        ([0.5, 1.0], "{:.0%}", "75% (50% to 100%)"),
        ([3, 1, 2, 100], "{:.3g}", "2.5 (1 to 100)"),
        ([1.0, inf], "{:.3g}", "inf (1 to inf)"),
        ([1.0, nan, 3.0], "{:.3g}", "2 (1 to 3)"),  # what is no number is left out
        ([nan, nan], "{:.3g}", "nan"),
    ],
)
def test_a_spread_is_told(values, form, text):
    assert spread(values).text(form) == text


def test_the_middle_is_the_median():
    assert spread([1, 2, 90]) == Spread(2, 1, 90, 3)


def test_rows_are_looked_up():
    found = rows(*rows_of(3), *rows_of(1))
    assert found.value("gain", seed=1, norm="with BN", rate=0.1) == 2.0
    assert found.different("seed") == [3, 1]
    assert {seed: len(each) for seed, each in found.by_seed().items()} == {3: 4, 1: 4}
    assert list(found.by_seed()) == [3, 1]
    with pytest.raises(ValueError, match="too many values"):
        found.value("gain", seed=1)
    with pytest.raises(KeyError):
        found.where(nothing=1)
