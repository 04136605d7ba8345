"""What the quiz command does once its options are read: ask, listen, say, keep."""

import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import typer
from rich.text import Text

from bn_tutor.cli.output import console_for, fail, show, tell, until_reader_leaves
from bn_tutor.cli.walking import INTERRUPTED
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError, load
from bn_tutor.course.misconceptions import title_of
from bn_tutor.course.plain import one_line
from bn_tutor.course.state_folder import state_folder
from bn_tutor.engine.zoom import Level
from bn_tutor.export.quiz_session import session_json
from bn_tutor.practice.answer import LONGEST_ANSWER, Answer, Outcome
from bn_tutor.practice.answer_log import answers, keep
from bn_tutor.practice.asked import Asked
from bn_tutor.practice.choosing import questions
from bn_tutor.practice.session import Reply, Session, Try, answer, posed, tally
from bn_tutor.views.look import Look
from bn_tutor.views.quiz_page import question_lines, reply_lines, summary_lines, worked_lines
from bn_tutor.views.screen import frame_lines
from bn_tutor.walk.state import find_frame
from bn_tutor.walk.state import start as start_walk
from bn_tutor.walk.story import Direction, Tour
from bn_tutor.walk.subject import Subject

# No answer is longer; what is pasted beyond it is read and dropped.
LONGEST_LINE = 4000
MOST_WALKS = 5


@dataclass(frozen=True)
class Options:
    """The options of a quiz."""

    lessons: tuple[str, ...]
    count: int
    kinds: tuple[str, ...]
    seed: int | None
    due: bool
    answers: Path | None
    as_json: bool
    no_color: bool


def run(options: Options, look: Look) -> None:
    """Ask, and listen until the questions or the answers end."""
    with np.errstate(all="ignore"), until_reader_leaves():
        lessons = [_loaded(name) for name in options.lessons]
        seed = secrets.randbelow(10**6) if options.seed is None else options.seed
        first = _due(lessons) if options.due else frozenset()
        desk = Desk(options, look, seed)
        session = desk.ask(islice(questions(lessons, seed, options.kinds, first), options.count))
        if not desk.asked:
            fail("no question of this kind derives from this lesson")
        desk.close(session)
    if desk.interrupted:
        raise typer.Exit(INTERRUPTED)


def _loaded(name: str) -> Lesson:
    try:
        return load(name)
    except LessonError as error:
        fail(str(error))


def _due(lessons: Sequence[Lesson]) -> frozenset[tuple[str, str]]:
    # The package for review dates is only paid for where it is asked for.
    from bn_tutor.practice.schedule import due

    kept, _ = answers(state_folder())
    names = {lesson.name for lesson in lessons}
    items = (review.item for review in due(kept, datetime.now(UTC)))
    found = frozenset((item.lesson, item.question) for item in items if item.lesson in names)
    if not found:
        tell("nothing is due today; these are new questions")
    return found


@dataclass
class Desk:
    """Where the learner sits: what is typed comes in here, what is said goes out, and each answer is kept."""

    options: Options
    look: Look
    seed: int
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    interrupted: bool = False
    asked: list[Asked] = field(default_factory=list)
    replies: list[tuple[Asked, str, Reply]] = field(default_factory=list)
    _unkept: str = ""

    def ask(self, questions: Iterator[Asked]) -> Session:
        """Ask one question after the other; return the session as it was left."""
        session = Session()
        with _typed(self.options.answers) as lines:
            for number, asked in enumerate(questions, 1):
                self.asked.append(asked)
                self.say(question_lines(asked, number, self.options.count, self.look))
                session = self._until_over(posed(session, asked), lines)
                if session.done:
                    break
        return session

    def _until_over(self, session: Session, lines: Callable[[], str | None]) -> Session:
        """Take answers to one question until it is over, or nothing more is typed."""
        begun = time.monotonic()
        while (asked := session.asked) is not None:
            line = self._listen(lines)
            if line is None:
                return replace(session, done=True)
            session, reply = answer(session, line)
            self.replies.append((asked, line, reply))
            self.say([*reply_lines(reply, self.look), *self._worked(asked, reply), Text()])
            self._keep(reply.kept, time.monotonic() - begun)
        return session

    def say(self, lines: Sequence[Text]) -> None:
        """Show lines, unless a program listens."""
        if not self.options.as_json:
            show(lines, console_for(no_color=self.options.no_color))
            sys.stdout.flush()

    def _listen(self, lines: Callable[[], str | None]) -> str | None:
        """Return the next line that is typed; None at the end, and where Ctrl-C ends it."""
        try:
            if self.options.answers is None:
                sys.stdout.write("> ")
                sys.stdout.flush()
            return lines()
        except KeyboardInterrupt:
            self.interrupted = True
            return None

    def _worked(self, asked: Asked, reply: Reply) -> list[Text]:
        """Return the worked step and the frame that the walk shows, where they are due."""
        is_shown = reply.reveals or reply.right
        if not is_shown or asked.run is None:
            return []
        lines = worked_lines(asked, self.look)
        return [*lines, Text(), *_frame(asked, self.look)] if reply.reveals else lines

    def _keep(self, tried: Try | None, seconds: float) -> None:
        if tried is None:
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
        problem = keep(record, state_folder())
        if problem and problem != self._unkept:
            tell(f"this answer could not be kept: {problem}")
        self._unkept = problem

    def close(self, session: Session) -> None:
        """Sum up: how it went, what went wrong, what to look at again."""
        if self.options.as_json:
            sys.stdout.write(session_json(self.asked, session, self.replies, self.seed) + "\n")
            return
        tries = session.kept
        kinds = {kind: tally([each for each in tries if each.asked.kind == kind]) for kind in _kinds(tries)}
        habits = Counter(title_of(each.mistake) for each in tries if each.mistake)
        self.say(summary_lines(tally(tries), kinds, dict(habits.most_common()), _walks(tries), self.look))


def _kinds(tries: Sequence[Try]) -> list[str]:
    return list(dict.fromkeys(each.asked.kind for each in tries))


def _walks(tries: Sequence[Try]) -> list[str]:
    """Return the commands that show the frames of what went wrong."""
    wrong = [each.asked for each in tries if each.outcome in (Outcome.WRONG, Outcome.REVEALED)]
    commands = (
        f"bn-tutor walk {asked.lesson} --backward --from {asked.node}" for asked in wrong if asked.node
    )
    return list(dict.fromkeys(commands))[:MOST_WALKS]


def _frame(asked: Asked, look: Look) -> list[Text]:
    """Return the frame of the walk that explains the question, on the question's own data."""
    run = asked.run
    if run is None:
        return []
    subject = Subject(run.lesson.name, run.operations, run.upstreams, run.seed, run.sizes, run.lesson)
    tour = Tour(subject)
    story = tour.story(Level.NODE)
    place = find_frame(story, asked.node, Direction.BACKWARD)
    place = find_frame(story, asked.node) if place is None else place
    return frame_lines(tour, start_walk(tour, place=place), look) if place is not None else []


@contextmanager
def _typed(path: Path | None) -> Iterator[Callable[[], str | None]]:
    """Yield what returns the next line: of a file, or of standard input; None at the end."""
    if path is None or str(path) == "-":
        yield partial(_line, sys.stdin)
        return
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            yield partial(_line, file)
    except OSError as error:
        fail(f"{one_line(str(path))}: {error.strerror or 'cannot be read'}")


def _line(stream: TextIO) -> str | None:
    """Return the next line, cut where it is absurdly long; what follows the cut is read and dropped."""
    line = stream.readline(LONGEST_LINE)
    rest = line
    while rest and not rest.endswith("\n"):
        rest = stream.readline(LONGEST_LINE)
    return line.rstrip("\r\n") if line else None
