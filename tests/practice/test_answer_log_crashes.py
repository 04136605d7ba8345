"""No answer that was acknowledged is lost: not by kill -9 at any moment, not by others that write at once."""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from bn_tutor.practice.answer_log import answers

ROOT = Path(__file__).parents[2]
KILLS = 200
WRITER = (sys.executable, "-m", "tests.practice.log_writers")


@pytest.fixture
def writer():
    """Start a program that writes; all are ended after the test."""
    started = []

    def start(*arguments):
        words = [*WRITER, *map(str, arguments)]
        started.append(
            subprocess.Popen(
                words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        )
        return started[-1]

    yield start
    for program in started:
        program.kill()
        program.communicate()


def killed(program, name, piece, after):
    """Let a child write, kill it after so many seconds, and return the answers that it acknowledged."""
    program.stdin.write(f"{name} {piece}\n")
    child = int(program.stdout.readline().removeprefix("begun "))
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    kept = []
    while (line := program.stdout.readline().split()) != ["ended"]:
        assert line[:2] == ["kept", name]
        kept.append((name, int(line[2])))
    return kept


def test_after_kill_9_every_acknowledged_answer_is_there_and_every_line_whole_or_skipped(tmp_path, writer):
    program = writer("begin", tmp_path)
    moments = random.Random(5)
    kept = []
    for number in range(KILLS):
        piece = (0, 40)[number % 2]
        kept += killed(program, f"session-{number}", piece, moments.uniform(0.001, 0.030))
    read, skipped = answers(tmp_path)
    there = [(each.session, each.seed) for each in read]
    lines = (tmp_path / "answers.jsonl").read_bytes().split(b"\n")
    assert [each for each in kept if each not in set(there)] == []
    assert len(kept) > KILLS
    assert len(set(there)) == len(there)
    # At most the one that was being written when the kill came was not acknowledged, and is there.
    assert len(there) - len(kept) + len(skipped) <= KILLS
    assert len(there) + len(skipped) == sum(map(bool, lines))
    # The kills did come in the middle of lines, and what was torn is called so.
    assert len(skipped) > KILLS / 20
    assert {each.reason for each in skipped} <= {"is torn or damaged"}


@pytest.mark.parametrize(
    ("locked", "piece"), [("yes", 0), ("no", 0), ("yes", 40)], ids=["locked", "no lock", "locked, in pieces"]
)
@pytest.mark.parametrize("writers", [2, 4])
def test_of_programs_that_write_at_once_every_line_is_whole_and_none_is_lost(
    tmp_path, writer, writers, locked, piece
):
    """One write is whole without a lock; where the system takes it in pieces, the lock keeps it so."""
    words = [("many", tmp_path, f"session-{name}", 0.5, locked, piece) for name in range(writers)]
    programs = [writer(*each) for each in words]
    assert {program.stdout.readline() for program in programs} == {"ready\n"}
    for program in programs:
        program.stdin.write("go\n")
    told = [line for program in programs for line in program.communicate()[0].splitlines()]
    read, skipped = answers(tmp_path)
    there = [f"{each.session} {each.seed}" for each in read]
    assert (sorted(there), skipped) == (sorted(told), ())
    # They did write at once: the lines of one do not all come before those of another.
    assert sum(one.session != other.session for one, other in pairwise(read)) > writers
