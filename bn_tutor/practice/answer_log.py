"""The log of answers: one line each, appended; nothing that was written is ever changed.

``keep`` says that an answer is kept only when the system has said so: after fsync. A crash can at worst tear
the line that is being written, which nobody was told is kept; the next line begins on a line of its own.

Two programs may write at once. Where the system appends in one piece (O_APPEND on a local file of Linux,
macOS and the BSDs), their lines stay whole whatever happens. Windows and network file systems do not promise
that: there the lock is what keeps lines whole, as long as it can be had within ``PATIENCE``.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from bn_tutor.course.plain import one_line
from bn_tutor.practice.answer import LONGEST_LINE, Answer, AnswerError, answer_of, line_of
from bn_tutor.practice.lock import lock

NAME = "answers.jsonl"
# How long another writer is waited for, in seconds.
PATIENCE = 2.0
# A file may be larger than memory: of a log only this much is read, from its end. A hundred answers a day
# fill it in five years.
LARGEST_LOG = 64 * 1024 * 1024
CHUNK = 65_536
# A file that is no log at all may have millions of wrong lines; these many are named.
MOST_NAMED = 100
_BINARY = getattr(os, "O_BINARY", 0)
# Opening a pipe that lies there by mistake must not wait for somebody at its other end.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True)
class Skipped:
    """Lines of the log that are no answers: the first of them, why, and how many.

    Line 0 stands for the whole file, where it cannot be read.
    """

    line: int
    reason: str
    count: int = 1


def _told(error: Exception) -> str:
    return one_line(getattr(error, "strerror", None) or str(error))


# --- writing ----------------------------------------------------------------------------------------------


def keep(answer: Answer, folder: Path) -> str:
    """Keep an answer; return an empty text when it is safe, or else what went wrong."""
    try:
        line = line_of(answer)
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        if _append(line, folder / NAME):
            for each in (folder, *(new.parent for new in missing)):
                _settle(each)
    except AnswerError as error:
        return f"this answer {error}"
    except (OSError, ValueError) as error:
        return _told(error)
    return ""


def _append(line: bytes, path: Path) -> bool:
    """Append a line for good; return whether the file was empty before."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | _AT_ONCE | _BINARY
    descriptor = os.open(path, flags, 0o600)
    try:
        _insist_on_file(descriptor)
        lock(descriptor, PATIENCE)
        size = os.fstat(descriptor).st_size
        _write(descriptor, _begun(descriptor, size) + line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return size == 0


def _insist_on_file(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(f"{NAME} is no file")


def _begun(descriptor: int, size: int) -> bytes:
    """Return what must go before a line: a newline where the last line was torn."""
    if not size:
        return b""
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"


def _write(descriptor: int, data: bytes) -> None:
    """Write in one piece; only where the system takes less, as on a full disk, is the rest written after."""
    while data:
        data = data[os.write(descriptor, data) :]


def _settle(folder: Path) -> None:
    """Make the names in a folder safe, too. Windows, and some network file systems, have no such thing."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def set_aside(folder: Path, today: date) -> Path:
    """Give the log another name, so that the next answer begins a new one; return it. Raises OSError.

    An answer that is just being written goes along with the old log, as if it had been a moment earlier.
    """
    names = (f"answers-{today}{again}.jsonl" for again in ("", *(f"-{at}" for at in range(2, 10_000))))
    copy = next(path for path in (folder / name for name in names) if not os.path.lexists(path))
    (folder / NAME).rename(copy)
    _settle(folder)
    return copy


# --- reading ----------------------------------------------------------------------------------------------


def answers(folder: Path) -> tuple[tuple[Answer, ...], tuple[Skipped, ...]]:
    """Return the answers in the order in which they were written, and the lines that are none."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY | _AT_ONCE | _BINARY)
        with os.fdopen(descriptor, "rb") as file:
            _insist_on_file(descriptor)
            return _sorted_out(file, _pass_over(file, os.fstat(descriptor).st_size - LARGEST_LOG))
    except FileNotFoundError:
        return (), ()
    except (OSError, ValueError) as error:
        return (), (Skipped(0, _told(error)),)


def _pass_over(file: BinaryIO, length: int) -> int:
    """Pass over so many bytes, and then to the end of the line; return how many lines that were."""
    if length <= 0:
        return 0
    lines = 0
    while length > 0 and (chunk := file.read(min(length, CHUNK))):
        lines += chunk.count(b"\n")
        length -= len(chunk)
    return lines + _finish_line(file)


def _finish_line(file: BinaryIO) -> int:
    """Pass over the rest of a line; return 1."""
    while (piece := file.readline(CHUNK)) and not piece.endswith(b"\n"):
        pass
    return 1


def _sorted_out(file: BinaryIO, passed: int) -> tuple[tuple[Answer, ...], tuple[Skipped, ...]]:
    kept: list[Answer] = []
    size = f"{LARGEST_LOG // 1024**2} MB"
    skipped = [Skipped(1, f"lie before the last {size} of the log", passed)] if passed else []
    first_unnamed, unnamed = 0, 0
    for number, line in enumerate(_lines(file), passed + 1):
        try:
            if line.strip():
                kept.append(answer_of(line))
        except AnswerError as error:
            if len(skipped) < MOST_NAMED:
                skipped.append(Skipped(number, str(error)))
            else:
                first_unnamed, unnamed = first_unnamed or number, unnamed + 1
    if unnamed:
        skipped.append(Skipped(first_unnamed, "are no answers either", unnamed))
    return tuple(kept), tuple(skipped)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield every line; of one that is too long, only so much that it is seen to be no answer."""
    while line := file.readline(LONGEST_LINE):
        if not line.endswith(b"\n") and len(line) == LONGEST_LINE:
            _finish_line(file)
        yield line
