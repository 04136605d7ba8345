"""What ``check --watch`` does: check a file again whenever it is saved, until the learner leaves."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from bn_tutor.checker.checking import Wish, check
from bn_tutor.checker.report import FileReport
from bn_tutor.cli.check_once import Manner
from bn_tutor.cli.file_stamp import LOOK_AGAIN, Stamp, stamp_of
from bn_tutor.cli.keyboard import RESIZE, TICK, Keyboard, WindowsKeyboard, keyboard
from bn_tutor.cli.output import console_for, is_terminal, output_look, show, terminal_size
from bn_tutor.cli.stepper import ENTER, LEAVE, Painter
from bn_tutor.course.plain import one_line
from bn_tutor.export.check_document import check_document
from bn_tutor.views.check_page import check_lines
from bn_tutor.views.check_page_watch import Watch, scrolled, watch_lines, watch_screen
from bn_tutor.walk.keys import ACTIONS, Action, Key

# A saved file is looked at again so soon: it is checked once it lies still, and not half-written.
SETTLE = 0.1
# So often keys are looked for while a check runs, in seconds.
LOOK_FOR_KEYS = 0.1
# A file that is gone, or empty, is most often about to be written: so many looks it is waited for.
PATIENCE = 8
_PAGES = {Key.PAGE_DOWN: 1, " ": 1, Key.PAGE_UP: -1, "b": -1}
FAR = 100_000
Keys = Keyboard | WindowsKeyboard


class LeftError(BaseException):
    """The learner left in the middle of a check; nothing on the way out may take it for an error."""


@dataclass
class Saves:
    """The saves of a file: told once each, when the file lies still."""

    path: Path
    checked: Stamp | None = None
    seen: Stamp | None = None
    still: int = 0

    def is_due(self) -> bool:
        """Whether the file is another than the one that was checked, and is written to its end."""
        now = stamp_of(self.path)
        self.still = self.still + 1 if now == self.seen else 0
        self.seen = now
        if self.checked is None:
            return True
        return now != self.checked and self.still >= (1 if now[1] else PATIENCE)

    def take(self) -> None:
        """Take the file as it is now for checked: what is saved from now on is another check."""
        self.checked = stamp_of(self.path)

    @property
    def wait(self) -> float:
        """How long until the file is to be looked at again, in seconds."""
        return LOOK_AGAIN if self.seen == self.checked else SETTLE


def watched(path: Path, wish: Wish, manner: Manner) -> FileReport | None:
    """Check at each save until the learner leaves; return the last check. KeyboardInterrupt ends it, too."""
    saves, name = Saves(path), one_line(str(path), 200)
    if manner.as_json:
        return _append_json(saves, wish, manner)
    if not is_terminal():
        return _append(saves, wish, Watch(name, show_fix=manner.show_fix), manner, None)
    if manner.is_plain:
        with keyboard("", "") as keys:
            return _append(saves, wish, Watch(name, show_fix=manner.show_fix), manner, keys)
    return _on_screen(saves, wish, Watch(name, show_fix=manner.show_fix), manner)


@contextmanager
def _leaving_at_once(keys: Keys | None) -> Iterator[None]:
    """Raise LeftError in the midst of the block when a key is pressed that leaves; keep all other keys.

    An alarm looks for keys, since the check has this thread for itself. Windows has none: there a key waits
    for the end of the check.
    """
    if keys is None or not hasattr(signal, "setitimer"):
        yield
        return

    def look(number: int, frame: FrameType | None) -> None:
        if _wants_to_leave(keys):
            # Once only: what ends the check is not to be interrupted.
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise LeftError

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK_FOR_KEYS, LOOK_FOR_KEYS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _wants_to_leave(keys: Keys) -> bool:
    """Whether a key that leaves is among those that came meanwhile; they stay to be read, in their order."""
    came: list[str] = []
    while (key := keys.read(0)) != TICK:
        came.append(key)
        if ACTIONS.get(key) is Action.QUIT:
            break
    keys.waiting += came
    return any(ACTIONS.get(each) is Action.QUIT for each in came)


def _checked(saves: Saves, wish: Wish, seen: Watch, keys: Keys | None) -> Watch:
    """Return the watch after one more check. A save meanwhile makes one more due, and no more than one.

    Raises LeftError.
    """
    saves.take()
    with _leaving_at_once(keys):
        report = check(saves.path, wish)
    before = seen.report if seen.report and seen.report.functions else seen.before
    at, number = time.strftime("%H:%M:%S"), seen.number + 1
    return replace(seen, report=report, before=before, number=number, at=at, scroll=0)


# --- one after the other --------------------------------------------------------------------------------


def _looks(saves: Saves) -> Iterator[None]:
    """Yield whenever a check is due, for ever."""
    while True:
        if saves.is_due():
            yield
        else:
            time.sleep(saves.wait)


def _append_json(saves: Saves, wish: Wish, manner: Manner) -> FileReport | None:
    for _ in _looks(saves):
        saves.take()
        document = check_document(check(saves.path, wish), show_fix=manner.show_fix)
        sys.stdout.write(json.dumps(document) + "\n")
        sys.stdout.flush()
    return None


def _append(saves: Saves, wish: Wish, seen: Watch, manner: Manner, keys: Keys | None) -> FileReport | None:
    """Append each check below the one before; where there are keys, q ends it."""
    console = console_for(no_color=manner.no_color)
    while True:
        if saves.is_due():
            try:
                seen = _checked(saves, wish, seen, keys)
            except LeftError:
                return seen.report
            show(watch_lines(seen, output_look(is_plain=manner.is_plain)), console)
            sys.stdout.flush()
        elif keys is None:
            time.sleep(saves.wait)
        if keys is not None and ACTIONS.get(keys.read(saves.wait)) is Action.QUIT:
            return seen.report


# --- in place -------------------------------------------------------------------------------------------


def _on_screen(saves: Saves, wish: Wish, seen: Watch, manner: Manner) -> FileReport | None:
    """Draw each check over the one before; afterwards the last one stays in the terminal."""
    painter = Painter(manner.no_color)
    with keyboard(ENTER, LEAVE) as keys:
        key = RESIZE
        while ACTIONS.get(key) is not Action.QUIT:
            if saves.is_due():
                _paint(painter, replace(seen, is_checking=True), anew=False)
                try:
                    seen = _checked(saves, wish, seen, keys)
                except LeftError:
                    break
                key = RESIZE
            if key != TICK:
                seen = _paint(painter, seen, anew=key == RESIZE)
            key = keys.read(saves.wait)
            seen = _pressed(seen, key)
    if seen.report is not None:
        lines = check_lines(seen.report, output_look(), show_fix=seen.show_fix)
        show(lines, console_for(no_color=manner.no_color))
    return seen.report


def _paint(painter: Painter, seen: Watch, *, anew: bool) -> Watch:
    """Draw a check; return it scrolled no further than it can be."""
    size = terminal_size()
    lines, most = watch_screen(seen, output_look(), size.lines)
    painter.paint(lines, anew=anew)
    return scrolled(seen, 0, most)


def _pressed(seen: Watch, key: str) -> Watch:
    """Return the watch after a key: scrolled, or with the fix shown or hidden."""
    action = ACTIONS.get(key)
    if key in _PAGES:
        return scrolled(seen, _PAGES[key] * max(terminal_size().lines - 4, 1), FAR)
    if action in (Action.SCROLL_DOWN, Action.SCROLL_UP):
        return scrolled(seen, 1 if action is Action.SCROLL_DOWN else -1, FAR)
    if action in (Action.FIRST, Action.LAST):
        return scrolled(seen, FAR if action is Action.LAST else -FAR, FAR)
    return replace(seen, show_fix=not seen.show_fix) if key == "f" else seen
