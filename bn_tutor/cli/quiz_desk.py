"""Where the learner of a quiz sits: questions and replies go out here, and what is typed comes in.

It knows no terminal: the console, and what gives the next line, are handed to it.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.text import Text

from bn_tutor.cli.quiz_input import Listen
from bn_tutor.cli.quiz_pager import GOES_ON, Pager, is_leaving, is_skipping
from bn_tutor.practice.answer import LONGEST_ANSWER, Answer
from bn_tutor.practice.answer_log import keep
from bn_tutor.practice.asked import Asked
from bn_tutor.practice.session import MARK, Reply, Session, Try, answer, posed, word_of
from bn_tutor.views.look import Look
from bn_tutor.views.quiz_help import help_lines
from bn_tutor.views.quiz_page import (
    Ending,
    how_to_lines,
    prompt,
    question_lines,
    reply_lines,
    summary_lines,
    worked_lines,
)

ITS_FRAME = "-- why, in a frame: Enter, q skips --"


NONE_DERIVES = "no question of this kind derives from this lesson"

# More questions than these may not derive from a lesson. To know it, all are made before the first is asked;
# else each is made when it is its turn.
SURELY_THERE = 20


@dataclass
class Desk:
    """A session with its learner.

    ``listen`` is called with a prompt and returns a line, or None at the end; ``look`` says how output looks
    now, since a terminal may have been made wider. Answers are kept in ``folder``, if there is one; where
    that fails, ``warn`` is told once. With ``rows`` it waits for Enter before anything scrolls off unseen.
    """

    console: Console
    listen: Listen
    look: Callable[[], Look]
    seed: int
    folder: Path | None = None
    warn: Callable[[str], None] | None = None
    rows: Callable[[], int] | None = None
    name: str = field(default_factory=lambda: os.urandom(8).hex())
    session: Session = field(default_factory=Session)
    interrupted: bool = False
    asked: list[Asked] = field(default_factory=list)
    replies: list[tuple[Asked, str, Reply]] = field(default_factory=list)
    pager: Pager = field(init=False)
    _unkept: str = ""

    def __post_init__(self) -> None:
        self.pager = Pager(self.console, self.listen, self.rows)

    def ask(self, found: Iterable[Asked], count: int, kinds: Sequence[str] = ()) -> None:
        """Ask so many questions one after the other, until they or the answers end, or Ctrl-C does it."""
        try:
            with np.errstate(all="ignore"):
                questions, count, note = _there(found, count, kinds)
                # Where there is no question, nothing is said that introduces them.
                first = next(questions, None)
                if first is None:
                    return
                self._greet(note)
                for number, asked in enumerate(chain([first], questions), 1):
                    self._ask_one(asked, number, count)
                    if self.session.done or self.pager.is_over:
                        break
        except KeyboardInterrupt:
            self._leave()

    def sum_up(self, ending: Ending) -> None:
        """Say how it went."""
        try:
            self.pager.show([*self.pager.gap, *summary_lines(ending, self.look())])
        except KeyboardInterrupt:
            self._leave()

    def _leave(self) -> None:
        """End where Ctrl-C was typed: on a line of its own, and without waiting for anybody."""
        self.interrupted = self.pager.is_over = True
        if self.rows:
            self.pager.show([Text()])
            self.pager.has_gap = False

    def _greet(self, note: str) -> None:
        look = self.look()
        told = [*how_to_lines(look), *([look.text(f" {note}", "yellow")] if note else [])]
        self.pager.show([*told, Text()])

    def _ask_one(self, asked: Asked, number: int, count: int) -> None:
        """Ask a question, and take answers until it is over, or nothing more is typed."""
        self.asked.append(asked)
        self.session = posed(self.session, asked)
        page = partial(question_lines, asked, number, count)
        typed = self._pose(asked, page)
        begun = time.monotonic()
        last = "-"
        while self.session.asked is not None:
            line = typed or self.pager.ask(prompt(asked))
            if line is None:
                self.session = replace(self.session, asked=None, done=True)
                return
            is_early, typed = bool(typed), ""
            # Who holds Enter down is told once.
            if line.strip() or last:
                reply = self._take(asked, line, time.monotonic() - begun)
                if self.session.asked is not None and (reply.helps or is_early):
                    typed = self._pose(asked, page)
            last = line.strip()

    def _pose(self, asked: Asked, page: Callable[[Look], Sequence[Text]]) -> str | None:
        """Show a question; return a word that was typed before all of it was seen, marked as no answer."""
        typed = self.pager.pose(page(self.look()), lambda line: word_of(asked, _marked(line)) is not None)
        return typed and _marked(typed)

    def _take(self, asked: Asked, line: str, seconds: float) -> Reply:
        """Judge a line, keep it, and say what it leads to."""
        self.session, reply = answer(self.session, line)
        self._keep(reply.kept, seconds)
        self.replies.append((asked, line, reply))
        look = self.look()
        said = help_lines(asked, look) if reply.helps else reply_lines(reply, look)
        if reply.reveals or reply.right:
            said = [*said, *worked_lines(asked, look)]
        self.pager.show([*said, Text()] if said else [])
        if reply.reveals:
            self._reveal(asked, look)
        return reply

    def _reveal(self, asked: Asked, look: Look) -> None:
        """Show the frame of the walk that explains a question; while it is looked at, the next one waits."""
        lines = _frame(asked, look)
        if lines and not self.pager.fits(len(lines) + 2) and is_skipping(self.pager.wait(ITS_FRAME)):
            return
        if not self.pager.show([Text(), *lines, Text()] if lines else []):
            return
        if is_leaving(self.pager.wait(GOES_ON)):
            self.session = replace(self.session, done=True)

    def _keep(self, tried: Try | None, seconds: float) -> None:
        """Keep a try; say once what goes wrong with it, and go on."""
        if tried is None or self.folder is None:
            return
        record = Answer(
            at=datetime.now(UTC),
            session=self.name,
            lesson=tried.asked.lesson,
            question=tried.asked.id,
            kind=tried.asked.kind,
            node=tried.asked.node,
            attempt=tried.number,
            verdict=tried.outcome,
            hinted=tried.hinted,
            mistake=tried.mistake,
            answer=tried.answer[:LONGEST_ANSWER],
            seconds=round(seconds, 1),
            seed=self.seed,
        )
        problem = keep(record, self.folder)
        if problem and problem != self._unkept:
            self._warn(f"answers cannot be kept: {problem}")
        self._unkept = problem

    def _warn(self, problem: str) -> None:
        if self.warn:
            self.warn(problem)
        else:
            self.pager.show([self.look().text(f" {problem}", "yellow")])


def _marked(line: str) -> str:
    return line if line.startswith(MARK) else f"{MARK}{line}"


def new_seed() -> int:
    """Return a seed that nobody chose."""
    return int.from_bytes(os.urandom(8)) % 10**6


def _there(found: Iterable[Asked], count: int, kinds: Sequence[str]) -> tuple[Iterator[Asked], int, str]:
    """Return so many questions, how many they are, and what is said where there are fewer."""
    wanted = islice(found, count)
    if not kinds and count <= SURELY_THERE:
        return wanted, count, ""
    there = list(wanted)
    verb, noun = ("is", "question") if len(there) == 1 else ("are", "questions")
    note = f"There {verb} only {len(there)} {noun}{' of this kind' if kinds else ''}."
    return iter(there), len(there), note if 0 < len(there) < count else ""


def _frame(asked: Asked, look: Look) -> list[Text]:
    """Return the frame of the walk for a question, where it has one."""
    if asked.run is None:
        return []
    # All that draws frames is only paid for where one is shown.
    from bn_tutor.cli.quiz_frame import frame

    return frame(asked.run, asked.node, look)
