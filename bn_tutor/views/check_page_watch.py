"""What stands around the page of a check while the file is watched: what has changed, and the keys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from bn_tutor.checker.report import FileReport, Verdict
from bn_tutor.views.check_page import check_lines, cropped, results_right
from bn_tutor.views.look import RIGHT, Look
from bn_tutor.views.wrapping import wrapped

_KEYS = (("q", "quit"), ("↓ ↑", "scroll"), ("f", "fix"))


@dataclass(frozen=True, eq=False)
class Watch:
    """A check of a file that is watched, and how it is to be shown.

    ``report`` is None until the first check is done; ``before`` is the last before it that found functions;
    ``at`` is the time of day. A check under way leaves the page of the last one in its place.
    """

    path: str
    report: FileReport | None = None
    before: FileReport | None = None
    number: int = 0
    at: str = ""
    is_checking: bool = False
    show_fix: bool = False
    scroll: int = 0


def news_lines(watch: Watch, look: Look) -> list[Text]:
    """Return what has become of the file since the check before; nothing where that is nothing new."""
    if watch.before is None or watch.report is None:
        return []
    if watch.report.verdict is Verdict.RIGHT:
        was_right = watch.before.verdict is Verdict.RIGHT
        say = f"✓ ✓ ✓  All right now, at check {watch.number}!"
        return [] if was_right else [*wrapped(look.text(f" {say}", f"bold {RIGHT}"), look.width), Text()]
    before, now = results_right(watch.before), results_right(watch.report)
    better = [f"{name} of {each}" for each in now for name in sorted(now[each] - before.get(each, set()))]
    if not better or not before:
        return []
    say = f"Better: {', '.join(better)} {'is' if len(better) == 1 else 'are'} right now."
    return [*wrapped(look.text(f" {say}", RIGHT), look.width), Text()]


def watch_lines(watch: Watch, look: Look) -> list[Text]:
    """Return a check in full, to be appended to those before."""
    if watch.report is None:
        return []
    head = look.text(f" check {watch.number}, {watch.at}", "bold cyan")
    page = check_lines(watch.report, look, show_fix=watch.show_fix)
    return [*wrapped(head, look.width), Text(), *news_lines(watch, look), *page, Text()]


def watch_screen(watch: Watch, look: Look, height: int) -> tuple[list[Text], int]:
    """Return what a terminal of this height shows of a check, and how far it can be scrolled."""
    body: list[Text] = []
    if watch.report is not None:
        page = check_lines(watch.report, look, show_fix=watch.show_fix, by="f")
        body = [*news_lines(watch, look), *page]
    room = max(height - 2, 1)
    most = max(len(body) - room, 0)
    first = min(watch.scroll, most)
    shown = body[first : first + room]
    if most > first and room > 1:
        shown[-1] = look.text(f" ▼ {most - first + 1} more lines: ↓", "dim")
    lines = [*shown, *(Text() for _ in range(room - len(shown))), Text(), _status(watch, look)]
    return cropped(lines[-height:], look), most


def _status(watch: Watch, look: Look) -> Text:
    """Return the last line: what is going on, and as many keys as there is room for."""
    say = (
        f" checking {watch.path} …" if watch.is_checking else f" watching {watch.path}, checked at {watch.at}"
    )
    short = " checking …" if watch.is_checking else f" checked at {watch.at}"
    # Where no line is accused there is nothing to mend by it.
    is_accused = watch.report is not None and any(each.accused for each in watch.report.functions)
    keys = _keys(look, _KEYS if is_accused else _KEYS[:-1])
    if len(look.shown(say)) + 2 + keys.cell_len > look.width:
        say = short
    if len(look.shown(say)) + 2 + keys.cell_len > look.width:
        keys = _keys(look, _KEYS[:1])
    return look.text(say, "bold cyan" if watch.is_checking else "dim").append("  ").append_text(keys)


def _keys(look: Look, pairs: Sequence[tuple[str, str]]) -> Text:
    line = Text(" ")
    for key, what in pairs:
        line.append(look.shown(key), style="bold").append(f" {what}  ", style="dim")
    line.rstrip()
    return line


def scrolled(watch: Watch, lines: int, most: int) -> Watch:
    """Return a watch scrolled by so many lines, as far as that can be."""
    return replace(watch, scroll=min(max(watch.scroll + lines, 0), most))
