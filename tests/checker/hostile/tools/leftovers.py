"""What remains of a run: its processes, by a token in their surroundings or by where they work."""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

ON_LINUX = sys.platform == "linux"


def remaining(root, token, seconds=2.0):
    """Return {pid: command} of a run's processes that do not go away within a time."""
    limit = time.monotonic() + seconds
    while (found := processes_of(root, token)) and time.monotonic() < limit:
        time.sleep(0.05)
    return found


def processes_of(root, token):
    """Return {pid: command} of what has the token around it, or is at work in one of the run's folders."""
    marks = (token.encode(), os.fsencode(root) + b"/")
    every = {int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()} - {os.getpid()}
    known = {pid: seen for pid in every if (seen := all_about(pid))}
    return {pid: seen[0].decode(errors="replace") for pid, seen in known.items() if has_any(marks, seen)}


def all_about(pid):
    """Return the command, surroundings and open files of a process; nothing if it is gone."""
    about = Path(f"/proc/{pid}")
    try:
        texts = [(about / name).read_bytes() for name in ("cmdline", "environ")]
        links = [about / "cwd", *(about / "fd").iterdir()]
    except OSError:
        return ()
    for link in links:
        with contextlib.suppress(OSError):
            texts.append(os.fsencode(link.readlink()))
    return tuple(texts)


def has_any(marks, texts):
    return any(mark in text for mark in marks for text in texts)


def end_all(processes):
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
