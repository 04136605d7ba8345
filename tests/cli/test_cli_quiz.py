"""``bn-tutor quiz`` in a pseudo-terminal, as a learner meets it."""

import json
import os
import signal

import pytest

from tests.cli.conftest import PROGRAM
from tests.cli.quiz_keys import keys_of

QUIZ = (*PROGRAM, "quiz")


@pytest.fixture
def quiz(terminal):
    """Open a quiz with these options and wait for its first prompt."""

    def open_quiz(*options, **settings):
        opened = terminal(*options, command=QUIZ, **settings)
        opened.says("> ")
        return opened

    return open_quiz


@pytest.fixture
def keys(run, written):
    """Return the right answers of the questions that options ask."""
    return lambda *options: keys_of(run, written, *options)


@pytest.fixture
def kept(state_folder):
    """Return the lines of the log, as objects."""

    def lines():
        log = state_folder / "answers.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    return lines


def wrong_letter(key):
    return next(letter for letter in "ab" if letter != key)


def test_a_whole_session(quiz, keys, kept):
    right = keys("--kind", "local", "--count", "4", "--seed", "5")
    shown = quiz("--kind", "local", "--count", "4", "--seed", "5")
    assert "Answer with a letter" in shown.text
    shown.send(right[0], "\r")
    shown.shows("✓ Right.", "2 of 4")
    shown.send(wrong_letter(right[1]), "\r")
    shown.shows("✗ ")
    shown.send(right[1], "\r")
    shown.shows("3 of 4")
    shown.send("r\r")
    shown.says("The answer is")
    shown.says("upstream")
    shown.shows("4 of 4")
    shown.send("s\r")
    assert shown.end() == 0
    assert "1 of 4 right at the first try, 2 in the end" in shown.text
    assert "bn-tutor walk batchnorm --backward --from" in shown.text
    assert "Come back" in shown.text
    assert [(each["try"], each["verdict"]) for each in kept()] == [
        (1, "right"), (1, "wrong"), (2, "right"), (1, "revealed"), (1, "skipped"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "status"), [("\x03", 130), ("\x04", 0), ("q\r", 0)], ids=["ctrl-c", "ctrl-d", "q"]
)
def test_every_way_out_sums_up(quiz, keys, kept, key, status):
    answer = keys("--kind", "local", "--seed", "5", "--count", "1")[0]
    shown = quiz("--kind", "local", "--seed", "5")
    shown.send(answer, "\r")
    shown.shows("2 of 10")
    shown.settle()
    shown.send(key)
    assert shown.end() == status
    assert "1 of 1 right at the first try" in shown.text
    assert "Traceback" not in shown.text
    assert len(kept()) == 1


def test_ctrl_c_at_the_first_prompt(quiz):
    shown = quiz()
    shown.settle()
    shown.send("\x03")
    assert shown.end() == 130
    assert "No question was answered." in shown.text


def test_what_is_said_to_a_wrong_formula(quiz):
    shown = quiz("--kind", "whole", "--seed", "1", "--count", "2")
    if "Write dgamma" not in shown.text:
        shown.send("s\r")
        shown.shows("2 of 2")
    shown.shows("Write dgamma", "numpy>")
    shown.send("dgamma = dout * xhat\r")
    shown.shows("✗ ", "gamma was broadcast")


@pytest.mark.parametrize("columns", [40, 100])
def test_after_a_resize_questions_have_the_new_width(quiz, columns):
    shown = quiz("--kind", "formula", "--seed", "2")
    shown.settle()
    shown.resize(columns, 12)
    shown.send("s\r")
    shown.says("2 of 10")
    shown.settle()
    assert max(map(len, shown.lines)) <= columns
    assert any(len(line) > min(columns - 20, 60) for line in shown.lines)


def test_a_narrow_terminal(quiz):
    shown = quiz("--seed", "4", "--kind", "number", columns=40, rows=12)
    for number in range(2, 6):
        shown.send("s\r")
        shown.says(f"{number} of 10")
    shown.settle()
    assert "Traceback" not in shown.received.decode()
    assert "…" not in shown.text


def test_plain_and_ascii(quiz):
    shown = quiz(
        "--plain", "--seed", "5", "--kind", "number", PYTHONUTF8="0", LC_ALL="C", PYTHONCOERCECLOCALE="0"
    )
    shown.send("r\r")
    shown.says("2 of 10")
    shown.send("\x04")
    assert shown.end() == 0
    shown.received.replace(b"\x1b", b"").decode("ascii")


def test_kill_9_keeps_what_was_acknowledged(quiz, keys, kept):
    right = keys("--kind", "local", "--seed", "5", "--count", "3")
    shown = quiz("--kind", "local", "--seed", "5")
    for number, key in enumerate(right, 2):
        shown.send(key, "\r")
        shown.shows(f"{number} of 10")
    os.kill(shown.process.pid, signal.SIGKILL)
    assert [each["verdict"] for each in kept()] == ["right"] * 3


def test_lines_can_be_edited(quiz, keys):
    key = keys("--kind", "local", "--seed", "5", "--count", "1")[0]
    shown = quiz("--kind", "local", "--seed", "5")
    shown.settle()
    shown.send("zz\x1b[D\x1b[D\x0b", key, "\r")
    shown.shows("✓ Right.", "2 of 10")


def test_escape_sequences_that_are_typed_never_come_back(quiz):
    shown = quiz("--kind", "formula", "--seed", "5", "--plain")
    shown.settle()
    shown.send("\x16\x1b]0;owned\x16\x07\r")
    shown.settle()
    assert b"\x1b]0" not in shown.received
    assert "1 of 10" in shown.text or "column" in shown.text
