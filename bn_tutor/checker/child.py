"""The child process: it loads a learner's file and calls it as the parent asks. Nothing here judges.

It runs in an empty folder, isolated (``python -I``). What the file prints goes to the pipe of standard error;
the messages go over copies of standard input and output that the file does not know of. The parent ends this
process whenever it likes.
"""

import faulthandler
import marshal
import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from bn_tutor.checker.calling import Caller, failure
from bn_tutor.checker.wire import BrokenWireError, packed, received

if os.name == "posix":
    import resource

    from bn_tutor.checker.keeper import keep

MEGABYTE = 1024 * 1024
MEMORY, WRITTEN = 2048 * MEGABYTE, 64 * MEGABYTE
# Written where a file runs on for too long, or crashes: which line it was at.
STUCK = "stuck.txt"
# The exit status where the file has closed the pipes of the messages.
CUT_OFF = 97
# Where it stands what of the file runs just now, in so many bytes.
RUNNING, WORD = "running.txt", 200


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    if os.name == "posix":
        keep(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    del sys.argv[1:]
    np.seterr(all="ignore")
    requests, replies = _own_pipes()
    caller, own = Caller(_noting()), os.getpid()
    while True:
        try:
            request = received(requests)
        except BrokenWireError:
            return
        except OSError:
            os._exit(CUT_OFF)
        try:
            reply = _answer(caller, request)
        except BaseException as error:
            reply = {"error": failure(error, caller.path)}
        if os.getpid() != own:
            os._exit(0)  # the file has forked, and this is not the process that the parent talks to
        try:
            replies.write(packed(reply))
            replies.flush()
        except OSError:
            os._exit(CUT_OFF)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes of the messages out of the way; the file gets an empty input, and prints elsewhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, replies


def _noting() -> Callable[[str], None]:
    """Return what leaves word of what runs now: it can be read after a sudden end of this process."""
    with Path(RUNNING).open("w+b") as file:
        file.write(b" " * WORD)
        file.flush()
        word = mmap.mmap(file.fileno(), WORD)

    def note(text: str) -> None:
        word[:WORD] = text.encode("utf-8", "replace")[:WORD].ljust(WORD)

    return note


def _answer(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    match request["do"]:
        case "begin":
            _limit(request["seconds"])
            return {}
        case "load":
            codes = [(line, marshal.loads(code)) for line, code in request["codes"]]
            return caller.load(request["path"], request["folder"], codes)
    runs = [
        caller.run(plan, patches, request["record"])
        for plan in request["plans"]
        for patches in request["experiments"]
    ]
    return {"runs": runs}


def _limit(seconds: float) -> None:
    """Limit what the file may take, as far as this system can; leave word of where it hangs or crashes."""
    stuck = Path(STUCK).open("w")  # noqa: SIM115 - it stays open, for the moment when it is written
    faulthandler.enable(stuck)
    faulthandler.dump_traceback_later(max(seconds * 0.9, seconds - 0.3), file=stuck)
    if os.name != "posix":
        return
    wanted = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: WRITTEN,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(seconds) + 2,
    }
    for what, most in wanted.items():
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue
