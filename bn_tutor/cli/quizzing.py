"""What the quiz command does once its options are read: ask, listen, say, keep."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import typer
from rich.text import Text

from bn_tutor.cli.output import console_for, fail, output_look, show, tell, until_reader_leaves
from bn_tutor.cli.quiz_input import Listen, listener
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError, load
from bn_tutor.course.state_folder import state_folder
from bn_tutor.practice.answer import LONGEST_ANSWER, Answer, Outcome
from bn_tutor.practice.answer_log import answers, keep
from bn_tutor.practice.asked import Asked
from bn_tutor.practice.choosing import questions
from bn_tutor.practice.session import Reply, Session, Try, answer, posed, tally
from bn_tutor.views.look import Look
from bn_tutor.views.quiz_page import (
    Ending,
    how_to_lines,
    prompt,
    question_lines,
    reply_lines,
    summary_lines,
    worked_lines,
)

INTERRUPTED = 130
MOST_WALKS = 5
USUAL = "batchnorm"


@dataclass(frozen=True)
class Options:
    """The options of a quiz; without ``lessons`` it is the usual one, or those in which something is due."""

    lessons: tuple[str, ...]
    choices: Mapping[str, str]
    count: int
    kinds: tuple[str, ...]
    seed: int | None
    due: bool
    answers: Path | None
    as_json: bool
    is_plain: bool
    no_color: bool


def run(options: Options) -> None:
    """Ask, and listen until the questions or the answers end."""
    with np.errstate(all="ignore"), until_reader_leaves():
        due = _due(options) if options.due else ()
        names = options.lessons or tuple(dict.fromkeys(lesson for lesson, _ in due)) or (USUAL,)
        lessons = [_loaded(name, options.choices) for name in names]
        seed = int.from_bytes(os.urandom(8)) % 10**6 if options.seed is None else options.seed
        desk = Desk(options, seed)
        desk.ask(islice(questions(lessons, seed, options.kinds, due), options.count))
        if not desk.asked and not desk.interrupted:
            fail("no question of this kind derives from this lesson")
        desk.close()
    if desk.interrupted:
        raise typer.Exit(INTERRUPTED)


def _loaded(name: str, choices: Mapping[str, str]) -> Lesson:
    try:
        return load(name, choices)
    except LessonError as error:
        fail(str(error))


def _due(options: Options) -> tuple[tuple[str, str], ...]:
    """Return what is due in the lessons that are asked for, or in all that are still there."""
    # The package for review dates is only paid for where it is asked for.
    from bn_tutor.practice.schedule import due

    kept, _ = answers(state_folder())
    items = [review.item for review in due(kept, datetime.now(UTC), options.seed)]
    wanted = options.lessons or tuple(filter(_is_there, dict.fromkeys(item.lesson for item in items)))
    found = tuple((item.lesson, item.question) for item in items if item.lesson in wanted)
    if not found:
        tell("nothing is due today; these are new questions")
    return found


def _is_there(name: str) -> bool:
    try:
        load(name)
    except LessonError:
        return False
    return True


@dataclass
class Desk:
    """Where the learner sits: what is typed comes in here, what is said goes out, and each answer is kept."""

    options: Options
    seed: int
    name: str = field(default_factory=lambda: os.urandom(8).hex())
    session: Session = field(default_factory=Session)
    interrupted: bool = False
    asked: list[Asked] = field(default_factory=list)
    replies: list[tuple[Asked, str, Reply]] = field(default_factory=list)
    _unkept: str = ""

    @property
    def look(self) -> Look:
        """How output looks now: a terminal may have been made wider since."""
        return output_look(is_plain=self.options.is_plain)

    def ask(self, questions: Iterator[Asked]) -> None:
        """Ask one question after the other, until they or the answers end, or Ctrl-C does it."""
        try:
            with listener(self.options.answers) as listen:
                self.say([*how_to_lines(self.look), Text()])
                for number, asked in enumerate(questions, 1):
                    self._ask_one(asked, number, listen)
                    if self.session.done:
                        break
        except KeyboardInterrupt:
            self.interrupted = True
            self.say([Text()])

    def _ask_one(self, asked: Asked, number: int, listen: Listen) -> None:
        """Ask a question, and take answers until it is over, or nothing more is typed."""
        self.asked.append(asked)
        self.session = posed(self.session, asked)
        self.say(question_lines(asked, number, self.options.count, self.look))
        begun = time.monotonic()
        while self.session.asked is not None:
            line = listen(prompt(asked))
            if line is None:
                self.session = replace(self.session, asked=None, done=True)
                return
            self.session, reply = answer(self.session, line)
            self._keep(reply.kept, time.monotonic() - begun)
            self.replies.append((asked, line, reply))
            look = self.look
            self.say([*reply_lines(reply, look), *_worked(asked, reply, look), Text()])

    def say(self, lines: Sequence[Text]) -> None:
        """Show lines, unless a program listens."""
        if not self.options.as_json:
            show(lines, console_for(no_color=self.options.no_color))
            sys.stdout.flush()

    def _keep(self, tried: Try | None, seconds: float) -> None:
        """Keep a try; say once what goes wrong with it, and go on."""
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
            tell(f"answers cannot be kept: {problem}")
        self._unkept = problem

    def close(self) -> None:
        """Sum up: how it went, what went wrong, what to look at again, and when to come back."""
        from bn_tutor.course.misconceptions import title_of

        tries = self.session.kept
        if self.options.as_json:
            from bn_tutor.export.quiz_session import session_json

            sys.stdout.write(session_json(self.asked, self.session, self.replies, self.seed) + "\n")
            return
        kinds = {kind: tally([each for each in tries if each.asked.kind == kind]) for kind in _kinds(tries)}
        habits = Counter(title_of(each.mistake) for each in tries if each.mistake)
        ending = Ending(
            tally(tries),
            kinds,
            dict(habits.most_common()),
            _walks(tries),
            _next_review(tries, self.options.seed),
        )
        self.say(summary_lines(ending, self.look))


def _kinds(tries: Sequence[Try]) -> list[str]:
    return list(dict.fromkeys(each.asked.kind for each in tries))


def _walks(tries: Sequence[Try]) -> list[str]:
    """Return the commands that show the frames of what went wrong."""
    wrong = [each.asked for each in tries if each.outcome in (Outcome.WRONG, Outcome.REVEALED)]
    commands = (
        f"bn-tutor walk {asked.lesson} --backward --from {asked.node}" for asked in wrong if asked.node
    )
    return list(dict.fromkeys(commands))[:MOST_WALKS]


def _next_review(tries: Sequence[Try], seed: int | None) -> str:
    """Return when the first of these questions should be asked again, in words; empty where none is kept."""
    if not tries:
        return ""
    from bn_tutor.practice.askings import Item, askings
    from bn_tutor.practice.schedule import reviews

    items = {Item(each.asked.lesson, each.asked.id) for each in tries}
    kept = (each for each in askings(answers(state_folder())[0]) if each.item in items)
    days = sorted(review.due for review in reviews(kept, seed).values())
    if not days:
        return ""
    first, today = days[0], datetime.now().astimezone().date()
    ahead = (first - today).days
    when = {0: "today", 1: "tomorrow"}.get(ahead, f"on {first}, in {ahead} days")
    count = days.count(first)
    return f"Come back {when}: bn-tutor quiz --due has {count} of these questions then."


def _worked(asked: Asked, reply: Reply, look: Look) -> list[Text]:
    """Return the worked step, and the frame that the walk shows, where they are due."""
    lines = worked_lines(asked, look) if reply.reveals or reply.right else []
    if not reply.reveals or asked.run is None:
        return lines
    # All that draws frames is only paid for where one is shown.
    from bn_tutor.cli.quiz_frame import frame

    return [*lines, Text(), *frame(asked.run, asked.node, look)]
