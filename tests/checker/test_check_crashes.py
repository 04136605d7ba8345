"""What a function raises is explained in a sentence, at its line."""

import ast

import pytest

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
    "a name": ("dbeta = douts.sum(axis=0)", "douts is not defined"),
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
