"""``bn-tutor quiz`` in a pseudo-terminal, as a learner meets it."""

import json
import os
import re
import signal
import sys

import pytest

from tests.cli.conftest import PROGRAM
from tests.cli.quiz_keys import PAUSE, Learner, keys_of

QUIZ = (*PROGRAM, "quiz")


@pytest.fixture
def quiz(terminal):
    """Open a quiz with these options; returns somebody who waits for its prompts."""
    return lambda *options, **settings: Learner(terminal(*options, command=QUIZ, **settings))


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
    shown.waits()
    assert "Answer with a letter" in shown.text
    shown.enters(right[0])
    shown.shows("✓ Right.", "2 of 4")
    shown.enters(wrong_letter(right[1]))
    shown.shows("✗ ")
    shown.enters(right[1])
    shown.shows("3 of 4")
    shown.enters("r")
    assert "The answer is" in shown.text
    shown.enters()
    shown.says("upstream")
    shown.goes_on()
    shown.shows("4 of 4")
    shown.types("s\r")
    assert shown.end() == 0
    assert "Skipped." in shown.text
    assert "1 of 3 right at the first try, 2 in the end; 1 skipped" in shown.text
    assert "bn-tutor walk batchnorm --backward --from" in shown.text
    assert "Come back" in shown.text
    assert [(each["try"], each["verdict"]) for each in kept()] == [
        (1, "right"), (1, "wrong"), (2, "right"), (1, "revealed"), (1, "skipped"),
    ]  # fmt: skip


WAYS_OUT = [("\x03", 130), ("\x04", 0), ("q\r", 0), (":q\r", 0), ("exit\r", 0)]


@pytest.mark.parametrize(("key", "status"), WAYS_OUT, ids=["ctrl-c", "ctrl-d", "q", ":q", "exit"])
def test_every_way_out_sums_up(quiz, keys, kept, key, status):
    answer = keys("--kind", "local", "--seed", "5", "--count", "1")[0]
    shown = quiz("--kind", "local", "--seed", "5")
    shown.enters(answer)
    assert shown.leaves(key) == status
    assert "1 of 1 right at the first try" in shown.text
    assert "Traceback" not in shown.text
    assert len(kept()) == 1
    assert shown.lines[shown.text[: shown.text.index(" 1 of 1 right")].count("\n") - 1] == ""


PAUSES = {"goes on": (100, ["r"]), "in a frame": (24, ["r"]), "q skips": (24, ["r", ""])}


@pytest.mark.parametrize("pause", PAUSES)
@pytest.mark.parametrize(("key", "status"), WAYS_OUT[:3], ids=["ctrl-c", "ctrl-d", "q"])
def test_every_way_out_of_a_pause(quiz, key, status, pause):
    rows, lines = PAUSES[pause]
    shown = quiz("--kind", "number", "--seed", "5", rows=rows)
    for line in lines:
        shown.enters(line)
    assert pause in shown.text
    if key == "q\r" and pause != "goes on":  # it leaves the frame only
        shown.enters("q")
        shown.shows("2 of ")
    assert shown.leaves(key) == status
    assert "0 of 1 right at the first try" in shown.text
    assert "Traceback" not in shown.text


def test_ctrl_c_at_the_first_prompt(quiz):
    shown = quiz()
    assert shown.interrupts() == 130
    assert "No question was answered." in shown.text


# A quiz that makes its questions only once something was typed.
SLOW = """
import select, sys
from bn_tutor.cli import main, quiz_desk
page = quiz_desk.question_lines
def late(*arguments):
    print("not yet", flush=True)
    select.select([sys.stdin], [], [], 60)
    return page(*arguments)
quiz_desk.question_lines = late
sys.argv = ["bn-tutor", "quiz", "--seed", "5", "--kind", "local"]
main.main()
"""


def test_what_is_typed_before_the_prompt_is_not_lost(terminal):
    shown = terminal(command=(sys.executable, "-c", SLOW))
    shown.says("not yet")
    shown.send("s\r")
    shown.says("not yet", 2)
    shown.send("\x04")
    assert shown.end() == 0
    assert "Skipped." in shown.text
    assert shown.text.count("> s") == 1
    assert "No question was answered. 1 skipped." in shown.text


def test_the_terminal_is_left_as_it_was(terminal):
    same = "test $before = $(stty -g) && echo as before"
    line = f"trap : INT; before=$(stty -g); {' '.join(QUIZ)} --seed 5; {same}"
    shown = Learner(terminal(command=("/bin/sh", "-c", line)))
    assert shown.interrupts() == 0
    assert "as before" in shown.text


def test_what_is_said_to_a_wrong_formula(quiz):
    shown = quiz("--kind", "whole", "--seed", "1", "--count", "2")
    shown.waits()
    if "Write dgamma" not in shown.text:
        shown.enters("s")
    shown.shows("Write dgamma", "dgamma (numpy)>")
    shown.enters("dgamma = dout * xhat")
    shown.shows("✗ ", "gamma was broadcast")


@pytest.mark.parametrize("columns", [40, 100])
def test_after_a_resize_questions_have_the_new_width(quiz, columns):
    shown = quiz("--kind", "formula", "--seed", "2")
    shown.waits()
    shown.resize(columns, 40)
    shown.enters("s")
    shown.shows("2 of 10")
    assert max(map(len, shown.lines)) <= columns
    assert any(len(line) > min(columns - 20, 60) for line in shown.lines)


# --- nothing scrolls off unseen ---------------------------------------------------------------------------


def test_a_narrow_terminal(quiz):
    shown = quiz("--seed", "4", "--kind", "number", columns=40, rows=12)
    for number in range(1, 6):
        shown.goes_on()
        shown.says(f"{number} of 10")
        shown.enters("s")
    assert "Traceback" not in shown.received.decode()
    assert "…" not in shown.text


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 12), (100, 30), (120, 80)])
def test_every_line_of_a_reveal_is_on_a_screen_that_waits(quiz, columns, rows):
    shown = quiz("--seed", "5", "--kind", "number", columns=columns, rows=rows)
    shown.goes_on()
    screens = []
    shown.enters("r")
    assert "The answer is" in shown.text
    while PAUSE.search(shown.new):
        screens += shown.lines
        before = shown.scrolled
        shown.enters()
        assert shown.scrolled - before <= rows
    text = "\n".join(screens)
    assert all(part in text for part in (" backward ", "upstream", "ledger", " why "))
    assert (rows < 80) == ("why, in a frame: Enter" in text)
    assert "Enter goes on" in text
    shown.says("2 of 10")


def test_what_is_typed_at_a_pause_before_a_question_is_no_answer_to_it(quiz, kept):
    shown = quiz("--seed", "5", "--kind", "number", columns=40, rows=14)
    while "goes on" not in shown.new.decode():
        shown.goes_on()
        shown.enters("s")
    count = len(kept())
    shown.enters("s")
    assert len(kept()) == count


def test_the_frame_can_be_left_out_and_broken_off(quiz):
    shown = quiz("--seed", "5", "--kind", "number")
    shown.enters("reveal")
    shown.enters("q")
    assert "2 of 10" in shown.text
    shown.enters("show")
    shown.enters()
    assert "more: Enter, q skips" in shown.text
    shown.enters("s")
    assert "3 of 10" in shown.text


def test_after_the_third_wrong_try_it_waits(quiz):
    shown = quiz("--seed", "5", "--kind", "number")
    for _ in range(3):
        shown.enters("77")
    assert "The answer is" in shown.text
    assert PAUSE.search(shown.new)
    assert "2 of 10" not in shown.text


@pytest.mark.parametrize("word", ["s", "skip", ":s"])
def test_word_that_is_typed_before_the_end_of_a_question_is_heard(quiz, kept, word):
    shown = quiz("--seed", "5", "--kind", "number", columns=40, rows=12)
    shown.waits(PAUSE)
    assert ">" not in shown.text
    shown.enters(word)
    assert [each["verdict"] for each in kept()] == ["skipped"]
    shown.says("2 of 10")


@pytest.mark.parametrize("typed", ["0.5", "77", "x", "sh", ":a"])
def test_answer_to_a_question_that_was_not_all_seen_is_not_judged(quiz, kept, typed):
    shown = quiz("--seed", "5", "--kind", "number", columns=40, rows=12)
    shown.waits(PAUSE)
    shown.enters(typed)
    assert "no answer yet; more: Enter --" in shown.text
    shown.goes_on()
    assert "(number)>" in shown.text
    assert "2 of 10" not in shown.received.decode()
    assert kept() == []
    shown.enters("77")
    assert [(each["answer"], each["verdict"]) for each in kept()] == [("77", "wrong")]


@pytest.mark.parametrize(("word", "said"), [("h", "upstream"), ("?", "A number, such as")])
def test_after_a_hint_or_help_the_whole_question_is_shown(quiz, word, said):
    shown = quiz("--seed", "5", "--kind", "number", columns=40, rows=12)
    shown.waits(PAUSE)
    shown.enters(word)
    shown.goes_on()
    text = shown.received.decode()
    assert said in " ".join(text.rpartition("1 of 10")[0].split())
    assert text.count("1 of 10") == 2
    assert "(number)>" in shown.text


def test_prompt_names_what_is_asked(quiz):
    shown = quiz("--seed", "5", "--kind", "number", columns=40, rows=12)
    shown.goes_on()
    name = re.fullmatch(r"(d\w+)\[[\d, ]+\] \(number\)>", shown.lines[-1].strip())[1]
    assert f"What is {name}[" in " ".join(shown.received.decode().split())


def test_who_holds_enter_down_is_told_once(quiz):
    shown = quiz("--seed", "5", "--kind", "local")
    for _ in range(8):
        shown.enters()
    assert shown.text.count("Type an answer, or ? for help.") == 1
    assert "1 of " in shown.text


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("formula", ["a @ b", "a**2", "sum(a, axis, keepdims)", "where(a, b, c)", "?: help"]),
        ("local", ["One of the letters a, b"]),
        ("shape", ["(7, 5)"]),
        ("order", ["letters of all"]),
    ],
)
def test_help_says_what_can_be_typed_and_asks_again(quiz, kind, told):
    shown = quiz("--seed", "5", "--kind", kind, rows=60)
    shown.enters("?")
    text = shown.text.rpartition("> ?")[2]
    assert [part for part in told if part not in text] == []
    assert "1 of " in text


# --- the rest ---------------------------------------------------------------------------------------------


def test_plain_and_ascii(quiz):
    shown = quiz(
        "--plain", "--seed", "5", "--kind", "number", PYTHONUTF8="0", LC_ALL="C", PYTHONCOERCECLOCALE="0"
    )
    shown.enters("r")
    shown.goes_on()
    shown.says("2 of 10")
    shown.types("\x04")
    assert shown.end() == 0
    shown.received.replace(b"\x1b", b"").decode("ascii")


def test_kill_9_keeps_what_was_acknowledged(quiz, keys, kept):
    right = keys("--kind", "local", "--seed", "5", "--count", "3")
    shown = quiz("--kind", "local", "--seed", "5")
    for number, key in enumerate(right, 2):
        shown.types(key, "\r")
        shown.shows(f"{number} of ")
    os.kill(shown.process.pid, signal.SIGKILL)
    assert [each["verdict"] for each in kept()] == ["right"] * 3


def test_lines_can_be_edited(quiz, keys):
    key = keys("--kind", "local", "--seed", "5", "--count", "1")[0]
    shown = quiz("--kind", "local", "--seed", "5")
    shown.enters("zz\x1b[D\x1b[D\x0b" + key)
    shown.shows("✓ Right.", "2 of ")


def test_escape_sequences_that_are_typed_never_come_back(quiz):
    shown = quiz("--kind", "formula", "--seed", "5", "--plain", rows=40)
    shown.enters("\x16\x1b]0;owned\x16\x07")
    assert b"\x1b]0" not in shown.received
    assert "column" in shown.text
    assert "1 of 10" in shown.text
