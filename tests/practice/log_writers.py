"""Programs that keep answers and say so, to be killed or to run at once.

``python -m tests.practice.log_writers`` with one of:

``begin FOLDER``: for each line ``NAME PIECE`` on stdin a child is forked, which keeps answers until it is
killed. With a PIECE above 0 the system is made to take only so many bytes at once, as a full disk would, so
that a kill can come in the middle of a line.
``many FOLDER NAME SECONDS LOCKED PIECE``: keeps answers for so long, once a line comes on stdin; where LOCKED
is no, without a lock.
"""

import os
import sys
import time
from pathlib import Path

from bn_tutor.practice import answer_log
from tests.practice.progress_answers import answer

WRITE = os.write


def say(text):
    WRITE(1, f"{text}\n".encode())


def in_pieces(size):
    """Return a write that takes so many bytes at once, and a little time for them."""

    def write(descriptor, data):
        time.sleep(0.0003)
        return WRITE(descriptor, data[:size])

    return write


def keep_for_ever(folder, name, piece):
    if piece:
        answer_log.os.write = in_pieces(piece)
    number = 0
    while True:
        if not answer_log.keep(answer(session=name, seed=number), folder):
            say(f"kept {name} {number}")
        number += 1


def begin(folder):
    for line in sys.stdin:
        name, piece = line.split()
        child = os.fork()
        if not child:
            say(f"begun {os.getpid()}")
            keep_for_ever(folder, name, int(piece))
        os.waitpid(child, 0)
        say("ended")


def many(folder, name, seconds, locked, piece):
    if locked == "no":
        answer_log.lock = lambda *_: False
    if int(piece):
        answer_log.os.write = in_pieces(int(piece))
    say("ready")
    sys.stdin.readline()
    end = time.monotonic() + float(seconds)
    number = 0
    while time.monotonic() < end:
        say(answer_log.keep(answer(session=name, seed=number), folder) or f"{name} {number}")
        number += 1
        time.sleep(0.001)  # nobody answers faster, and who polls for the lock gets a turn


if __name__ == "__main__":
    {"begin": begin, "many": many}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
