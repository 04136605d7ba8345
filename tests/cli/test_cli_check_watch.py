"""``check --watch``: in a pseudo-terminal, plain, and in a pipe; the file is saved in all ways there are."""

import json
import os
import signal
import subprocess
import time

import pytest

from bn_tutor.cli.check_watch import PATIENCE as PATIENCE_OF_SAVES
from bn_tutor.cli.check_watch import Saves
from bn_tutor.cli.file_stamp import LOOK_AGAIN
from tests.cli.check_files import LINE, NOT_PYTHON, RIGHT, STOPS, WRONG
from tests.cli.conftest import PATIENCE, PROGRAM

COMMAND = (*PROGRAM, "check", "my_bn.py", "--watch")
LEFT_AS_IT_WAS = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l")
ALL_RIGHT = "my_bn.py is right. Well done!"
NOT_YET = f"look at line {LINE}"
CELEBRATED = "All right now, at check"


@pytest.fixture
def watch(terminal, written):
    """Write a file and watch it; wait for what is to be shown first."""

    def open_watch(content=WRONG, *options, shows=NOT_YET, rows=50, **changes):
        written("my_bn.py", content)
        opened = terminal(*options, command=COMMAND, rows=rows, **changes)
        opened.shows(shows)
        return opened

    return open_watch


def ends(opened, key, status):
    opened.send(key)
    assert opened.end() == status
    assert b"Traceback" not in opened.received
    assert opened.echoes


def processor_time(opened):
    """Return the seconds that the program has computed for so far."""
    with open(f"/proc/{opened.process.pid}/stat") as file:  # noqa: PTH123 - no file of ours
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- in a terminal ----------------------------------------------------------------------------------------


def test_each_save_is_checked_in_place(watch, written):
    opened = watch()
    opened.shows("✗ batchnorm_backward", "watching my_bn.py, checked at", "q quit")
    written("my_bn.py", STOPS)
    opened.shows("gama is not defined", "could not be checked")
    opened.drops(NOT_YET)
    written("my_bn.py", NOT_PYTHON)
    opened.shows("'(' was never closed")
    assert opened.scrolled == 0
    ends(opened, "q", 2)


def test_it_celebrates_when_all_becomes_right(watch, written):
    opened = watch()
    assert CELEBRATED not in opened.text
    written("my_bn.py", RIGHT)
    opened.shows(f"✓ ✓ ✓  {CELEBRATED} 2!", ALL_RIGHT)
    written("my_bn.py", RIGHT + "\n# that was it\n")
    opened.drops(CELEBRATED)
    opened.shows(ALL_RIGHT)
    ends(opened, "q", 0)


@pytest.mark.parametrize(("content", "status"), [(RIGHT, 0), (WRONG, 1), (STOPS, 2)])
def test_leaving_gives_the_last_verdict_and_leaves_the_page(watch, content, status):
    last = {0: ALL_RIGHT, 1: NOT_YET, 2: "could not be checked"}[status]
    opened = watch(content, shows=last)
    assert not opened.echoes
    ends(opened, "q", status)
    assert all(code in opened.received for code in LEFT_AS_IT_WAS)
    assert last.encode() in opened.received.rpartition(LEFT_AS_IT_WAS[0])[2]


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_the_other_keys_that_end_it(watch, key):
    opened = watch()
    ends(opened, key, 130 if key == b"\x03" else 1)
    assert all(code in opened.received for code in LEFT_AS_IT_WAS)


def test_an_interrupt_in_the_middle_of_a_check(terminal, written):
    written("my_bn.py", RIGHT.replace("    dbeta = ", "    while True: pass\n    dbeta = "))
    opened = terminal(command=COMMAND)
    opened.shows("checking my_bn.py")
    ends(opened, b"\x03", 130)
    assert all(code in opened.received for code in LEFT_AS_IT_WAS)


ENDLESS = RIGHT.replace("    dbeta = ", "    while True: pass\n    dbeta = ")


@pytest.mark.parametrize("options", [(), ("--plain",)], ids=["in place", "plain"])
def test_a_key_ends_a_check_that_runs(watch, written, options, tmp_path):
    """The file would run for minutes, and the test waits for seconds only."""
    opened = watch(WRONG, "--time-limit", "300", *options, TMPDIR=str(tmp_path))
    written("my_bn.py", ENDLESS)
    wait_for_a_check(tmp_path)
    opened.send("f", "G")
    ends(opened, "q", 1)
    assert not list(tmp_path.glob("bn-tutor-check-*"))
    assert b"LeftError" not in opened.received


def wait_for_a_check(folder):
    """Wait for the folder that a check works in."""
    until = time.monotonic() + PATIENCE
    while not list(folder.glob("bn-tutor-check-*")):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_leaving_before_the_first_check_is_done_is_no_verdict(terminal, written):
    written("my_bn.py", ENDLESS)
    opened = terminal("--time-limit", "300", command=COMMAND)
    opened.shows("checking my_bn.py")
    ends(opened, "q", 2)
    assert all(code in opened.received for code in LEFT_AS_IT_WAS)


def test_other_keys_wait_for_the_end_of_a_check(terminal, written):
    written("my_bn.py", WRONG)
    opened = terminal(command=COMMAND, rows=50)
    opened.shows("checking my_bn.py")
    opened.send("f")
    opened.shows("dgamma = (dout * xhat).sum(axis=0)")
    ends(opened, "q", 1)


def test_keys_scroll_and_show_the_fix(watch):
    opened = watch(shows="▼", rows=24)
    opened.send("f")
    opened.send("G")
    opened.shows("dgamma = (dout * xhat).sum(axis=0)", NOT_YET)
    opened.drops("▼")
    opened.send("f")
    opened.shows("f shows the line as it could be")
    opened.send(b"\x1b[H")
    opened.shows("✓ batchnorm_forward", "▼")
    opened.send(b"\x1b[6~")
    opened.shows(NOT_YET)
    opened.send("xyz?\r", "\x1b[200~q\x1b[201~")
    opened.settle()
    assert opened.process.isalive()
    ends(opened, "q", 1)


def test_a_new_size_is_drawn_anew(watch):
    opened = watch()
    opened.resize(40, 20)
    opened.shows("✗ batchnorm_backward\n", "▼")
    assert max(map(len, opened.settle())) <= 40
    opened.resize(100, 50)
    opened.shows(NOT_YET)


# --- the ways to save -------------------------------------------------------------------------------------


def test_a_file_that_is_taken_away_and_written_again(watch, written, tmp_path):
    opened = watch()
    (tmp_path / "my_bn.py").unlink()
    opened.shows("there is no such file")
    written("my_bn.py", RIGHT)
    opened.shows(CELEBRATED, ALL_RIGHT)
    ends(opened, "q", 0)


def test_a_file_that_is_not_there_yet(terminal, written):
    opened = terminal(command=COMMAND)
    opened.shows("there is no such file")
    written("my_bn.py", RIGHT)
    opened.shows(ALL_RIGHT)


def test_a_file_that_another_takes_the_place_of(watch, written, tmp_path):
    opened = watch()
    before = (tmp_path / "my_bn.py").stat()
    # Neither its size nor its time tells it from the one before.
    new = written("new.py", RIGHT.ljust(before.st_size))
    assert new.stat().st_size == before.st_size
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(tmp_path / "my_bn.py")
    opened.shows(ALL_RIGHT)


def test_a_half_written_file_is_not_due(written, tmp_path):
    path = written("my_bn.py", WRONG)
    saves = Saves(path)
    assert saves.is_due()
    saves.take()
    assert not saves.is_due()
    assert saves.wait == LOOK_AGAIN
    with path.open("w") as file:
        for part in (RIGHT[:99], RIGHT[99:]):
            file.write(part)
            file.flush()
            assert not saves.is_due()
            assert saves.wait < LOOK_AGAIN
    assert saves.is_due()
    saves.take()
    assert not saves.is_due()


@pytest.mark.parametrize("how", ["emptied", "gone"])
def test_a_file_without_content_is_given_time(written, how):
    path = written("my_bn.py", RIGHT)
    saves = Saves(path)
    saves.take()
    assert not saves.is_due()
    path.write_text("") if how == "emptied" else path.unlink()
    assert [saves.is_due() for _ in range(PATIENCE_OF_SAVES)] == [False] * PATIENCE_OF_SAVES
    assert saves.is_due()
    written("my_bn.py", WRONG)
    assert not saves.is_due()
    assert saves.is_due()


def test_saves_during_a_check_make_one_more_check(watch, written):
    opened = watch()
    for at in range(12):
        written("my_bn.py", WRONG + f"# {at}\n")
        opened.receive(0.02)
    written("my_bn.py", RIGHT)
    opened.shows(ALL_RIGHT)
    opened.settle()
    number = int(opened.text.partition(CELEBRATED)[2].split("!")[0])
    assert number <= 4


def test_a_folder_or_a_pipe_in_its_place(watch, written, tmp_path):
    opened = watch()
    path = tmp_path / "my_bn.py"
    path.unlink()
    path.mkdir()
    opened.shows("could not be checked")
    path.rmdir()
    written("my_bn.py", RIGHT)
    opened.shows(ALL_RIGHT)


def test_waiting_costs_next_to_nothing(watch):
    opened = watch(RIGHT, shows=ALL_RIGHT)
    opened.settle()
    before = processor_time(opened)
    time.sleep(3)
    assert processor_time(opened) - before <= 0.06


def test_nothing_is_drawn_while_nothing_changes(watch):
    opened = watch(RIGHT, shows=ALL_RIGHT)
    opened.settle()
    assert opened.receive(1.5) == b""


# --- plain, and in a pipe ---------------------------------------------------------------------------------


def test_plain_checks_are_appended(watch, written):
    opened = watch(WRONG, "--plain")
    opened.shows("check 1, ")
    written("my_bn.py", RIGHT)
    opened.shows("check 2, ", CELEBRATED, ALL_RIGHT)
    assert NOT_YET in opened.text
    assert b"\x1b[H" not in opened.received
    assert b"\x1b[?1049h" not in opened.received
    ends(opened, "q", 0)


@pytest.fixture
def piped(tmp_path, environment, written):
    """Watch a file in a pipe; its output is read line by line."""
    started = []

    def start(*options):
        written("my_bn.py", WRONG)
        started.append(
            subprocess.Popen(
                [*COMMAND, *options], cwd=tmp_path, env=environment(), text=True, encoding="utf-8",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate(timeout=PATIENCE)


def line_with(process, text):
    """Read lines until one holds a text; return it. The test's own limit ends a wait that never does."""
    return next(line for line in process.stdout if text in line)


def interrupted(process):
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in complaints
    return process.returncode


def test_in_a_pipe_checks_are_appended(piped, written):
    process = piped()
    assert line_with(process, "check ").startswith(" check 1, ")
    line_with(process, NOT_YET)
    written("my_bn.py", RIGHT)
    assert line_with(process, "check ").startswith(" check 2, ")
    line_with(process, ALL_RIGHT)
    assert interrupted(process) == 130


def test_as_json_there_is_a_document_a_line(piped, written):
    process = piped("--json")
    first = json.loads(process.stdout.readline())
    written("my_bn.py", RIGHT)
    second = json.loads(process.stdout.readline())
    assert [first["verdict"], second["verdict"]] == ["wrong", "right"]
    assert interrupted(process) == 130


def test_a_reader_that_leaves_ends_it(piped, written):
    process = piped()
    line_with(process, NOT_YET)
    process.stdout.close()
    written("my_bn.py", RIGHT)
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == ""
