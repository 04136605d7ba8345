"""Options and names that cannot be: one clear line each, exit status 2, no traceback."""

from pathlib import Path

import pytest

SHIPPED = Path(__file__).resolve().parents[2] / "lessons"
LESSONS = ", ".join(sorted({path.stem for path in SHIPPED.glob("*.md")} - {"README"}))
REFUSED = {
    ("batchnrm",): "batchnrm: error: there is no lesson batchnrm (did you mean batchnorm?)",
    ("zzz",): f"zzz: error: there is no lesson zzz (there are: {LESSONS})",
    ("nosuch.md",): "nosuch.md: error: there is no file nosuch.md",
    ("--size", "many"): "--size takes NAME=NUMBER, such as N=6, not 'many'",
    ("--size", "N=2.5"): "--size takes NAME=NUMBER, such as N=6, not 'N=2.5'",
    ("--size", "N=4,,D=3"): "--size takes NAME=NUMBER, such as N=6, not ''",
    ("--size", "M=3"): "batchnorm: error: there is no size M (there are: N, D)",
    ("--size", "N=9000,D=9000"): "x would have 81,000,000 elements; at most 10,000,000 are walked",
    ("--eps", "-0.1"): "--eps must be 0 or a positive number, not -0.1",
    ("--eps", "nan"): "--eps must be 0 or a positive number, not nan",
    ("--eps", "inf"): "--eps must be 0 or a positive number, not inf",
    ("--level", "deep"): "--level is node, operation or layer, not 'deep'",
    ("--order", "random"): "--order is right or recursive, not 'random'",
    ("--from", "sqr"): "--from: there is no node sqr (did you mean sq?)",
    ("--from", "out2", "--backward"): "--from: there is no node out2 (did you mean out?)",
    ("--from", "mu", "--level", "layer"): "--from: there is no node mu (there are: out)",
    ("--from", "qqqqq"): (
        "--from: there is no node qqqqq (there are: mu, xmu, sq, var, sqrtvar, ivar, xhat, gammax, out, x)"
    ),
}
NOT_A_VALUE = {
    ("--precision", "0"): "'--precision': 0 is not in the range 1<=x<=12.",
    ("--precision", "13"): "'--precision': 13 is not in the range 1<=x<=12.",
    ("--width", "9"): "'--width': 9 is not in the range 10<=x<=1000.",
    ("--eps", "small"): "'--eps': 'small' is not a valid float.",
    ("--seed", "1.5"): "'--seed': '1.5' is not a valid int.",
}


def test_refused_with_one_line(complaints):
    assert complaints(REFUSED) == REFUSED


@pytest.mark.parametrize("size", ["0", "-3", "9" * 30])
def test_size_out_of_bounds(complaint, size):
    said = complaint("--size", f"N={size}")
    assert said.startswith(f"--size N={size}: a size is a whole number from 1 to ")


def test_bound_that_is_told_is_the_bound_that_holds(complaint):
    bound = complaint("--size", "D=0").split()[-1].replace(",", "")
    assert "a size is a whole number from 1 to" not in complaint("--size", f"N={bound},D=1000")
    assert "the size N must be" not in complaint("--size", f"N={bound},D=1000")


@pytest.mark.parametrize("arguments", NOT_A_VALUE)
def test_value_that_an_option_cannot_have(refuse, arguments):
    assert refuse(*arguments)[-1] == f"Error: Invalid value for {NOT_A_VALUE[arguments]}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nosuch"], "Error: No such option: --nosuch"),
        (["batchnorm", "extra"], "Error: Got unexpected extra argument(s) (extra)"),
        (["--data"], "Error: Option '--data' requires an argument."),
    ],
)
def test_usage(refuse, arguments, said):
    assert refuse(*arguments)[-1] == said


@pytest.mark.parametrize("number", ["-1", str(10**30)])
def test_any_whole_number_is_a_seed(walk, number):
    assert "backward 10 of 10" in walk("--seed", number, "--from", "x")


# --- names that try to steer the terminal -----------------------------------------------------------------

EVIL = "[bold]e\x1b[31mv\x9b1mil"
SHOWN = "[bold]e[31mv1mil"
EVIL_NAMES = {
    (EVIL,): f"{SHOWN}: error: there is no lesson {SHOWN} (there are: {LESSONS})",
    (f"{EVIL}.md",): f"{SHOWN}.md: error: there is no file {SHOWN}.md",
    (f"{EVIL}.py:f",): f"{SHOWN}.py: error: there is no such Python file",
    ("--data", f"{EVIL}.csv"): f"{SHOWN}.csv: No such file or directory",
    ("--data", EVIL): f"{SHOWN}: the ending must be .csv, .npz or .json",
    ("--size", f"{EVIL}=3"): ("--size takes NAME=NUMBER, such as N=6, not '[bold]e\\x1b[31mv\\x9b1mil=3'"),
}


def test_names_are_shown_plain(complaints):
    assert complaints(EVIL_NAMES) == EVIL_NAMES


@pytest.mark.parametrize("arguments", [["a", EVIL], ["--eps", EVIL], [f"--{EVIL}"]])
def test_usage_errors_are_shown_plain(refuse, arguments):
    assert not any("\x1b" in line or "\x9b" in line for line in refuse(*arguments))


def test_a_name_of_two_lines_is_told_in_one(complaints):
    told = complaints([("two\nlines",), ("two\nlines.md",), ("two\r\nlines.py:f",)])
    assert [said[:9] for said in told.values()] == ["two lines"] * 3


def test_a_name_that_is_not_text(complaint):
    assert complaint(b"no\xffsuch.md").endswith("such.md")
