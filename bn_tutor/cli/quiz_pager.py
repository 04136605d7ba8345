"""Shows the pages of a quiz, and where a terminal is low, no more at once than it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from bn_tutor.cli.quiz_input import Listen

MORE = "-- more: Enter, q skips --"
MORE_OF_IT = "-- more: Enter --"
NO_ANSWER_YET = "-- no answer yet; more: Enter --"
GOES_ON = "-- Enter goes on --"


@dataclass
class Pager:
    """Shows lines on a console; before what was not seen yet would leave the screen, it waits for Enter.

    ``rows`` tells how many lines there are; without it nobody is waited for. ``unseen`` counts the lines
    since somebody typed a line, ``height`` those since the question that they belong to; ``has_gap`` says
    that the last line is empty.
    """

    console: Console
    listen: Listen
    rows: Callable[[], int] | None = None
    is_over: bool = False
    unseen: int = 0
    height: int = 0
    has_gap: bool = False

    def show(self, lines: Sequence[Text]) -> bool:
        """Show lines, in pages where they are too many for the screen; return whether all were wanted."""
        return self._shown(lines, MORE, is_skipping) == ""

    def pose(self, lines: Sequence[Text], is_word: Callable[[str], bool]) -> str | None:
        """Show a question; return a word that was typed before its last page, None where the input ended.

        Nobody can answer what was not seen: there, what is neither Enter nor a word is asked for again.
        """
        self.height = 0

        def leaves(line: str | None) -> bool:
            return line is None or is_word(line)

        return self._shown([*self.gap, *lines], MORE_OF_IT, leaves, NO_ANSWER_YET)

    @property
    def gap(self) -> Sequence[Text]:
        """The empty line in front of what stands apart, unless there is one."""
        return () if self.has_gap else (Text(),)

    def _shown(
        self, lines: Sequence[Text], prompt: str, leaves: Callable[[str | None], bool], again: str = ""
    ) -> str | None:
        """Show lines; return an empty text at their end, or else the line that left off before.

        With ``again``, a line that is not empty and does not leave off is answered with that prompt.
        """
        rest = list(lines)
        while len(rest) > (room := self._room()):
            if count := self._page(rest, room):
                self._write(rest[:count])
                rest = rest[count:]
                line = self.wait(prompt)
                while again and line and not leaves(line):
                    line = self.wait(again)
                if leaves(line):
                    return line
            elif is_leaving(line := self.wait(GOES_ON)) and line:
                return line
        self._write(rest)
        return ""

    def wait(self, prompt: str) -> str | None:
        """Wait for a line, where somebody sits at a terminal; return it, or None where there is none."""
        line = self.ask(f"{prompt} ") if self.rows else ""
        return line and line.strip()

    def ask(self, prompt: str) -> str | None:
        """Return the next line that is typed; None once there are no more."""
        line = None if self.is_over else self._line(prompt)
        self.is_over = line is None
        self.unseen = 0
        self.height += 1
        self.has_gap = self.has_gap and not self.rows  # a terminal shows what was typed
        return line

    def fits(self, count: int) -> bool:
        """Whether so many lines more leave the question on the screen."""
        return self.rows is None or self.height + count < self.rows()

    def _line(self, prompt: str) -> str | None:
        try:
            return self.listen(prompt)
        except EOFError:  # what input() raises at the end
            return None

    def _room(self) -> float:
        """Return how many lines there is room for, above a prompt."""
        if self.rows is None or self.is_over:
            return float("inf")
        return max(self.rows() - 1 - self.unseen, 0 if self.unseen else 1)

    def _page(self, lines: Sequence[Text], room: float) -> int:
        """Return how many lines make a page: up to an empty line, where that leaves half of it full."""
        if self.unseen and self.rows and len(lines) < self.rows():
            return 0  # a screen of its own holds all of it
        count = int(room)
        ends = (at for at in range(count, count // 2, -1) if not lines[at - 1])
        return next(ends, count)

    def _write(self, lines: Sequence[Text]) -> None:
        if lines:
            self.console.print(Text("\n").join(lines), soft_wrap=True, highlight=False)
            self.has_gap = not lines[-1]
        self.unseen += len(lines)
        self.height += len(lines)


def is_skipping(line: str | None) -> bool:
    """Whether a line that was typed between two pages says that the rest is not wanted."""
    return is_leaving(line) or _word(line) in ("s", "skip")


def is_leaving(line: str | None) -> bool:
    """Whether a line that was typed at a pause ends the quiz."""
    return line is None or _word(line) in ("q", "quit", "exit")


def _word(line: str | None) -> str:
    return (line or "").lower().removeprefix(":")
