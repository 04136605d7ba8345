"""What a function raises is explained in a sentence, at its line."""

import ast

import pytest

from bn_tutor.checker.crash_hints import forgets_return
from bn_tutor.checker.crashes import NO_RETURN, unwritten_crash
from bn_tutor.checker.crashes import crash_of as explained
from bn_tutor.checker.source import Source
from tests.checker.check_files import BACKWARD, FORWARD, HEAD, RIGHT, checked, crash_of, with_fault

SOURCE = Source(None, "import spam\nfrom eggs import *\n", ast.parse(""))
FAILED = [{"line": 1, "type": "ModuleNotFoundError", "message": "No module named 'spam'"}]
SENTENCES = [
    (
        "NameError",
        "name 'spam' is not defined",
        "spam is not defined, since line 1 failed: ModuleNotFoundError",
    ),
    ("NameError", "name 'ham' is not defined", "ham is not defined: nothing in this function or this file"),
    (
        "UnboundLocalError",
        "cannot access local variable 'dx' where it is not associated with a value",
        "dx is used before it has a value",
    ),
    ("NotImplementedError", "", "this function is not written yet"),
    ("ModuleNotFoundError", "No module named 'torch'", "this needs a module that is not installed"),
    ("ValueError", "operands could not be broadcast together", "the shapes do not fit: operands"),
    ("ValueError", "matmul: Input operand 1 has a mismatch", "the shapes do not fit: matmul"),
    ("AxisError", "axis 2 is out of bounds", "the shapes do not fit: axis 2"),
    ("ValueError", "shapes (2,3) and (2,3) not aligned: 3", "the shapes (2, 3) and (2, 3) cannot be"),
    ("ValueError", "not enough values to unpack (expected 3, got 2)", "more or fewer values are unpacked"),
    ("TypeError", "cannot unpack non-iterable NoneType object", "None is unpacked here"),
    ("TypeError", "unsupported operand type(s) for *: 'NoneType' and 'float'", "something is None here"),
    ("TypeError", "f() takes 2 positional arguments but 4 were given", "it is called with other arguments"),
    ("RecursionError", "maximum recursion depth exceeded", "it calls itself without end"),
    ("MemoryError", "", "it asks for more memory than there is for it"),
    ("SystemExit", "0", "it ends the program by SystemExit"),
    ("EOFError", "EOF when reading a line", "it reads from the keyboard"),
    ("KeyError", "'mode'", "KeyError: 'mode'"),
    ("Odd", "", "Odd"),
    ("Odd", "two\nlines \x1b[31m", "Odd: two lines [31m"),
]


@pytest.mark.parametrize(("kind", "message", "sentence"), SENTENCES)
def test_each_error_has_its_sentence(kind, message, sentence):
    found = explained(SOURCE, {"type": kind, "message": message, "line": 2}, FAILED)
    assert (found.line, found.say[: len(sentence)]) == (2, sentence)


def test_a_star_import_that_failed_may_have_been_where_a_name_comes_from():
    failed = [{"line": 2, "type": "ModuleNotFoundError", "message": "No module named 'eggs'"}]
    found = explained(
        SOURCE, {"type": "NameError", "message": "name 'ham' is not defined", "line": 3}, failed
    )
    assert "since line 2 failed" in found.say


# --- planted faults ---------------------------------------------------------------------------------------

# What is put in the place of the line that makes dbeta, and what is then said.
FAULTS = {
    "a slip in a name": ("dbeta = douts.sum(axis=0)", "douts is not defined: did you mean dout?"),
    "a slip in a name of this function": (
        "dbeta = (xaht + dout).sum(0)",
        "xaht is not defined: did you mean xhat?",
    ),
    "a gradient that is not there": ("dbeta = dinv_std.sum(0)", "dinv_std is not defined: nothing in this"),
    "a name of later": ("dbeta = dxx + dout", "dxx is not defined: nothing in this"),
    "a name": ("dbeta = spam.sum(axis=0)", "spam is not defined: nothing in this"),
    "rows in place of features": (
        "dbeta = dout * dout.sum(axis=1)",
        "the shapes (6, 4) and (6,) do not fit: (6,) has one number for each row, where one for each feature",
    ),
    "a transposed array": (
        "dbeta = dout + dout.T",
        "the shapes (6, 4) and (4, 6) do not fit: one is the other",
    ),
    "a product of matrices": (
        "dbeta = np.dot(dout, dout)",
        "the shapes (6, 4) and (6, 4) cannot be multiplied",
    ),
    "a shape": ("dbeta = (dout + np.zeros((7, 7))).sum(axis=0)", "the shapes do not fit"),
    "an axis": ("dbeta = dout.sum(axis=5)", "the shapes do not fit"),
    "nothing yet": ("raise NotImplementedError", "this function is not written yet"),
    "too early": ("dbeta = dx.sum(axis=0)", "dx is used before it has a value"),
    "no end": ("dbeta = batchnorm_backward(dout, cache)", "it calls itself without end"),
    "a key": ("dbeta = {}['dbeta']", "KeyError: 'dbeta'"),
    "an exit": ("raise SystemExit(3)", "it ends the program by SystemExit"),
    "the keyboard": ("dbeta = input()", "it reads from the keyboard"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_crash_is_told_at_its_line(tmp_path, name):
    wrong, sentence = FAULTS[name]
    text = with_fault(RIGHT, "dbeta = dout.sum(axis=0)", wrong)
    report = checked(tmp_path, text)
    crash = crash_of(report, "batchnorm_backward")
    assert report.verdict == "error"
    assert crash.say[: len(sentence)] == sentence
    assert wrong in report.lines[crash.line - 1]
    assert crash_of(report, "batchnorm_forward") is None


def test_one_number_a_row_is_asked_for_its_keepdims_where_rows_are_right(tmp_path):
    text = FORWARD.replace("batchnorm", "layernorm").replace("x.mean(axis=0)", "x.mean(axis=1)")
    crash = crash_of(checked(tmp_path, HEAD + text), "layernorm_forward")
    assert crash.say.startswith(
        "the shapes (6, 4) and (6,) do not fit: (6,) has one number for each row, and"
    )
    assert "(6, 1) for that. Is keepdims=True missing" in crash.say


# What the backward function unpacks, of the three values that the forward function returns in its line 6.
UNPACKED = {
    "xhat, gamma": "and 2 names take them here: none of them takes inv_std",
    "xhat, gamma, inv_std, mu, var": "and 5 names take them here: nothing is put in for mu and var",
    "a, b, c, d": "and 4 names take them here",
    "xhat, *gamma, a, b, c": "",
}


@pytest.mark.parametrize("names", UNPACKED)
def test_what_is_unpacked_is_held_against_what_is_put_together(tmp_path, names):
    text = with_fault(RIGHT, "    xhat, gamma, inv_std = cache", f"    {names} = cache")
    crash = crash_of(checked(tmp_path, text), "batchnorm_backward")
    said = UNPACKED[names]
    assert crash.say.endswith(said)
    assert crash.say.startswith("cache is put together with 3 values in line 6, ") is bool(said)


def test_a_cache_by_its_name_wins_and_two_of_a_name_are_not_told(tmp_path):
    named = with_fault(RIGHT, "    return gamma * xhat", "    cache = xhat, gamma\n    return gamma * xhat")
    named = with_fault(named, "beta, (xhat, gamma, inv_std)", "beta, cache")
    say = crash_of(checked(tmp_path, named), "batchnorm_backward").say
    counts = "cache is put together with 2 values in line 6, and 3 names take them here"
    assert say == f"{counts}: nothing is put in for inv_std"
    twice = with_fault(named, "    cache = xhat, gamma\n", "    cache = xhat, x\n    cache = xhat, gamma\n")
    assert crash_of(checked(tmp_path, twice), "batchnorm_backward").say.startswith("more or fewer values")


RETURNS = {
    "dx = dout * 2": True,
    "dx = dout * 2\n    return": True,
    "dx = dout * 2\n    return dx": False,
    "dx = dout * 2\n    return None": False,
    "dx = dout * 2\n    raise ValueError": False,
    "pass": False,
    "'''To do.'''": False,
    "dx = dgamma = None": False,
    "xhat, gamma = cache": False,
    "dx = dout.sum(0)\n    def inner():\n        return dx": True,
    "def inner():\n        dx = 2 * dout": False,
}


@pytest.mark.parametrize("body", RETURNS)
def test_a_finished_function_without_a_return_is_no_unwritten_one(body):
    text = f"def backward(dout, cache):\n    {body}\n"
    source = Source(None, text, ast.parse(text))
    assert forgets_return(source.functions["backward"].tree) is RETURNS[body]
    crash = unwritten_crash(source, "backward", "it returns None")
    assert crash.type == (NO_RETURN if RETURNS[body] else "NotImplementedError")
    assert ("return statement" in crash.say) is RETURNS[body]
    assert unwritten_crash(source, "backward", "it returns zeros").type == "NotImplementedError"


UNWRITTEN = {
    "pass": "pass",
    "an ellipsis": "...",
    "none": "return None",
    "nones": "return None, None, None",
    "zeros": "return np.zeros_like(dout), np.zeros(dout.shape[1]), np.zeros(dout.shape[1])",
    "a docstring": "'''To do.'''",
}


@pytest.mark.parametrize("name", UNWRITTEN)
def test_what_is_not_written_yet_is_told_as_such(tmp_path, name):
    text = f"{HEAD}{FORWARD}\ndef batchnorm_backward(dout, cache):\n    {UNWRITTEN[name]}\n"
    report = checked(tmp_path, text)
    assert crash_of(report, "batchnorm_backward").say.startswith("this function is not written yet")
    assert report.functions[0].verdict == "right"


def test_a_missing_module_harms_only_who_needs_it(tmp_path):
    text = f"import torch\nfrom course.fast_layers import *\n{RIGHT}"
    assert checked(tmp_path, text).verdict == "right"
    report = checked(tmp_path, with_fault(text, "dout.sum(axis=0)", "torch.sum(dout)"))
    assert "No module named 'torch'" in crash_of(report, "batchnorm_backward").say


def test_one_layer_that_stops_the_process_does_not_keep_others_from_being_checked(tmp_path):
    layer = FORWARD.replace("batchnorm", "layernorm").replace(
        "    inv_std", "    import os; os._exit(7)\n    inv_std"
    )
    report = checked(tmp_path, layer + RIGHT)
    assert [(each.name, str(each.verdict)) for each in report.functions] == [
        ("layernorm_forward", "error"),
        ("batchnorm_forward", "right"),
        ("batchnorm_backward", "right"),
    ]
    assert "layernorm_forward ended the whole process (exit status 7)" in report.functions[0].first_crash.say


def test_what_was_right_before_a_loop_without_end_is_told(tmp_path):
    text = HEAD + FORWARD + BACKWARD.replace("    xhat, gamma", "    while True: pass\n    xhat, gamma")
    report = checked(tmp_path, text, seconds=1.0)
    assert [str(each.verdict) for each in report.functions] == ["right", "error"]
    crash = crash_of(report, "batchnorm_backward")
    assert report.lines[crash.line - 1].strip() == "while True: pass"
    assert crash.say == f"batchnorm_backward still ran after 1 second, and was stopped at line {crash.line}"
