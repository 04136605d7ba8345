"""The keeper: a process between the checker and a learner's file, which ends all that the file starts.

It does so when the file's process ends, when the checker asks for it, and when the checker is gone, however
that came. On Linux it inherits what the file's processes leave behind, in whatever session they hide.
"""

import ctypes
import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

# From <linux/prctl.h>.
_SET_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36
# How often the keeper looks whether the file's process is still there, in seconds.
_PAUSE = 0.01
# How long it tries to end what resists: who forks without end may be faster for a while.
_PATIENCE = 3.0
SWEPT = b"swept"


def keep(life: int, word: int, folder: str) -> None:
    """Split into two processes: the one that returns runs the file, the other watches over it.

    ``life`` is a pipe that the checker closes when all shall end. Over ``word`` the keeper says at the end
    how the file's process ended, as os.waitpid does, and that nothing of it is left.
    """
    _system(_SET_SUBREAPER, 1)
    keeper = os.getpid()
    file = os.fork()
    if file:
        _watch(life, word, folder, file)
        os._exit(0)
    os.close(life)
    os.close(word)
    os.setsid()
    _system(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(1)


def _system(option: int, value: int) -> None:
    """Ask Linux for something with prctl; other systems go without."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _watch(life: int, word: int, folder: str, file: int) -> None:
    """Wait for the end of the file's process or of the checker, and end the rest."""
    _let_go_of_pipes()
    status, checker = None, os.getppid()
    while status is None and not select.select([life], [], [], _PAUSE)[0]:
        status = _ended(file)
    is_alone = _sweep(file)
    with suppress(OSError):
        os.write(word, f"{status or 0} ".encode() + (SWEPT if is_alone else b""))
    if status is None and os.getppid() != checker:
        shutil.rmtree(folder, ignore_errors=True)  # the checker is gone, and nobody else will


def _let_go_of_pipes() -> None:
    """Leave the pipes of the messages to the file's process: they end when it does."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)


def _ended(file: int) -> int | None:
    """Return how the file's process ended, None while it runs; what else has ended is buried."""
    with suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended == file:
                return status
            if not ended:
                return None
    return 0


def _sweep(file: int) -> bool:
    """End every process that comes from the file; return whether none is left."""
    until = time.monotonic() + _PATIENCE
    with suppress(OSError):
        os.killpg(file, signal.SIGKILL)
    while time.monotonic() < until:
        if _has_buried_all():
            return True
        for number in _descendants():
            with suppress(OSError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.001)
    return False


def _has_buried_all() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _descendants() -> set[int]:
    """Return the processes that come from this one, where the system tells (Linux)."""
    parents = dict(_parents())
    found: set[int] = set()
    level = {os.getpid()}
    while level:
        level = {number for number, parent in parents.items() if parent in level} - found
        found |= level
    return found


def _parents() -> "list[tuple[int, int]]":
    found = []
    for entry in os.scandir("/proc") if sys.platform == "linux" else ():
        if entry.name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                stat = Path(entry.path, "stat").read_bytes()
                # The name of the program stands in brackets, and may hold any sign.
                found.append((int(entry.name), int(stat.rpartition(b")")[2].split()[1])))
    return found
