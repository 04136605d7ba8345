"""Programs that mean harm, or are no programs: `check` answers each in time and leaves nothing behind.

What is expected of each is a row of hostile.toml. Most programs lie in hostile/; files of a kind that git or
editors dislike are made by hostile/tools/made.py.
"""

import os
import re
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checker.hostile.tools.leftovers import ON_LINUX, end_all, has_any, remaining
from tests.checker.hostile.tools.made import MADE, MADE_OTHERWISE, PROGRAMS, TABLE, part
from tests.checker.hostile.tools.running import Outcome, folders, names_in, run, servers, surroundings
from tests.cli.conftest import PROGRAM, Terminal

pytestmark = pytest.mark.skipif(not ON_LINUX, reason="what remains of a run is looked for in /proc")
# Most of them wait for the end of their time, which costs nothing.
AT_ONCE = 3
# A message is to be read by people.
LONGEST_MESSAGE = 20_000
# Bytes that could command a terminal: all control characters but tab and newline.
COMMANDING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


# --- what is wrong with an outcome ------------------------------------------------------------------------


def complaints(expected, outcome):
    """Return all that is not as its row says, nor as every run must be, in words."""
    found = {
        f"exit status {outcome.status}": outcome.status not in statuses(expected),
        "a traceback": "Traceback (most recent call last)" in outcome.stderr,
        "a control character": COMMANDING.search(outcome.stdout + outcome.stderr),
        f"a message of {len(outcome.message)}": len(outcome.message) > LONGEST_MESSAGE,
        f"{outcome.seconds:.1f} seconds": outcome.seconds > expected["seconds"],
        f"left here: {outcome.left}": set(outcome.left) - set(expected.get("leaves", [])),
        f"left among temporary files: {outcome.temporary}": outcome.temporary,
        f"still running: {outcome.remaining}": outcome.remaining,
        f"none of the lines {expected['lines']}": misses_lines(expected["lines"], outcome),
    }
    missed = [
        f"no {words!r}" for words in expected["words"] if not has_any(words.split("|"), [outcome.message])
    ]
    return [words for words, is_so in found.items() if is_so] + missed


def statuses(expected):
    return expected["status"] if isinstance(expected["status"], list) else [expected["status"]]


def misses_lines(lines, outcome):
    return bool(lines) and not lines_named(outcome) & set(lines)


def lines_named(outcome):
    """Return the lines that a message names, as ``FILE:LINE:`` or ``line LINE``."""
    places = rf"(?:{re.escape(outcome.file.lower())}:|\.py:|\blines? )(\d+)"
    return {int(number) for number in re.findall(places, outcome.message)}


# --- the tests --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outcomes(request, tmp_path_factory):
    """Run every program whose test was asked for, some at once: {name: a future of its outcome}."""
    asked = [item.callspec.params["name"] for item in request.session.items if is_about_a_program(item)]
    with servers(AT_ONCE if asked else 0) as free, ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(run, name, tmp_path_factory.mktemp("run"), free) for name in asked}
        pool.shutdown(cancel_futures=True)


def is_about_a_program(item):
    return item.path == Path(__file__) and getattr(item, "originalname", "") == "test_a_program"


@pytest.mark.parametrize("name", TABLE)
def test_a_program(outcomes, name):
    outcome = outcomes[name].result()
    assert complaints(TABLE[name], outcome) == [], f"{outcome.status}: {outcome.message[:2000]}"


def test_every_program_has_a_row_and_every_row_a_program():
    stored = {file.stem for file in PROGRAMS.glob("*.py")}
    assert stored | MADE.keys() | MADE_OTHERWISE.keys() == TABLE.keys()
    assert not stored & MADE.keys()


@pytest.mark.parametrize("name", TABLE)
def test_a_row_is_whole(name):
    row = TABLE[name]
    assert row.keys() - {"then", "leaves", "limit"} == {"status", "words", "lines", "seconds"}
    assert set(statuses(row)) <= {0, 1, 2}
    assert all(words == words.lower() for words in row["words"])


# --- in a terminal ----------------------------------------------------------------------------------------

# It says that it runs by making a file, and then never ends.
RUNNING = """
import signal
from pathlib import Path


def batchnorm_forward(x, gamma, beta, eps):
    {first}
    Path({mark!r}).touch()
    while True:
        pass
"""
FIRST = {"loops": "pass", "ignores_signals": "signal.signal(signal.SIGINT, signal.SIG_IGN)"}


@pytest.fixture
def running(tmp_path):
    """Check a program that never ends, in a terminal, once it runs; returns terminal and token."""
    opened = []

    def start(first):
        mark, token = folders(tmp_path) / "running", uuid.uuid4().hex
        text = RUNNING.format(first=first, mark=str(mark)) + part("backward")
        (tmp_path / "programs" / "endless.py").write_text(text, encoding="utf-8")
        command = (*PROGRAM, "check", "../programs/endless.py", "--time-limit", "50")
        opened.append(Terminal(command, tmp_path / "here", surroundings(tmp_path, token)))
        opened[-1].until(mark.exists)
        return opened[-1], token

    yield start
    for each in opened:
        each.close()


def left_behind(root, token):
    """Return what a run left; ends what still runs."""
    remains = remaining(root, token)
    end_all(remains)
    return [*remains.values(), *names_in(root / "here"), *names_in(root / "temporary")]


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
def test_an_interrupt_ends_it_all(running, tmp_path, first):
    terminal, token = running(first)
    terminal.send(b"\x03")
    assert terminal.end() == 130
    assert terminal.echoes
    assert terminal.received.count(b"\x1b[?25l") <= terminal.received.count(b"\x1b[?25h")
    assert b"Traceback" not in terminal.received
    assert left_behind(tmp_path, token) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP], ids=lambda how: how.name)
def test_nothing_runs_on_without_the_checker(running, tmp_path, how):
    terminal, token = running("pass")
    os.kill(terminal.process.pid, how)
    remains = remaining(tmp_path, token, 5)
    end_all(remains)
    assert remains == {}


# --- the tests can fail -----------------------------------------------------------------------------------

GOOD = Outcome("a.py", 2, "a.py:7: It took too long.\n", "", 3.0, (), (), ())
ROW = {"status": 2, "words": ["long|slow", "too"], "lines": [7, 8], "seconds": 5}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, []),
        ({"status": 0}, ["exit status 0"]),
        ({"status": None}, ["exit status None"]),
        ({"stderr": "Traceback (most recent call last):\n  ..."}, ["a traceback"]),
        ({"stderr": "\x1b[31m"}, ["a control character"]),
        ({"stdout": GOOD.stdout + "\x9b"}, ["a control character"]),
        ({"stderr": "spam" * 6000}, ["a message of 24026"]),
        ({"seconds": 5.2}, ["5.2 seconds"]),
        ({"left": ("core",)}, ["left here: ('core',)"]),
        ({"temporary": ("a",)}, ["left among temporary files: ('a',)"]),
        ({"remaining": ("sleep 9",)}, ["still running: ('sleep 9',)"]),
        ({"stdout": "too long, 7"}, ["none of the lines [7, 8]"]),
        ({"stdout": "LINE 8: too SLOW"}, []),
        ({"stdout": "a.py:17: too long"}, ["none of the lines [7, 8]"]),
        ({"stdout": "line 8: something"}, ["no 'long|slow'", "no 'too'"]),
    ],
)
def test_complaints(change, complaint):
    assert complaints(ROW, replace(GOOD, **change)) == complaint


@pytest.mark.parametrize("seen_by", ["its token", "its folder"])
def test_a_process_that_is_left_behind_is_noticed(tmp_path, seen_by):
    token = uuid.uuid4().hex
    folder = tmp_path / "here"
    folder.mkdir()
    place = {"env": {"ANY": token}} if seen_by == "its token" else {"env": {}, "cwd": folder}
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], **place)
    found = remaining(tmp_path, token, 0.5)
    end_all(found)
    sleeper.wait()
    assert list(found) == [sleeper.pid]
    assert remaining(tmp_path, token) == {}
