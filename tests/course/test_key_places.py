from time import perf_counter

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.key_places import Source, place_of
from bn_tutor.course.problem import MOST_PROBLEMS, Findings, Problem

FRONT = """\
+++
title = "N = 3"
  "odd key" = 1
dotted.inner = 2
[sizes]
M = 1
N = 4
[ inputs ]
Nx = { shape = [3] }
N = 3
[inputs.deep]
shape = [1]
+++"""

PLACES = {
    ("title",): (2, 1),
    ("odd key",): (3, 3),
    ("dotted",): (4, 1),
    ("dotted", "inner"): (4, 1),
    ("sizes",): (5, 2),
    ("sizes", "N"): (7, 1),
    ("inputs", "N"): (10, 1),
    ("inputs", "deep"): (11, 2),
    ("inputs", "none"): (8, 3),
    ("none",): (1, 1),
    ("none", "none"): (1, 1),
}


@pytest.mark.parametrize("path", PLACES, ids=".".join)
def test_key_is_found_in_its_table(path):
    assert place_of(FRONT.splitlines(), *path) == PLACES[path]


# --- a text under a key -----------------------------------------------------------------------------------

BLOCK = """\
id = "x"
ask = "What is x?"
answer = "x"
wrong = [
  "x + 1",  # x
  'x',
  "y\\u0079",
]
  say = '''x + 1'''
again = ["a", "a"]
"""

TEXTS = {
    ("id", "x"): (1, 7),
    ("ask", "What is x?"): (2, 8),
    ("ask", "is x"): (2, 13),
    ("answer", "x"): (3, 11),
    ("wrong", "x + 1"): (5, 4),
    ("wrong", "x"): (6, 4),
    ("say", "x + 1"): (9, 12),
    ("again", "a"): (10, 11),
    # What is written with an escape, or not there at all, stands where its key does.
    ("wrong", "yy"): (4, 1),
    ("say", "none"): (9, 3),
    ("say", ""): (9, 3),
    ("none", "x + 1"): (5, 4),
    ("none", "none"): (1, 1),
}


@pytest.mark.parametrize("case", TEXTS, ids=" ".join)
def test_text_is_found_under_its_key(case):
    key, text = case
    source = Source(BLOCK.splitlines(), Findings("a.md"))
    assert source.place_of_text(text, key) == TEXTS[case]


@pytest.mark.parametrize("before", [0, 7])
def test_places_are_those_of_the_file(before):
    source = Source(BLOCK.splitlines(), Findings("a.md"), before)
    assert source.place("answer") == (3 + before, 1)
    assert source.place_of_text("x + 1", "wrong") == (5 + before, 4)
    source.add(Code.WRONG_VALUE, "wrong", "say", hint="so")
    assert source.findings.problems == [Problem("a.md", 9 + before, 3, "wrong", "so", Code.WRONG_VALUE)]


def test_nothing_is_added_where_there_is_too_much_already():
    source = Source(["a = 1"], Findings("a.md"))
    for _ in range(2 * MOST_PROBLEMS):
        source.add(Code.WRONG_VALUE, "wrong", "a")
    assert len(source.findings.problems) == MOST_PROBLEMS + 1


@pytest.mark.parametrize("lines", [[], [""], ["# only a remark"]])
def test_block_without_a_key_has_its_first_line(lines):
    source = Source(lines, Findings("a.md"), 4)
    assert source.place("id") == source.place_of_text("x", "id") == (5, 1)


@pytest.mark.parametrize(
    ("name", "is_name"), [("x", True), ("_1", True), ("1x", False), ("a-b", False), ("", False), ("é", False)]
)
def test_names_are_those_of_formulas(name, is_name):
    source = Source(["x = 1"], Findings("a.md"))
    assert source.is_name("sizes", name) is is_name
    assert [each.code for each in source.findings.problems] == [Code.BAD_NAME] * (not is_name)


# --- keys within braces -----------------------------------------------------------------------------------

INLINE = """\
[inputs]
x = { shape = ["shape = 1"], draw = "normal", "mean" = 2.0 }
shape = { value = 3 }
y = {draw="uniform",low = 1}
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("x", "shape"), (2, 7)),
        (("x", "draw"), (2, 30)),
        (("x", "mean"), (2, 48)),
        (("x", "none"), (2, 1)),
        (("shape", "value"), (3, 11)),
        (("y", "draw"), (4, 6)),
        (("y", "low"), (4, 21)),
        (("none", "low"), (1, 2)),
    ],
)
def test_key_within_braces_is_found(path, place):
    assert place_of(INLINE.splitlines(), "inputs", *path) == place


def test_long_and_mean_lines_take_no_time():
    lines = [" " * 200_000, "[" * 100_000, "a" * 200_000, "{" * 100_000, "x = {" + ", " * 100_000]
    start = perf_counter()
    assert place_of(lines, "x", "draw") == (5, 1)
    assert perf_counter() - start < 1.0
