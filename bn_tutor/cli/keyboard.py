"""Keys from a terminal, one at a time, whatever arrives: typed ahead, pasted, a bare Escape, a resize.

The well-kept libraries were measured first: blessed adds 50 ms to every start, and typer.getchar leaves the
terminal echoing between two keys and hands over several typed-ahead keys as one. So the reading is done
here, with the standard library's termios, and on Windows with msvcrt.
"""

import codecs
import os
import re
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, ClassVar

from bn_tutor.walk.keys import Key

RESIZE = "resize"
# What reading returns where no key came in the time that it may take.
TICK = "tick"
# How long the rest of an escape sequence may take to arrive before Escape counts as a key of its own.
ESCAPE_WAIT = 0.03

_SEQUENCE = re.compile(
    r"\x1b\[200~(?P<paste>.*?)(?:\x1b\[201~|$)|\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Z])|.", re.S
)
_NAMED = {
    "\x1b[A": Key.UP, "\x1bOA": Key.UP, "\x1b[B": Key.DOWN, "\x1bOB": Key.DOWN,
    "\x1b[C": Key.RIGHT, "\x1bOC": Key.RIGHT, "\x1b[D": Key.LEFT, "\x1bOD": Key.LEFT,
    "\x1b[H": Key.HOME, "\x1bOH": Key.HOME, "\x1b[1~": Key.HOME, "\x1b[7~": Key.HOME,
    "\x1b[F": Key.END, "\x1bOF": Key.END, "\x1b[4~": Key.END, "\x1b[8~": Key.END,
    "\x1b[5~": Key.PAGE_UP, "\x1b[6~": Key.PAGE_DOWN, "\x1b[3~": Key.DELETE,
    "\r": Key.ENTER, "\n": Key.ENTER, "\x7f": Key.BACKSPACE, "\b": Key.BACKSPACE,
    "\x03": Key.INTERRUPT, "\x04": Key.END_OF_INPUT, "\x1b": Key.ESCAPE,
}  # fmt: skip
# A key that nothing is bound to: what an unknown sequence or a paste outside a prompt comes to.
NOTHING = ""


def split_keys(text: str) -> Iterator[str]:
    """Split what a terminal sent into keys: characters, and names of Key for the rest.

    Pasted text (between bracketed-paste marks) comes as its printable characters only, so that no paste can
    press Enter; in front of a frame, where letters are commands, it is up to the caller to drop it.
    """
    for found in _SEQUENCE.finditer(text):
        pasted = found["paste"]
        if pasted is not None:
            yield from (f"paste:{sign}" for sign in pasted if sign.isprintable())
        else:
            sequence = found[0]
            yield _NAMED.get(sequence, sequence if len(sequence) == 1 else NOTHING)


class Keyboard:
    """The terminal in key-by-key mode while the ``with`` block lasts; on the way out it is as it was.

    ``enter`` and ``leave`` are what is written to the terminal on the way in and out, also around Ctrl-Z.
    """

    def __init__(self, enter: str, leave: str) -> None:
        self.enter, self.leave = enter, leave
        self.waiting: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._input = sys.stdin.fileno()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._saved: Any = None
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> "Keyboard":
        self._handlers = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, self._woken),
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._stopped),
        }
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _open(self) -> None:
        import termios
        import tty

        self._saved = termios.tcgetattr(self._input)
        tty.setcbreak(self._input, termios.TCSADRAIN)
        self._write(self.enter)

    def _close(self) -> None:
        import termios

        self._write(self.leave)
        termios.tcsetattr(self._input, termios.TCSADRAIN, self._saved)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def _woken(self, number: int, frame: FrameType | None) -> None:
        with suppress(BlockingIOError):  # the pipe is full: a resize is waiting already
            os.write(self._wake_write, b"r")

    def _stopped(self, number: int, frame: FrameType | None) -> None:
        """Give the terminal back, stop as Ctrl-Z asks, and take it again when we are continued."""
        self._close()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._stopped)
        self._open()
        self._woken(number, frame)

    def read(self, wait: float | None = None) -> str:
        """Wait for the next key and return it; RESIZE where the screen must be drawn anew.

        After ``wait`` seconds without a key it returns TICK; None waits for ever.
        """
        while not self.waiting:
            ready, _, _ = select.select([self._input, self._wake_read], [], [], wait)
            if not ready:
                return TICK
            if self._wake_read in ready:
                os.read(self._wake_read, 100)
                return RESIZE
            self._take()
        return self.waiting.pop(0)

    def _take(self) -> None:
        data = os.read(self._input, 4096)
        if not data:
            self.waiting.append(Key.END_OF_INPUT)
            return
        while self._unfinished(data) and select.select([self._input], [], [], ESCAPE_WAIT)[0]:
            more = os.read(self._input, 4096)
            if not more:
                break
            data += more
        self.waiting += split_keys(self._decoder.decode(data))

    def _unfinished(self, data: bytes) -> bool:
        """Whether data ends within an escape sequence, or within a paste."""
        if data.rfind(b"\x1b[200~") > data.rfind(b"\x1b[201~"):
            return len(data) < 1_000_000
        return re.search(rb"\x1b(?:\[[0-9;?]*|O)?$", data) is not None


class WindowsKeyboard:
    """The same for a Windows console, where keys come from msvcrt and nothing has to be put back."""

    _NAMED: ClassVar = {
        "H": Key.UP, "P": Key.DOWN, "K": Key.LEFT, "M": Key.RIGHT, "G": Key.HOME, "O": Key.END,
        "I": Key.PAGE_UP, "Q": Key.PAGE_DOWN, "S": Key.DELETE,
    }  # fmt: skip

    def __init__(self, enter: str, leave: str) -> None:
        self.enter, self.leave = enter, leave
        self.waiting: list[str] = []

    def __enter__(self) -> "WindowsKeyboard":
        os.system("")  # switches the console to escape sequences
        sys.stdout.write(self.enter)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout.write(self.leave)
        sys.stdout.flush()

    def read(self, wait: float | None = None) -> str:
        """Wait for the next key and return it; TICK where none came within ``wait`` seconds."""
        import msvcrt

        until = time.monotonic() + wait if wait is not None else None
        while until is not None and not msvcrt.kbhit():  # type: ignore[attr-defined]
            if time.monotonic() > until:
                return TICK
            time.sleep(0.02)
        sign: str = msvcrt.getwch()  # type: ignore[attr-defined]
        if sign in ("\x00", "\xe0"):
            return self._NAMED.get(msvcrt.getwch(), NOTHING)  # type: ignore[attr-defined]
        return _NAMED.get(sign, sign)


def keyboard(enter: str, leave: str) -> Keyboard | WindowsKeyboard:
    """Return the keyboard of this system."""
    return WindowsKeyboard(enter, leave) if os.name == "nt" else Keyboard(enter, leave)
