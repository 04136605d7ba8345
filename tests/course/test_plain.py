import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.course.plain import one_line, plain

EVERY_SIGN = "".join(map(chr, range(sys.maxunicode + 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\tc", "a\nb\tc"),
        ("a\r\nb\rc\n\rd", "a\nb\nc\n\nd"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]8;;http://a\x07link\x1b]8;;\x1b\\", "]8;;http://alink]8;;\\"),
        ("\x9b31m\x9d\x90\x85", "31m"),
        ("\x00\x07\x08\x0b\x0c\x7f", ""),
        ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
        ("\ufeffa\u200bb\xad", "ab"),
        ("∂L/∂x − ×, é, 数, 😀", "∂L/∂x − ×, é, 数, 😀"),
    ],
)
def test_text_is_made_plain(text, expected):
    assert plain(text) == expected


def test_no_control_or_format_sign_of_unicode_is_left():
    left = {sign for sign in plain(EVERY_SIGN) if unicodedata.category(sign) in ("Cc", "Cf")}
    assert left == {"\n", "\t"}


@given(st.text())
def test_plain_text_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_short_line(text, limit):
    found = one_line(text, limit)
    assert len(found) <= limit
    assert found.splitlines() in ([], [found])


def test_one_line_is_cut_with_a_mark():
    assert one_line("a  b\n\tc ") == "a b c"
    assert one_line("abcdef", 6) == "abcdef"
    assert one_line("abcdefg", 6) == "abcde…"
    assert len(one_line("a" * 1000)) == 200


def test_half_a_surrogate_pair_is_left_out_as_it_cannot_be_printed():
    assert plain("a\ud800b\udcff") == "ab"
