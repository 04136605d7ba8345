"""``walk`` in a pipe: every frame is printed, whatever the width, the encoding and the environment."""

from itertools import pairwise

import pytest

FORWARD = ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out"]
BACKWARD = ["out", "gammax", "xhat", "ivar", "sqrtvar", "var", "sq", "xmu", "mu", "x"]
FIRST_FRAME = """\
 node 1   mu = mean(x, axis=0)   shape (3,)   the mean of each column

 x (4, 3)                   → mu (3,)
  1.814  0.385  1.363         1.447 1.759 0.469
  0.442  1.816 −0.063
  1.848  2.819  1.261
  1.682  2.017 −0.685
"""


def headers(text):
    """Return the place and the node of every frame, such as "forward 1 of 9 mu"."""
    lines = text.splitlines()
    found = []
    for line, title in pairwise(lines):
        if line.startswith(" batchnorm   ") and line.split()[1] != "verdict":
            node = title.split(" node ")[1].split()[1].rstrip(",")
            found.append(" ".join((*line.split()[1:5], node)))
    return found


def expected_headers(forward, backward):
    ahead = [f"forward {at} of {len(forward)} {node}" for at, node in enumerate(forward, 1)]
    return ahead + [f"backward {at} of {len(backward)} {node}" for at, node in enumerate(backward, 1)]


@pytest.mark.parametrize("arguments", [[], ["batchnorm"]])
def test_every_frame_is_printed(walk, arguments):
    text = walk(*arguments)
    assert headers(text) == expected_headers(FORWARD, BACKWARD)
    assert FIRST_FRAME in text
    assert "\x1b" not in text


def test_backward_begins_with_the_last_node(walk):
    assert headers(walk("--backward")) == expected_headers(FORWARD, BACKWARD)[9:]


@pytest.mark.parametrize(
    ("arguments", "first", "count"),
    [
        (["--from", "sqrtvar"], "forward 5 of 9 sqrtvar", 15),
        (["--from", "sqrtvar", "--backward"], "backward 5 of 10 sqrtvar", 6),
        (["--from", "x"], "backward 10 of 10 x", 1),
    ],
)
def test_from_begins_at_a_node(walk, arguments, first, count):
    found = headers(walk(*arguments))
    assert (found[0], len(found)) == (first, count)


@pytest.mark.parametrize(
    ("level", "first", "count"),
    [("layer", "forward 1 of 1 out", 2), ("node", "forward 1 of 9 mu", 19)],
)
def test_level(walk, level, first, count):
    found = headers(walk("--level", level))
    assert (found[0], len(found)) == (first, count)


def test_operation_level_opens_the_root(walk):
    found = headers(walk("--level", "operation"))
    assert len(found) == 21
    assert found[5] == "forward 6 of 10 sqrtvar"


def test_precision(walk):
    assert "  1.81419  0.38539  1.36276" in walk("--precision", "5", "--from", "mu")


def test_size_seed_and_eps(walk):
    text = walk("--size", "N=2,D=1", "--seed", "7", "--eps", "0.5")
    assert " x (2, 1) " in text
    assert "5.000e−1" in text or "0.500" in text
    assert walk("--size", "N=2", "--size", "D=1", "--seed", "7", "--eps", "0.5") == text
    assert walk("--size", "N=2,D=1", "--seed", "8", "--eps", "0.5") != text


@pytest.mark.parametrize("arguments", [["--size", "N=1"], ["--size", "N=1", "--eps", "0"], ["--eps", "0"]])
def test_unusual_data_is_walked(walk, arguments):
    assert len(headers(walk(*arguments))) == 19


def test_no_variance_and_no_eps_shows_what_becomes_of_it(walk):
    text = walk("--size", "N=1", "--eps", "0")
    assert "inf" in text
    assert "nan" in text


# --- demonstrations ---------------------------------------------------------------------------------------


def test_recursive_order_ends_with_a_verdict(walk):
    text = walk("--order", "recursive")
    verdict = text[text.index(" batchnorm   verdict   ") :]
    assert " dx here: wrong (4, 3)" in verdict
    assert "dx right (4, 3)" in verdict
    assert "\n parted  at backward frame " in verdict


def test_twice_ends_with_doubled_gradients(walk):
    text = walk("--twice")
    assert "backward 20 of 20" in text
    verdict = text[text.index(" batchnorm   verdict   ") :]
    assert " 8.820  4.704 −1.157        4.410  2.352 −0.578\n" in verdict
    assert "\n parted  at backward frame 11, out\n" in verdict


def test_right_order_has_no_verdict(walk):
    assert "verdict" not in walk("--order", "right", "--from", "mu", "--backward")


# --- width ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["0", "-3", "abc", ""])
def test_columns_that_say_nothing_are_80(walk, columns):
    assert walk("--from", "x", COLUMNS=columns) == walk("--from", "x")


@pytest.mark.parametrize("columns", ["10", "20", "40", "79", "120"])
def test_no_line_is_longer_than_the_width(walk, columns):
    text = walk("--width", columns)
    assert [line for line in text.splitlines() if len(line) > int(columns)] == []


def test_columns_are_as_good_as_width(walk):
    assert walk(COLUMNS="20") == walk("--width", "20")


@pytest.mark.parametrize("columns", ["1", "100000"])
def test_absurd_columns_are_no_error(walk, columns):
    assert "forward" in walk(COLUMNS=columns)


# --- encodings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_encodings_without_the_symbols(walk, encoding):
    text = walk(PYTHONUTF8="0", PYTHONIOENCODING=encoding, encoding=encoding)
    assert " upstream dL/dgammax       x local dgammax/dgamma      = gradient dL/dgamma\n" in text
    assert "batchnorm   forward 1 of 9   =====-----" in text
    assert text.isascii()
    # A sign that found no replacement would have become a question mark.
    assert text.count("?") == walk().count("?")


def test_errors_are_told_in_ascii(complaint):
    said = complaint("größe", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert said.startswith("gr\\xf6\\xdfe: error: there is no lesson gr\\xf6\\xdfe (there are: ")
    assert said.isascii()


# --- plain ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [(["--plain"], {}), ([], {"ACCESSIBLE": "1"}), ([], {"TERM": "dumb"})],
)
def test_plain_has_no_boxes_and_no_columns(walk, arguments, changes):
    text = walk(*arguments, "--from", "x", **changes)
    assert text.startswith(" batchnorm   backward 10 of 10")
    assert "━" not in text
    assert "\n+ dx2 from mu\n" in text


@pytest.mark.parametrize(("arguments", "changes"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_no_colour_changes_no_word(walk, arguments, changes):
    assert walk(*arguments, "--from", "x", **changes) == walk("--from", "x")


def test_colour_that_is_asked_for_can_be_taken_back(walk):
    coloured = walk("--from", "x", FORCE_COLOR="1")
    assert "\x1b[1;35m" in coloured
    assert "\x1b[1;35m" not in walk("--from", "x", "--no-color", FORCE_COLOR="1")
