"""The parent's side of the child process: start it, ask it, and leave nothing of it behind.

It runs the file as the user who asked for it. It stops runaway time on every system and runaway memory on
Linux; it is no sandbox for the files of strangers.
"""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

from bn_tutor.checker.child import CUT_OFF, RUNNING, STUCK
from bn_tutor.checker.keeper import SWEPT
from bn_tutor.checker.wire import BrokenWireError, packed, received

ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, {root!r}); "
    "from bn_tutor.checker.child import main; del sys.path[0]; main()"
)
# Marks every process that comes from a check, so that those which the keeper lost are found, too.
MARK = "BN_TUTOR_CHECK"
MOST_PRINTED = 64 * 1024
# What importing NumPy may take in the child, in seconds, before the file's own time begins.
START = 30.0
# What a word of where the file hangs may take to come, once its time is over.
WORD_COMES = 1.0
# What the keeper may take to end all that a file has started, and then a pipe to close.
SWEEPING, CLOSING = 4.0, 0.5


class StoppedError(Exception):
    """The child gave no answer: ``why`` says what the file did, ``line`` and ``name`` where, if it is known.

    ``kind`` says it in a word or two. With ``is_over`` the time is, so that nothing more can be run.
    """

    def __init__(self, why: str, kind: str, line: int = 0, name: str = "", *, is_over: bool = False) -> None:
        super().__init__(why)
        self.why, self.kind, self.line, self.name, self.is_over = why, kind, line, name, is_over


@dataclass
class Child:
    """A child process that is asked one thing after the other. No wait for it is without a limit."""

    process: subprocess.Popen[bytes]
    folder: Path
    seconds: float
    path: str = ""
    # Closed to end it all, and where the keeper says how it ended; none where there is no keeper.
    life: int | None = None
    word: int | None = None
    requests: "queue.Queue[bytes | None]" = field(default_factory=queue.Queue)
    replies: "queue.Queue[Any]" = field(default_factory=queue.Queue)
    printed: bytearray = field(default_factory=bytearray)
    deadline: float = 0.0
    threads: list[Thread] = field(default_factory=list)
    has_begun: bool = False
    # What the keeper said before its end.
    last_word: bytes = b""

    def begin(self) -> None:
        """Wait until the child is there; from now on the file's own time runs. Raises StoppedError."""
        self.has_begun = True
        self.deadline = time.monotonic() + START
        self.ask({"do": "begin", "seconds": self.seconds})
        self.deadline = time.monotonic() + self.seconds

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return the reply. Raises StoppedError where none comes in time."""
        if not self.has_begun:
            self.begin()
        self.requests.put(packed(request))
        try:
            reply = self.replies.get(timeout=max(self.deadline - time.monotonic(), 0.01))
        except queue.Empty:
            raise self._late() from None
        if reply is None:
            raise self._ended()
        return dict(reply)

    def listen(self) -> None:
        """Start what writes to the child and reads from it, so that nobody waits who does not want to."""
        process = self.process
        for work, stream, what in (
            (_write, process.stdin, self.requests),
            (_read, process.stdout, self.replies),
            (_drain, process.stderr, self.printed),
        ):
            self.threads.append(Thread(target=work, args=(stream, what), daemon=True))
            self.threads[-1].start()

    def said(self) -> bytes:
        """Return what the keeper said, once its process has ended."""
        if self.word is not None and self.process.returncode is not None and not self.last_word:
            with suppress(OSError):
                self.last_word = os.read(self.word, 100)
        return self.last_word

    # --- what the child left word of --------------------------------------------------------------------

    def _line(self) -> int:
        """Return the line at which the file hangs or crashed, if the child left word of it."""
        with suppress(OSError):
            text = (self.folder / STUCK).read_text(encoding="utf-8", errors="replace")
            found = re.findall(r'File "(.*)", line (\d+)', text)
            path = self.path.encode("ascii", "backslashreplace").decode()  # as it is written there
            return inside(Path(self.path), next((int(line) for name, line in found if name == path), 0))
        return 0

    def _await_word(self) -> None:
        """Wait a little for the child's word of where it hangs: on a busy machine it comes late."""
        until = time.monotonic() + WORD_COMES
        with suppress(OSError):
            while not (self.folder / STUCK).stat().st_size and time.monotonic() < until:
                time.sleep(0.02)

    def _name(self) -> str:
        """Return the function that ran last; a line's number stands there while the file is loaded."""
        with suppress(OSError):
            return (self.folder / RUNNING).read_text(encoding="utf-8", errors="replace").strip()
        return ""

    def _running(self) -> str:
        name = self._name()
        return f"line {name}" if name.isdecimal() else name or "the file"

    def _where(self) -> str:
        """Return at which line it was, in words, as far as that is known and is not said anyway."""
        line = self._line()
        return f" at line {line}" if line and not self._name().isdecimal() else ""

    def _late(self) -> StoppedError:
        self._await_word()
        seconds = f"{self.seconds:g} second{'' if self.seconds == 1 else 's'}"
        why = f"{self._running()} still ran after {seconds}, and was stopped{self._where()}"
        return StoppedError(why, "time limit", self._line(), self._name(), is_over=True)

    def _ended(self) -> StoppedError:
        """Return what the end of the process says, once it has come."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(SWEEPING)
        status, who = self.process.returncode, self._running()
        if status is not None and (said := self.said()):
            status = os.waitstatus_to_exitcode(int(said.split()[0]))
        kind = "exit" if status is None or status >= 0 else signal.Signals(-status).name
        if status is None or status == CUT_OFF:
            why = "{who} closed the connection to the process that it runs in"
        else:
            why = _SIGNALS.get(kind, "{who} ended the whole process ({status}), as os._exit does")
        said_so = kind if kind != "exit" else f"exit status {status}"
        why = why.format(who=who, status=said_so, where=self._where())
        return StoppedError(why, kind, self._line(), self._name())


def inside(path: Path, line: int) -> int:
    """Return the line that runs where a sample says ``line``.

    One that falls between two instructions of a loop may say that of the ``def`` or ``class`` around it.
    """
    with suppress(OSError):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if 0 < line < len(lines) and re.match(r"\s*(?:def|class)\b", lines[line - 1]):
            return line + 1
    return line


_SIGNALS = {
    "SIGKILL": "the process of {who} was killed ({status}), perhaps by the system for want of memory",
    "SIGXCPU": "{who} used up its processor time{where}",
    "SIGSEGV": "{who} crashed the interpreter{where} ({status})",
    "SIGABRT": "{who} crashed the interpreter{where} ({status})",
    "SIGTERM": "{who} was ended by the signal {status}{where}",
}


@contextmanager
def child(path: Path, seconds: float) -> Iterator[Child]:
    """Start a child process for a file and yield it; at the end nothing of it runs any more.

    It starts while the parent goes on; its own time begins with the first request.
    """
    mark = os.urandom(8).hex()
    folder = Path(tempfile.mkdtemp(prefix="bn-tutor-check-"))
    started = _started(path, folder, seconds, mark)
    try:
        started.listen()
        yield started
    finally:
        _end(started, mark)
        shutil.rmtree(folder, ignore_errors=True)


def _started(path: Path, folder: Path, seconds: float, mark: str) -> Child:
    has_keeper = os.name == "posix"
    alive, life = os.pipe() if has_keeper else (None, None)
    word, saying = os.pipe() if has_keeper else (None, None)
    passed = [each for each in (alive, saying) if each is not None]
    start = [sys.executable, "-I", "-c", _START.format(root=str(ROOT))]
    process = subprocess.Popen(
        [*start, *map(str, passed), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(mark, folder),
        start_new_session=has_keeper,
        pass_fds=passed,
    )
    for each in passed:
        os.close(each)
    return Child(process, folder, seconds, str(path), life, word)


def _environment(mark: str, folder: Path) -> dict[str, str]:
    """Return a clean environment: one thread, no settings of the user's, a home that is thrown away."""
    kept = ("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PATH", "LANG")
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **dict.fromkeys(threads, "1"),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLBACKEND": "Agg",
        MARK: mark,
    }


# --- the threads ------------------------------------------------------------------------------------------


def _write(stream: BinaryIO, requests: "queue.Queue[bytes | None]") -> None:
    """Send every request; if the child is gone, that is seen when no reply comes."""
    with suppress(OSError, ValueError):
        while (request := requests.get()) is not None:
            stream.write(request)
            stream.flush()


def _read(stream: BinaryIO, replies: "queue.Queue[Any]") -> None:
    """Hand on every reply, and None at the end."""
    with suppress(BrokenWireError, OSError, ValueError, MemoryError):
        while True:
            replies.put(received(stream))
    replies.put(None)


def _drain(stream: BinaryIO, printed: bytearray) -> None:
    """Read what the file prints, so that it never waits; keep the beginning."""
    with suppress(OSError, ValueError):
        while piece := stream.read1(65_536):  # type: ignore[attr-defined]
            printed += piece[: max(MOST_PRINTED - len(printed), 0)]


# --- the end ----------------------------------------------------------------------------------------------


def _end(started: Child, mark: str) -> None:
    """End the child with all that it started."""
    process = started.process
    if started.life is not None:
        os.close(started.life)
    else:
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(SWEEPING)
    if SWEPT not in started.said():
        _end_the_hard_way(process, mark)
    started.requests.put(None)
    streams = (process.stdin, process.stdout, process.stderr)
    for thread, stream in zip(started.threads, streams, strict=False):
        thread.join(CLOSING)
        # Somebody may still hold the other end; to close this one would be to wait for the thread.
        if not thread.is_alive() and stream is not None:
            with suppress(OSError, ValueError):
                stream.close()
    if started.word is not None:
        os.close(started.word)


def _end_the_hard_way(process: subprocess.Popen[bytes], mark: str) -> None:
    """End what is left where there is no keeper, or where it could not do its work."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    for _ in range(20):
        stray = _marked(mark)
        for number in stray:
            with suppress(OSError):
                os.kill(number, signal.SIGKILL)
        if not stray:
            break
        time.sleep(0.01)
    with suppress(subprocess.TimeoutExpired):
        process.wait(CLOSING)


def _marked(mark: str) -> list[int]:
    """Return the processes that carry a mark, where the system tells (Linux); those that ended are none."""
    found = []
    wanted = f"{MARK}={mark}".encode()
    with suppress(OSError):
        for entry in os.scandir("/proc"):
            if entry.name.isdecimal():
                with suppress(OSError):
                    if wanted in Path(entry.path, "environ").read_bytes():
                        found.append(int(entry.name))
    return found
