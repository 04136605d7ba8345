"""The child process: contained in time; nothing of it is left, whatever it starts and whoever is killed."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bn_tutor.checker.loading_file import load_into
from bn_tutor.checker.process import StoppedError, child, inside
from bn_tutor.checker.source import read_source
from tests.checker.check_files import written

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what remains is looked for in /proc")
# A program that waits so long is one that nobody else runs.
SLEEP = f"time.sleep(98765.{os.getpid()})"
APART = f'subprocess.Popen([sys.executable, "-c", "import time; {SLEEP}"], start_new_session=True, env={{}}'
IMPORTS = "import os, signal, subprocess, sys, time\n"


def sleepers():
    """Return the processes that sleep as no others do."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found += [int(entry.name)] if SLEEP.encode() in command else []
    return found


@pytest.fixture(autouse=True)
def no_sleepers_after():
    yield
    for number in sleepers():
        os.kill(number, signal.SIGKILL)


def wait_for(is_so, seconds=10.0):
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    return is_so()


def run(tmp_path, text, seconds=5.0, then=lambda started: None):
    """Load a file whose first statement does something; return what stopped it, if anything did."""
    source = read_source(written(tmp_path, IMPORTS + text))
    with child(source.path, seconds) as started:
        try:
            failed = load_into(started, source)
        except StoppedError as stopped:
            return stopped
        assert failed == []
        then(started)
    return None


STRAYS = {
    "a program": f"a = {APART})\n",
    "a silent program": f"a = {APART}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n",
}


@pytest.mark.parametrize("name", STRAYS)
def test_what_a_file_starts_is_ended(tmp_path, name):
    assert run(tmp_path, STRAYS[name], then=lambda _: wait_for(sleepers)) is None
    assert sleepers() == []


def test_what_nobody_waits_for_is_ended_too(tmp_path):
    inside = f"if a == 0:\n    os.setsid()\n    b = {APART})\n    os._exit(0)\n"
    text = f"a = os.fork()\n{inside}b = os.waitpid(a, 0)\n"
    seen = []
    assert run(tmp_path, text, then=lambda _: seen.append(wait_for(sleepers))) is None
    assert seen[0]  # it was there
    assert sleepers() == []


def test_a_stray_is_ended_though_the_keeper_was_killed(tmp_path):
    text = f'a = subprocess.Popen([sys.executable, "-c", "import time; {SLEEP}"], start_new_session=True)\n'
    stopped = run(tmp_path, text + "b = os.kill(os.getppid(), signal.SIGKILL)\nc = time.sleep(100)\n")
    assert stopped.kind == "SIGKILL"
    assert wait_for(lambda: not sleepers())


ENDS = {
    "exit": ("os._exit(3)", "exit", "line 2 ended the whole process (exit status 3), as os._exit does"),
    "kill": ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", "the process of line 2 was killed (SIGKILL)"),
    "abort": ("os.abort()", "SIGABRT", "line 2 crashed the interpreter (SIGABRT)"),
    "term": ("os.kill(os.getpid(), signal.SIGTERM)", "SIGTERM", "line 2 was ended by the signal SIGTERM"),
    "alarm": ("os.kill(os.getpid(), signal.SIGUSR1)", "SIGUSR1", "line 2 ended the whole process (SIGUSR1)"),
    "pipes": ("os.closerange(3, 100)", "exit", "line 2 closed the connection to the process"),
}


@pytest.mark.parametrize("name", ENDS)
def test_how_a_process_came_to_its_end(tmp_path, name):
    statement, kind, why = ENDS[name]
    stopped = run(tmp_path, f"a = {statement}\n")
    assert (stopped.kind, stopped.why[: len(why)], stopped.is_over) == (kind, why, False)


@pytest.mark.parametrize("text", ["a = time.sleep(100)", "a = os.kill(os.getpid(), signal.SIGSTOP)"])
def test_the_time_is_limited(tmp_path, text):
    started = time.monotonic()
    stopped = run(tmp_path, f"{text}\n", seconds=0.5)
    assert (stopped.kind, stopped.is_over, stopped.name) == ("time limit", True, "2")
    assert time.monotonic() - started < 5


def test_the_file_meets_an_empty_folder_and_a_clean_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "of mine")
    out = tmp_path / "seen"
    code = "[os.listdir(), sys.argv, os.environ.get('SECRET'), sys.stdin.read(), os.getcwd()]"
    text = f"seen = {code}\na = open({str(out)!r}, 'w').write(repr(seen))\n"
    assert run(tmp_path, text) is None
    files, arguments, secret, typed, folder = eval(out.read_text(encoding="utf-8"))
    assert set(files) <= {"stuck.txt", "running.txt"}
    assert (arguments, secret, typed) == (["-c"], None, "")
    assert not Path(folder).exists()


def test_what_is_printed_is_kept_from_the_messages_and_cut(tmp_path):
    printed = []
    text = "a = print('spam' * 1_000_000)\nb = os.write(1, b'eggs')\n"
    assert run(tmp_path, text, then=lambda started: printed.append(started.printed)) is None
    assert len(printed[0]) == 64 * 1024


def test_nothing_stays_open(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for text in ("a = 1\n", "a = os._exit(0)\n"):
        run(tmp_path, text)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_child_that_is_asked_nothing_ends_at_once(tmp_path):
    started = time.monotonic()
    with child(tmp_path / "mine.py", 5.0) as opened:
        process = opened.process
    assert process.returncode is not None
    assert time.monotonic() - started < 3


def test_a_signal_to_the_group_does_not_reach_the_keeper(tmp_path):
    text = f"a = {APART})\nb = os.killpg(0, signal.SIGKILL)\n"
    assert run(tmp_path, text).kind == signal.SIGKILL.name
    assert wait_for(lambda: not sleepers(), 1.0)


def test_a_sample_at_the_def_is_inside_the_function(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("x = 1\ndef f():\n    while True:\n        pass\nclass C:\n    y = 1\n")
    assert [inside(path, line) for line in (0, 1, 2, 3, 5, 9)] == [0, 1, 3, 3, 6, 9]
    assert inside(tmp_path / "gone.py", 2) == 2
