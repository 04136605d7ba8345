"""Blocks beside each other, wrapped where that helps, and in several rows where they do not fit."""

import numpy as np
import pytest
from rich.text import Text

from bn_tutor.views.arrays import array_block
from bn_tutor.views.columns import Block, laid_out, laid_out_alike, side_by_side, stacked
from bn_tutor.views.look import Look

SIGNS = [" ", "× ", "= "]


def texts(*lines):
    return [Text(line) for line in lines]


def plain(lines):
    return [line.plain for line in lines]


def block(title, *rows, notes=(), foot=()):
    return Block(Text(title), texts(*notes), texts(*rows), texts(*foot))


def drawn(blocks, width, signs=SIGNS, **options):
    return plain(laid_out(blocks, signs, Look(width, **options)))


# --- columns of lines -------------------------------------------------------------------------------------


def test_columns_stand_beside_each_other():
    (lines,) = side_by_side([[texts("a", "bb"), texts("c")]], [" ", "= "], 40)
    assert plain(lines) == [f" {'a':<15}   = c", " bb"]


def test_columns_that_do_not_fit_are_given_up():
    assert side_by_side([[texts("x" * 30), texts("y" * 30)]], [" ", " "], 40) is None


@pytest.mark.parametrize("width", range(5, 90))
def test_columns_are_never_wider_than_allowed(width):
    columns = [texts("a" * 9), texts("b" * 7, "漢字"), texts("c")]
    tables = side_by_side([columns], SIGNS, width)
    assert (tables is None) == (width < 9 + 7 + 1 + 1 + 2 + 2 + 2)
    assert tables is None or max(line.cell_len for line in tables[0]) <= width


def test_stacked_columns_have_their_sign_once():
    assert plain(stacked([texts("a", "b"), texts("c", "d")], ["  ", "= "])) == ["  a", "  b", "= c", "  d"]


# --- blocks -----------------------------------------------------------------------------------------------


def test_columns_that_are_too_wide_to_be_even_are_as_wide_as_they_are():
    """Even, the first two would take 23 places each, and the third has 33."""
    lines = drawn([block("upstream"), block("local"), block("x" * 33)], 80)
    assert lines == [f" upstream   × local   = {'x' * 33}"]
    assert len(drawn([block("a"), block("b"), block("x" * 20)], 80)[0]) == 1 + 23 + 3 + 2 + 23 + 3 + 2 + 20


def test_four_arrays_of_two_columns_fit_into_eighty():
    rows = ["−1.000 −2.000"] * 2
    lines = drawn([block("array (4, 2)", *rows) for _ in range(4)], 80, [" ", " , ", " , ", " → "])
    assert len(lines) == 3
    assert lines[0].count("array") == 4


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (60, [" a   × b   = c", "             (2,) spread over axis 0, sum over axis 0"]),
        (44, [" a   × b   = c", "             (2,) spread over axis 0,", "             sum over axis 0"]),
        (
            30,
            [
                " a  × b  = c",
                "           (2,)",
                "           spread over axis 0,",
                "           sum over axis 0",
            ],
        ),
    ],
)
def test_a_long_note_is_wrapped_and_stacks_nothing(width, lines):
    last = block("c", notes=["(2,)", "spread over axis 0,", "sum over axis 0"])
    assert drawn([block("a"), block("b"), last], width) == lines


def test_a_title_is_wrapped_before_blocks_are_stacked():
    blocks = [
        block("upstream to here", "1" * 16),
        block("local", "2" * 16),
        block("dx, part of all", "3" * 12),
    ]
    lines = drawn(blocks, 54)
    assert [line.split() for line in lines][-1] == ["1" * 16, "2" * 16, "3" * 12]


def test_rows_of_numbers_begin_on_one_line():
    lines = drawn(
        [block("a", "1", "2"), block("b", "3", "4", notes=["x" * 20, "y" * 20]), block("c", "5")], 40
    )
    (numbers,) = [line.split() for line in lines if "1" in line]
    assert numbers == ["1", "3", "5"]
    assert lines[1].strip() == "x" * 20


def test_what_does_not_fit_beside_goes_into_the_next_row():
    blocks = [block(name, name * 20) for name in "abcde"]
    lines = drawn(blocks, 50, [" ", " , ", " , ", " , ", " → "])
    assert [line.split() for line in lines if "aa" in line or "cc" in line or "ee" in line] == [
        ["a" * 20, "b" * 20],
        ["c" * 20, "d" * 20],
        ["e" * 20],
    ]
    assert lines[2].startswith(" , c")
    assert lines[4].startswith(" → e")


def test_a_block_that_is_wider_than_the_page_stands_alone():
    lines = drawn([block("a", "1" * 70), block("b", "2" * 10), block("c", "3" * 10)], 40)
    assert lines[:2] == [" a", f" {'1' * 70}"]
    assert lines[2].split() == ["×", "b", "=", "c"]


def test_a_screen_reader_gets_one_block_after_the_other():
    lines = drawn([block("a", "1"), block("b", "2"), block("c", "3")], 80, plain=True)
    assert lines == [" a", " 1", "× b", "  2", "= c", "  3"]


@pytest.mark.parametrize("width", range(16, 120, 3))
def test_blocks_are_never_wider_than_their_rows_and_the_page(width):
    notes = ["(2, 2, 3, 2, 2)", "spread over axes 2, 3 and 4,", "sum over axis 0"]
    blocks = [block("some title", "1" * 12, notes=notes, foot=["a … b,", "mean c"]) for _ in range(4)]
    assert max(map(len, drawn(blocks, width, [" ", "+ ", "+ ", "= "]))) <= max(width, 19)


def test_tables_of_several_edges_have_the_same_columns():
    short = [block("a", "1"), block("b", "2"), block("c", "3")]
    long = [block("a", "1"), block("b" * 40, "2"), block("c", "3")]
    first, second = (plain(lines) for lines in laid_out_alike([short, long], SIGNS, Look()))
    assert first[0].index("= c") == second[0].index("= c") > 40


def test_tables_that_do_not_fit_together_are_laid_out_for_themselves():
    narrow = [block("a", "1"), block("b", "2"), block("c", "3")]
    left, right = ([block("a" * wide), block("b"), block("c" * (70 - wide))] for wide in (60, 10))
    tables = [plain(lines) for lines in laid_out_alike([narrow, left, right], SIGNS, Look())]
    assert [len(lines) for lines in tables] == [2, 2, 2]
    assert tables[0][0].split() == ["a", "×", "b", "=", "c"]


# --- arrays as blocks -------------------------------------------------------------------------------------


def test_a_summary_widens_no_column():
    """Three images of 72 numbers stand beside each other, each with its summary on two lines."""
    value = np.arange(-10.0, 62.0).reshape(2, 4, 3, 3)
    blocks = [array_block(Text(name), texts("(2, 4, 3, 3)"), value, Look()) for name in "abc"]
    lines = drawn(blocks, 80)
    assert lines[0].split() == ["a", "×", "b", "=", "c"]
    assert [line.split() for line in lines[-2:]] == [["−10.000", "…", "61.000,"] * 3, ["mean", "25.500"] * 3]
