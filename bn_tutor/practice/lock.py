"""A lock on an open file, for a moment: best effort, and never waited for longer than asked."""

import os
import time

# How long to wait before another look.
PAUSE = 0.005

if os.name == "nt":
    import msvcrt

    # Windows locks bytes and keeps others from them: this one lies far behind any end of a file.
    _PLACE = 1 << 40

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock(descriptor: int, patience: float) -> bool:
    """Lock an open file until it is closed; return whether that could be done in ``patience`` seconds.

    A process that dies lets go of its locks. Where a file system knows no locks, the answer is no at once.
    """
    limit = time.monotonic() + patience
    while True:
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):  # held by another, on Unix and on Windows
            if time.monotonic() >= limit:
                return False
            time.sleep(PAUSE)
        except OSError:
            return False
        else:
            return True
