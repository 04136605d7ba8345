"""What a check found, on a page: kept as literal text at some widths, and within bounds at all of them.

To write the pages anew after a change that is meant: UPDATE_FRAMES=1 pytest tests/views, which fails once.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.checker.crashes import NO_RETURN
from bn_tutor.checker.report import (
    Accused,
    Crash,
    FileReport,
    FunctionReport,
    Looked,
    Mistake,
    Result,
    Tier,
    Verdict,
)
from bn_tutor.checker.trial import Aspect
from bn_tutor.course.problem import Problem
from bn_tutor.export.check_document import check_document
from bn_tutor.views.check_page import check_lines
from bn_tutor.views.check_page_parts import code_lines, part_of
from bn_tutor.views.check_page_watch import Watch, news_lines, watch_lines, watch_screen
from bn_tutor.views.look import Look

FOLDER = Path(__file__).parent / "check_pages"
WIDTHS = [10, 14, 20, 30, 39, 40, 60, 80, 100, 120, 200]
RIGHT, WRONG = Verdict.RIGHT, Verdict.WRONG
SOURCE = """\
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = 0.9 * bn_param["running_mean"] + mean
    xhat = (x - mean) / np.sqrt(var + bn_param["eps"])
    return gamma * xhat + beta, (xhat, x - mean, var, gamma)

def batchnorm_backward(dout, cache):
    xhat, xmu, var, gamma = cache
    dvar = (dout * gamma * xmu).sum(0) * -0.5 * (var + 1e-5) ** -1.5 * np.ones_like(var) * 1.0 + 0 * var
    return dvar, (dout * xhat).sum(0), dout.sum(0)
""".splitlines()
DVAR = 11


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).normal(size=shape)


def result(name, verdict=RIGHT, say="", shape=(5, 3)):
    right = numbers(*shape)
    return Result(
        name, verdict, 1e-15 if verdict is RIGHT else 0.5, say, right, right + numbers(*shape, seed=4)
    )


def looked(name, aspect, *results, batches=("first", "second"), crash=None):
    return [Looked(name, aspect, data, results, crash) for data in batches]


RUNNING = Accused(
    line=5,
    code="",
    tier=Tier.PROVED,
    hint="How much of the old average is kept?",
    mistake=Mistake("share-missing", "New share missing", "Your average grows without end."),
    stands_for="new_mean",
    value=numbers(3, seed=5),
    right=numbers(3, seed=6),
    fix="bn_param['running_mean'] = 0.9 * bn_param['running_mean'] + (1 - 0.9) * mean",
    walk="bn-tutor walk batchnorm-inference --from new_mean",
)
VARIANCE = Accused(
    line=DVAR,
    code="",
    tier=Tier.LIKELY,
    hint="Which power does the derivative of a root have?",
    mistake=Mistake("power-off", "Power off by one", "Look at `(var + 1e-05) ** -1.5`. The power is wrong."),
    stands_for="dvar",
    value=numbers(5, 3),
    right=numbers(3),
    other_lines=(10,),
    walk="bn-tutor walk batchnorm --backward --from var",
)


def wrong():
    """Return a file with two mistakes: a running average, and a line of the backward pass that is long."""
    off = "running_mean is off by 0.5 of its largest entry"
    forward = [
        *looked("batchnorm_forward", Aspect.FORWARD, result("out")),
        *looked("batchnorm_forward", Aspect.TEST, result("out")),
        *looked(
            "batchnorm_forward", Aspect.RUNNING, result("running_mean", WRONG, off), result("running_var")
        ),
    ]
    dx = result("dx", WRONG, "dx is off by 0.5 of its largest entry")
    backward = looked("batchnorm_backward", Aspect.BACKWARD, dx, result("dgamma"), result("dbeta"))
    functions = (
        FunctionReport("batchnorm_forward", 3, forward, (RUNNING,)),
        FunctionReport("batchnorm_backward", 9, backward, (VARIANCE,), ("dbeta is float32",)),
    )
    return FileReport("lab/my_bn.py", functions, (), "loss 2.31\n\x1b[31mloss 2.30\n", SOURCE)


def right():
    """Return a file that is right, in all that is looked at."""
    averages = result("running_mean"), result("running_var")
    forward = [
        *looked("batchnorm_forward", Aspect.FORWARD, result("out")),
        *looked("batchnorm_forward", Aspect.TEST, result("out")),
        *looked("batchnorm_forward", Aspect.RUNNING, *averages),
    ]
    gradients = [result(name) for name in ("dx", "dgamma", "dbeta")]
    backward = looked("batchnorm_backward", Aspect.BACKWARD, *gradients)
    functions = (
        FunctionReport("batchnorm_forward", 3, forward),
        FunctionReport("batchnorm_backward", 9, backward, (), ("dgamma has the shape (1, 3)",)),
    )
    return FileReport("my_bn.py", functions, (), "hello\n", SOURCE)


def stopped(name="ivar"):
    """Return a file whose backward function stops at a name that is nowhere."""
    crash = Crash(DVAR, "NameError", f"name '{name}' is not defined", f"{name} is not defined")
    functions = (
        FunctionReport("batchnorm_forward", 3, looked("batchnorm_forward", Aspect.FORWARD, result("out"))),
        FunctionReport("batchnorm_backward", 9, looked("b", Aspect.BACKWARD, crash=crash)),
    )
    return FileReport("my_bn.py", functions, (), "", SOURCE)


def unread():
    problem = Problem("my_bn.py", 5, 16, "not Python: '[' was never closed", "count the brackets")
    return FileReport("my_bn.py", problems=(problem,), lines=SOURCE)


def page(report, look=None, *, show_fix=False):
    return [line.plain for line in check_lines(report, look or Look(), show_fix=show_fix)]


def words(report, **options):
    return " ".join(" ".join(page(report, Look(400), **options)).split())


# --- kept pages -------------------------------------------------------------------------------------------

CASES = {
    **{f"wrong_{width}": (wrong, Look(width)) for width in (20, 40, 80, 120)},
    **{f"right_{width}": (right, Look(width)) for width in (40, 80)},
    "wrong_ascii": (wrong, Look(ascii=True)),
    "wrong_plain": (wrong, Look(plain=True)),
    "right_ascii": (right, Look(ascii=True)),
    "stopped": (stopped, Look()),
    "unread": (unread, Look()),
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_drawn_as_it_is_kept(name):
    make, look = CASES[name]
    drawn = "\n".join(page(make(), look)) + "\n"
    file = FOLDER / f"{name}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if os.environ.get("UPDATE_FRAMES") and drawn != kept:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn.split("\n") == kept.split("\n")


def test_every_kept_page_is_drawn():
    assert {file.stem for file in FOLDER.iterdir()} == set(CASES)


# --- what is on it ----------------------------------------------------------------------------------------


def test_the_fix_is_shown_only_where_it_is_asked_for():
    hidden, shown = words(wrong()), words(wrong(), show_fix=True)
    assert RUNNING.fix not in hidden
    assert RUNNING.hint in hidden
    assert "--show-fix shows the line" in hidden
    assert RUNNING.fix in shown
    assert "--show-fix" not in shown
    assert "no change of this one line is known" in shown


@pytest.mark.parametrize(
    ("tier", "said"), [(Tier.PROVED, "proved: "), (Tier.LIKELY, "likely: "), (Tier.SUSPECT, "suspected: ")]
)
def test_how_sure_it_is_stands_in_words(tier, said):
    report = wrong()
    accused = replace(VARIANCE, tier=tier)
    functions = (report.functions[0], replace(report.functions[1], accused=(accused,)))
    assert f"how sure {said}" in words(replace(report, functions=functions))


def test_of_several_proved_lines_all_have_to_change():
    report = wrong()
    both = replace(report.functions[0], accused=(RUNNING, replace(RUNNING, line=4)))
    text = words(replace(report, functions=(both,)))
    assert "with this line and 1 more changed, batchnorm_forward comes out right" in text
    assert "Not right yet: look at lines 4 and 5." in text


def other_line(tier, line, **changes):
    """Return the words of a page on which VARIANCE may be another line instead."""
    report = wrong()
    accused = replace(VARIANCE, tier=tier, other_lines=(line,), **changes)
    lines = [*SOURCE, "    return dvar, (dx, dgamma)  # the order", "    return dvar * 2, np.sum(dx)"]
    functions = (report.functions[0], replace(report.functions[1], accused=(accused,)))
    return words(replace(report, functions=functions, lines=lines))


def test_a_return_of_names_is_not_shown_as_what_may_be_wrong_instead():
    returns = len(SOURCE) + 1
    for tier in Tier:
        assert "or else" not in other_line(tier, returns)
        assert "or else" in other_line(tier, returns + 1)
    assert f"with line {DVAR} or {returns + 1} changed" in other_line(
        Tier.LIKELY, returns + 1, fix="dvar = 1"
    )
    alone = other_line(Tier.LIKELY, returns, fix="dvar = 1")
    assert "likely: with this line changed, batchnorm_backward comes out right" in alone


def test_a_single_number_has_no_shape():
    report = wrong()
    accused = replace(VARIANCE, value=np.array(2.0), right=np.array(3.0))
    text = words(replace(report, functions=(replace(report.functions[1], accused=(accused,)),)))
    assert "your dvar (a number) should be (a number) 2" in text


def test_a_function_without_return_is_told_as_such():
    report = stopped()
    crash = Crash(DVAR, NO_RETURN, "", "the return statement is missing")
    lacks = replace(report.functions[1], looked=looked("b", Aspect.BACKWARD, crash=crash))
    text = words(replace(report, functions=(lacks,)))
    assert text.startswith("✗ batchnorm_backward returns nothing ")
    assert "Python" not in text


def test_the_page_and_the_document_tell_the_same_of_a_wrong_output():
    """The first batch does not show it, the second does, and the third shows more of it."""
    first, worse = result("dx", WRONG, "dx is off by 0.44"), result("dx", WRONG, "dx is off by 0.61")
    worse = replace(worse, error=0.61)
    for aspect, name in ((Aspect.BACKWARD, "dx"), (Aspect.TEST, f"dx ({Aspect.TEST})")):
        found = [each for one in (result("dx"), first, worse) for each in looked("b", aspect, one)]
        report = FileReport("my_bn.py", (FunctionReport("b", 9, found),), (), "", SOURCE)
        told = check_document(report, show_fix=False)["functions"][0]["outputs"][name]
        assert told == {"verdict": "wrong", "error": first.error, "say": first.say}
        assert "dx is off by 0.44" in words(report)
        assert "0.61" not in words(report)


def test_a_line_without_values_shows_what_comes_of_it():
    report = wrong()
    bare = replace(VARIANCE, value=None, right=None, mistake=None)
    text = words(replace(report, functions=(replace(report.functions[1], accused=(bare,)),)))
    assert "values your dx (5, 3) should be (5, 3)" in text


def test_a_wrong_function_that_no_line_is_accused_in_says_why():
    report = wrong()
    forward, backward = report.functions
    bare = replace(backward, accused=())
    assert "why Mend batchnorm_forward first" in words(replace(report, functions=(forward, bare)))
    alone = words(replace(report, functions=(bare,)))
    assert "No single line can be blamed" in alone
    assert "your dx (5, 3) should be (5, 3)" in alone


def test_what_stops_two_functions_is_told_once():
    report = stopped()
    before = replace(report.functions[0], looked=report.functions[1].looked)
    text = words(replace(report, functions=(before, report.functions[1])))
    assert text.count("NameError: name") == 1
    assert "could not be looked at, since batchnorm_forward stops before it" in text


@pytest.mark.parametrize(
    ("mine", "right_one", "said"),
    [
        (np.zeros((2, 2)), np.array([[0, 0], [0, 5.0]]), "1 of 4 entries differ, most at [1, 1]."),
        (np.ones(2), np.array([4.0, 2.0]), "All entries differ, most at [0]."),
        (np.array([1.0, np.nan]), np.ones(2), "1 of 2 entries differ, most at [1]."),
        (np.zeros((2, 1)), np.zeros(2), "The shapes differ."),
    ],
)
def test_how_much_of_two_values_differs(mine, right_one, said):
    report = wrong()
    accused = replace(VARIANCE, value=mine, right=right_one)
    functions = (replace(report.functions[1], accused=(accused,)),)
    assert said in words(replace(report, functions=functions))


def test_where_large_values_differ_most_is_shown():
    right_one = np.zeros((400, 30))
    mine = right_one.copy()
    mine[321, 17] = 7.25
    accused = replace(VARIANCE, value=mine, right=right_one)
    report = replace(wrong(), functions=(replace(wrong().functions[1], accused=(accused,)),))
    lines = page(report)
    assert len(lines) < 45
    assert any("7.250" in line for line in lines)
    assert any("1 of 12,000 entries differ, most at [321, 17]." in line for line in lines)


@pytest.mark.parametrize("value", [np.array(["a"]), np.zeros(0), np.array([1j])])
def test_what_are_no_numbers_is_not_shown_as_such(value):
    accused = replace(VARIANCE, value=value)
    report = replace(wrong(), functions=(replace(wrong().functions[1], accused=(accused,)),))
    assert not any("values" in line for line in page(report))


# --- code -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "code", "found"),
    [
        ("x - mu", "y = x-mu", "x-mu"),
        ("a[0]", "b = a [0] + 1", "a [0]"),
        ("xhat", "dxhat = d * xhat * xhat", "xhat"),
        ("(var + 1e-05) ** -1.5", "    d = (var + 1e-5)**-1.5", "(var + 1e-5)**-1.5"),
        ("x['a']", '    return x["a"], 1', 'x["a"]'),
        ("x['a']", 'if x["a"]: (', None),
        ("x * y", "x * y + x * y", None),
        ("nowhere", "x = 1", None),
        ("", "x = 1", None),
    ],
)
def test_a_piece_of_code_is_found_whatever_its_spaces(part, code, found):
    span = part_of(part, code)
    assert (code[slice(*span)] if span else None) == found
    if part == "xhat":
        assert span[0] == code.index(" xhat") + 1


def test_a_long_line_is_cut_around_the_part_that_is_meant():
    long = "y = " + " + ".join(f"a{at}" for at in range(60)) + " + " + "wrong * 2" + " + c" * 50
    for width in (20, 40, 80):
        lines = [line.plain for line in code_lines([long], 1, Look(width), "wrong * 2")]
        assert "wrong * 2" in lines[0]
        assert lines[1].index("^") == lines[0].index("wrong * 2")
        assert lines[1].count("^") == len("wrong * 2")
        assert max(map(len, lines)) <= width


def test_the_next_function_is_none_of_the_context():
    lines = [line.plain for line in code_lines(SOURCE, 7, Look(), first=3)]
    assert [re.search(r"\d+", line)[0] for line in lines] == ["5", "6", "7"]


def test_a_column_is_marked_where_it_is_seen():
    (line, mark, *_) = [each.plain for each in code_lines(["\tx = (\t1"], 1, Look(), column=6)]
    assert mark.index("^") == line.index("(")


@pytest.mark.parametrize("line", [0, -1, 99])
def test_a_line_that_is_not_there_has_no_code(line):
    assert code_lines(SOURCE, line, Look()) == []


# --- watching ---------------------------------------------------------------------------------------------


def watch(report, before=None):
    return Watch("my_bn.py", report, before, 3, "11:02:31")


def news(report, before):
    return " ".join(line.plain for line in news_lines(watch(report, before), Look(400))).strip()


def test_it_celebrates_once_when_all_becomes_right():
    assert news(right(), wrong()) == "✓ ✓ ✓  All right now, at check 3!"
    assert news(right(), right()) == news(right(), None) == news(wrong(), wrong()) == ""


def test_what_has_become_right_is_told():
    report = wrong()
    forward, backward = report.functions
    better = replace(forward, looked=right().functions[0].looked)
    now = replace(report, functions=(better, backward))
    assert news(now, report) == "Better: running_mean of batchnorm_forward is right now."
    assert news(report, now) == ""


def test_the_last_line_is_the_watch_and_the_keys():
    lines, most = watch_screen(watch(wrong()), Look(), 24)
    assert len(lines) == 24
    assert lines[-1].plain == " watching my_bn.py, checked at 11:02:31   q quit  ↓ ↑ scroll  f fix"
    assert lines[-3].plain == f" ▼ {most + 1} more lines: ↓"
    for nothing_to_mend in (right(), stopped(), None):
        other, _ = watch_screen(watch(nothing_to_mend), Look(), 24)
        assert other[-1].plain == " watching my_bn.py, checked at 11:02:31   q quit  ↓ ↑ scroll"
    whole = page(wrong())
    assert len(whole) == 22 + most
    last, _ = watch_screen(replace(watch(wrong()), scroll=most), Look(), 24)
    assert last[-3].plain == whole[-1]


def test_a_check_under_way_leaves_the_page():
    under_way = replace(watch(wrong()), is_checking=True)
    lines, _ = watch_screen(under_way, Look(), 50)
    assert lines[0].plain == page(wrong())[0]
    assert lines[-1].plain.startswith(" checking my_bn.py …")


# --- bounds -----------------------------------------------------------------------------------------------

OPTIONS = [{}, {"ascii": True}, {"plain": True}]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("options", OPTIONS)
def test_no_line_is_too_wide(width, options, too_wide):
    look = Look(width, **options)
    for make in (wrong, right, stopped, unread):
        assert too_wide(page(make(), look, show_fix=True), width) == []
        for height in (1, 3, 24):
            lines, _ = watch_screen(watch(make(), wrong()), look, height)
            assert len(lines) == height
            assert too_wide([line.plain for line in lines], width) == []
        assert too_wide([line.plain for line in watch_lines(watch(make(), wrong()), look)], width) == []


def evil(text):
    """Return a report in which everything that comes from a file is this text."""
    mistake = Mistake(text, text, f"Look at `{text}`. {text}")
    accused = replace(VARIANCE, mistake=mistake, hint=text, fix=text, stands_for=text, walk=text)
    crash = Crash(2, text, text, text)
    functions = (
        FunctionReport(text, 1, looked(text, Aspect.TEST, result(text, WRONG, text)), (accused,), (text,)),
        FunctionReport("stops", 1, looked("stops", Aspect.FORWARD, crash=crash)),
    )
    problem = Problem(text, 3, 2, text, text)
    return FileReport(text, functions, (problem,), text, [text] * 12)


SIGNS = st.text(st.sampled_from("a漢\x1b[]\x07\x9b\u202e\n\t'`*_\ud800\0 (")) | st.text(max_size=30)


@given(SIGNS, st.sampled_from([10, 40, 80]), st.sampled_from(OPTIONS))
def test_whatever_a_file_holds_steers_nothing(control_characters, too_wide, text, width, options):
    lines = page(evil(text), Look(width, **options), show_fix=True)
    assert control_characters(lines) == []
    assert too_wide(lines, width) == []


def test_markup_is_shown_as_it_is():
    assert "[bold red]x[/]" in words(evil("[bold red]x[/]"))
